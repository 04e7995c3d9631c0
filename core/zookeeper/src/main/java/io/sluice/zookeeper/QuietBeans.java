package io.sluice.zookeeper;

import org.apache.zookeeper.jmx.MBeanRegistry;
import org.apache.zookeeper.jmx.ZKMBeanInfo;

/** Keeps ZooKeeper's management beans to itself: a server of an ensemble registers some at every election. */
final class QuietBeans extends MBeanRegistry {
    private QuietBeans() {}

    static void install() {
        if (!(MBeanRegistry.getInstance() instanceof QuietBeans)) {
            MBeanRegistry.setInstance(new QuietBeans());
        }
    }

    @Override
    public void register(ZKMBeanInfo bean, ZKMBeanInfo parent) {}

    @Override
    public void unregister(ZKMBeanInfo bean) {}
}
