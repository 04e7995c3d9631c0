package io.sluice.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kafka.Handler;
import io.sluice.kafka.MessageHandler;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.junit.jupiter.api.Test;

/** A frame is released as soon as its request was decoded: nothing of what was decoded may point into it. */
class DecodedRequestsTest {
    @Test
    void decodedRequestsAreCopies() throws Exception {
        int checked = 0;
        try (TestBroker broker = TestBroker.start(Map.of())) {
            for (Handler handler : broker.handlers()) {
                if (handler instanceof MessageHandler) {
                    Class<?> request = handler.api().messageType.newRequest().getClass();
                    assertThat(fieldsThatShareBytes(request))
                            .as("%s", handler.api())
                            .isEmpty();
                    checked++;
                }
            }
        }
        assertThat(checked).isGreaterThan(20);
    }

    /** Generated messages nest their structures as member classes. */
    private static List<Field> fieldsThatShareBytes(Class<?> message) {
        List<Field> sharing = new ArrayList<>();
        for (Field field : message.getDeclaredFields()) {
            boolean points = ByteBuffer.class.isAssignableFrom(field.getType())
                    || BaseRecords.class.isAssignableFrom(field.getType());
            if (points && !Modifier.isStatic(field.getModifiers())) {
                sharing.add(field);
            }
        }
        for (Class<?> nested : message.getDeclaredClasses()) {
            sharing.addAll(fieldsThatShareBytes(nested));
        }
        return sharing;
    }
}
