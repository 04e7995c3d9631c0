package io.sluice.cluster;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** How one kind of value is written into messages between nodes, and read from them. Stateless. */
interface PeerFormat<T> {
    void write(PeerWriter out, T value);

    T read(PeerReader in);

    PeerFormat<Integer> INT32 = of(PeerWriter::int32, PeerReader::int32);
    PeerFormat<Long> INT64 = of(PeerWriter::int64, PeerReader::int64);
    PeerFormat<Boolean> BOOL = of(PeerWriter::bool, PeerReader::bool);
    PeerFormat<String> TEXT = of(PeerWriter::text, PeerReader::text);

    /** Names and values that are set on many topics alike. */
    PeerFormat<Map<String, String>> SETTINGS =
            of((out, values) -> map(TEXT, TEXT).write(out, new TreeMap<>(values)), PeerFormat::readSettings);

    static <T> PeerFormat<T> of(BiConsumer<PeerWriter, T> write, Function<PeerReader, T> read) {
        return new PeerFormat<>() {
            @Override
            public void write(PeerWriter out, T value) {
                write.accept(out, value);
            }

            @Override
            public T read(PeerReader in) {
                return read.apply(in);
            }
        };
    }

    /** A value whose fields may become more: a reader that knows fewer skips the rest. */
    static <T> PeerFormat<T> struct(BiConsumer<PeerWriter, T> write, Function<PeerReader, T> read) {
        return of((out, value) -> out.struct(() -> write.accept(out, value)), in -> read.apply(in.struct()));
    }

    /** Items that take a byte each at least, which bounds their count by the bytes that are there. */
    static <T> PeerFormat<List<T>> list(PeerFormat<T> item) {
        return of(
                (out, items) -> {
                    out.count(items.size());
                    items.forEach(each -> item.write(out, each));
                },
                in -> {
                    int count = in.count();
                    List<T> items = new ArrayList<>(count);
                    for (int i = 0; i < count; i++) {
                        items.add(item.read(in));
                    }
                    return items;
                });
    }

    /** In the order of the map that is written. */
    static <K, V> PeerFormat<Map<K, V>> map(PeerFormat<K> key, PeerFormat<V> value) {
        return of(
                (out, map) -> {
                    out.count(map.size());
                    map.forEach((k, v) -> {
                        key.write(out, k);
                        value.write(out, v);
                    });
                },
                in -> {
                    int count = in.count();
                    Map<K, V> map = new LinkedHashMap<>();
                    for (int i = 0; i < count; i++) {
                        map.put(key.read(in), value.read(in));
                    }
                    return map;
                });
    }

    static <T> PeerFormat<Optional<T>> optional(PeerFormat<T> format) {
        return of(
                (out, value) -> {
                    out.bool(value.isPresent());
                    value.ifPresent(each -> format.write(out, each));
                },
                in -> in.bool() ? Optional.of(format.read(in)) : Optional.empty());
    }

    /** By name, since the order of an enum's constants may change between versions. */
    static <E extends Enum<E>> PeerFormat<E> constant(Class<E> type) {
        return of((out, value) -> out.text(value.name()), in -> {
            String name = in.text();
            try {
                return Enum.valueOf(type, name);
            } catch (IllegalArgumentException e) {
                throw new MalformedMessageException(name + " is no known " + type.getSimpleName());
            }
        });
    }

    private static Map<String, String> readSettings(PeerReader in) {
        int count = in.count();
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String name = in.shared(in.text());
            values.put(name, in.shared(in.text()));
        }
        return values;
    }
}
