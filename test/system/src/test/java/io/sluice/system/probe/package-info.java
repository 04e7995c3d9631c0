/** The same requests to any broker, told as a text that is compared with what Apache Kafka answers. */
package io.sluice.system.probe;
