package io.sluice.server;

import io.sluice.base.Loops;
import io.sluice.base.SystemClock;
import io.sluice.base.Workers;
import io.sluice.cluster.settings.BrokerLogSettings;
import io.sluice.cluster.settings.SettingLayers;
import io.sluice.log.LoadReport;
import io.sluice.log.LogStore;
import io.sluice.log.NioDisk;
import io.sluice.log.StoreConfig;
import io.sluice.log.StoreException;
import io.sluice.log.StoreIdentity;
import io.sluice.log.StoreListener;
import io.sluice.log.StorePorts;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the data folders and loads what is in them, showing how a long recovery gets on. */
final class DataStart {
    private static final Logger log = LoggerFactory.getLogger(DataStart.class);
    private static final long PROGRESS_EVERY_NANOS = 1_000_000_000L;

    private DataStart() {}

    static LogStore open(ServerConfig config, String clusterId, Loops loops, Workers workers) throws StartupException {
        LogStore store;
        try {
            store = LogStore.open(
                    storeConfig(config, clusterId),
                    new StorePorts(new NioDisk(), SystemClock.INSTANCE, loops, workers),
                    StoreListener.NONE);
        } catch (StoreException e) {
            throw new StartupException(String.valueOf(e.getMessage()), e);
        }
        try {
            LoadReport report =
                    store.load(new Progress()::loaded).toCompletableFuture().join();
            log.debug("logs loaded: {}", report);
            return store;
        } catch (CompletionException e) {
            store.close();
            throw new StartupException("the data folders cannot be loaded: " + e.getCause(), e);
        }
    }

    private static StoreConfig storeConfig(ServerConfig config, String clusterId) {
        SettingLayers settings = SettingLayers.ofStatic(config.values());
        StoreConfig defaults = StoreConfig.of(config.dataFolders(), new StoreIdentity(clusterId, config.nodeId()));
        StoreConfig.Background background = defaults.background();
        return defaults.withBackground(new StoreConfig.Background(
                        background.flushAfterMs(),
                        background.flushAfterBytes(),
                        background.flushesPerSecond(),
                        settings.get(BrokerLogSettings.LOG_FLUSH_CHECKPOINT_INTERVAL_MS),
                        settings.get(BrokerLogSettings.LOG_RETENTION_CHECK_INTERVAL_MS),
                        settings.get(BrokerLogSettings.PRODUCER_ID_EXPIRATION_MS),
                        background.scrubBytesPerSecond()))
                .withSpace(new StoreConfig.DiskSpace(
                        settings.get(BrokerLogSettings.DISK_FREE_MIN_BYTES),
                        defaults.space().minFreeShare(),
                        defaults.space().checkMs()))
                .withMaxOpenFiles(Math.min(defaults.maxOpenFiles(), MachineLimits.segmentFiles()))
                .withCachedBytes(MachineMemory.quarterBytes())
                .withRecoveryThreads(settings.get(BrokerLogSettings.NUM_RECOVERY_THREADS));
    }

    /** Says once a second how many logs are loaded, if it takes that long. */
    private static final class Progress {
        private long lastNanos = SystemClock.INSTANCE.nanoTime();

        synchronized void loaded(int done, int total) {
            long now = SystemClock.INSTANCE.nanoTime();
            if (now - lastNanos >= PROGRESS_EVERY_NANOS) {
                lastNanos = now;
                log.info("recovering logs: {} of {}", done, total);
            }
        }
    }
}
