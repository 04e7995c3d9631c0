package io.sluice.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.utils.ByteUtils;
import org.junit.jupiter.api.Test;

class WireReaderTest {
    @Property
    void varintsReadAsKafkaWritesThem(@ForAll int value) {
        ByteBuffer written = ByteBuffer.allocate(5);
        ByteUtils.writeUnsignedVarint(value, written);
        written.flip();
        assertThat(WireReader.readUnsignedVarint(Unpooled.wrappedBuffer(written)))
                .isEqualTo(value);
    }

    @Property
    void varintsAreWrittenAsKafkaReadsThem(@ForAll int value) {
        ByteBuf out = Unpooled.buffer();
        WireWriter.writeUnsignedVarint(out, value);
        assertThat(new ByteBufferAccessor(out.nioBuffer()).readUnsignedVarint()).isEqualTo(value);
    }

    @Property
    void stringsGoThereAndBack(@ForAll String value, @ForAll boolean flexible) {
        ByteBuf out = Unpooled.buffer();
        WireWriter.writeNullableString(out, flexible, value);
        String expected = new String(
                value.getBytes(java.nio.charset.StandardCharsets.UTF_8), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(WireReader.readString(out, flexible)).isEqualTo(expected);
    }

    @Test
    void arrayCountBeyondTheFrameIsMalformed() {
        ByteBuf in = Unpooled.buffer().writeInt(1_000_000).writeInt(0);
        assertThatThrownBy(() -> WireReader.readArrayLength(in, false, 4))
                .isInstanceOf(MalformedRequestException.class)
                .hasMessageContaining("1000000");
    }

    @Test
    void stringBeyondTheFrameIsMalformed() {
        ByteBuf in = Unpooled.buffer().writeShort(10).writeByte('a');
        assertThatThrownBy(() -> WireReader.readNullableString(in, false))
                .isInstanceOf(MalformedRequestException.class);
    }

    @Test
    void endlessVarintIsMalformed() {
        ByteBuf in = Unpooled.buffer().writeBytes(new byte[] {-1, -1, -1, -1, -1, -1});
        assertThatThrownBy(() -> WireReader.readUnsignedVarint(in)).isInstanceOf(MalformedRequestException.class);
    }

    @Test
    void taggedFieldBeyondTheFrameIsMalformed() {
        ByteBuf in = Unpooled.buffer().writeBytes(new byte[] {1, 0, 100, 1});
        assertThatThrownBy(() -> WireReader.skipTaggedFields(in)).isInstanceOf(MalformedRequestException.class);
    }
}
