/**
 * What a user's program does, written against kafka-clients. The classes here are loaded once per version of the client
 * library, so they use only what every version offers, or say from which version they run.
 */
package io.sluice.system.scenario;
