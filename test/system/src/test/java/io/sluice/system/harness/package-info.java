/** Starts, stops, kills and watches brokers as separate processes; speaks to them in raw bytes; stands in their way. */
package io.sluice.system.harness;
