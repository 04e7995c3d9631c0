package io.sluice.kafka.handler;

import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.ALTER_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.CLUSTER_ACTION;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.IDEMPOTENT_WRITE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import org.apache.kafka.common.acl.AclOperation;

/**
 * What a client may do to a resource, as a field of bits by operation code (KIP-430). Without access control that is
 * everything there is to do.
 */
final class AuthorizedOperations {
    /** The client did not ask. */
    static final int OMITTED = Integer.MIN_VALUE;

    static final int TOPIC = bits(READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS);
    static final int GROUP = bits(READ, DELETE, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS);
    static final int CLUSTER =
            bits(CREATE, CLUSTER_ACTION, DESCRIBE, DESCRIBE_CONFIGS, ALTER, ALTER_CONFIGS, IDEMPOTENT_WRITE);

    private AuthorizedOperations() {}

    static int topic(boolean asked) {
        return asked ? TOPIC : OMITTED;
    }

    static int group(boolean asked) {
        return asked ? GROUP : OMITTED;
    }

    static int cluster(boolean asked) {
        return asked ? CLUSTER : OMITTED;
    }

    private static int bits(AclOperation... operations) {
        int bits = 0;
        for (AclOperation operation : operations) {
            bits |= 1 << operation.code();
        }
        return bits;
    }
}
