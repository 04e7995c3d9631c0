package io.sluice.log;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** All who hear of a store's troubles, in the order in which they came. Safe from any thread. */
final class StoreListeners implements StoreListener {
    private final List<StoreListener> all = new CopyOnWriteArrayList<>();

    void add(StoreListener listener) {
        all.add(listener);
    }

    @Override
    public void onFolderFailed(Path folder, String cause) {
        all.forEach(each -> each.onFolderFailed(folder, cause));
    }

    @Override
    public void onCorrupt(LogId id, LogFailure.Corrupt failure) {
        all.forEach(each -> each.onCorrupt(id, failure));
    }

    @Override
    public void onDiskSpace(Path folder, boolean low) {
        all.forEach(each -> each.onDiskSpace(folder, low));
    }
}
