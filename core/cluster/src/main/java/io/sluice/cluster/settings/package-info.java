/**
 * Every setting there is: its name, type, range, default, documentation, and whether it can be altered at run time.
 * Values come in layers (topic, broker, cluster, file, default); {@link io.sluice.cluster.settings.SettingLayers}
 * resolves them. The server builds small typed records from here; nothing else parses a setting.
 */
@NullMarked
package io.sluice.cluster.settings;

import org.jspecify.annotations.NullMarked;
