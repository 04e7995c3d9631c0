package io.sluice.kafka.handler;

import java.util.Set;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractResponse;

/** Looks into answers of any type. */
final class Answers {
    private Answers() {}

    /** Every error that an answer tells, at whatever place; {@code NONE} among them where it tells success. */
    static Set<Errors> errors(ApiKeys api, short version, ApiMessage answer) {
        ByteBufferAccessor bytes = MessageUtil.toByteBufferAccessor(answer, version);
        return AbstractResponse.parseResponse(api, bytes, version).errorCounts().keySet();
    }
}
