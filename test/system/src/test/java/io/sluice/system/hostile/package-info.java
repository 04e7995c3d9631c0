/** Bytes that no honest client sends. */
package io.sluice.system.hostile;
