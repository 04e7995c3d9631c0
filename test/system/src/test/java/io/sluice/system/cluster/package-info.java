/** Several brokers as processes: killed, paused and restarted under load, and what must hold all the while. */
package io.sluice.system.cluster;
