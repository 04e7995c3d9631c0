/** Runs the scenarios of {@code io.sluice.system.scenario} with several versions of the unmodified Java client. */
package io.sluice.system.clients;
