/** Programs that people already use with Kafka: its command-line tools, kcat, kafkajs. */
package io.sluice.system.tools;
