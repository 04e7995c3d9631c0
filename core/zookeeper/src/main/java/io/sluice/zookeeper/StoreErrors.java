package io.sluice.zookeeper;

import io.sluice.cluster.StoreException;
import io.sluice.cluster.StoreFailure;
import java.util.List;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.OpResult;
import org.jspecify.annotations.Nullable;

/** ZooKeeper's codes in the store's words. */
final class StoreErrors {
    private StoreErrors() {}

    static StoreException of(int code, String path) {
        return new StoreException(failure(code), Code.get(code) + " at " + path);
    }

    /** The error of the op that did not hold; those after it only say that they were not tried. */
    static StoreException ofMulti(int code, @Nullable List<OpResult> results) {
        if (results != null) {
            for (int i = 0; i < results.size(); i++) {
                if (results.get(i) instanceof OpResult.ErrorResult error && isCause(error.getErr())) {
                    return new StoreException(
                            failure(error.getErr()), i, Code.get(error.getErr()) + " at op " + i + " of a transaction");
                }
            }
        }
        return new StoreException(failure(code), Code.get(code) + " of a transaction");
    }

    private static boolean isCause(int code) {
        return code != Code.OK.intValue() && code != Code.RUNTIMEINCONSISTENCY.intValue();
    }

    private static StoreFailure failure(int code) {
        return switch (Code.get(code)) {
            case NONODE -> StoreFailure.NO_NODE;
            case NODEEXISTS -> StoreFailure.NODE_EXISTS;
            case BADVERSION -> StoreFailure.BAD_VERSION;
            case NOTEMPTY -> StoreFailure.NOT_EMPTY;
            case NOCHILDRENFOREPHEMERALS -> StoreFailure.EPHEMERAL_PARENT;
            case SESSIONEXPIRED -> StoreFailure.SESSION_EXPIRED;
            case CONNECTIONLOSS, OPERATIONTIMEOUT, REQUESTTIMEOUT, SESSIONMOVED -> StoreFailure.CONNECTION_LOST;
            default -> StoreFailure.INVALID;
        };
    }
}
