package io.sluice.kafka.handler;

import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.ClusterImage;

/**
 * Whom clients are told to be the controller. Admin clients send what changes the cluster to that broker and wait until
 * there is one. Every broker forwards such requests, so while the controller is not known or not there, this broker does:
 * the client hears of the real state instead of waiting in vain.
 */
final class ToldController {
    private static final int NOBODY = -1;

    private ToldController() {}

    /** @param listener by which the client has to reach it */
    static int of(ClusterImage image, String listener, int thisBroker) {
        if (isReachable(image, listener, image.controllerId())) {
            return image.controllerId();
        }
        return isReachable(image, listener, thisBroker) ? thisBroker : NOBODY;
    }

    private static boolean isReachable(ClusterImage image, String listener, int broker) {
        return image.broker(broker)
                .flatMap((BrokerInfo one) -> one.endpoint(listener))
                .isPresent();
    }
}
