/** Brokers that are killed, starved of disk and lied to by it, and what must still be true afterwards. */
package io.sluice.system.crash;
