/** What writers tried and readers saw, and whether a broker may have it so. */
package io.sluice.system.history;
