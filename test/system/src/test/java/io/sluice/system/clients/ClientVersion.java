package io.sluice.system.clients;

import io.sluice.system.harness.ClassPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A released version of kafka-clients. Each but the newest lives in a class loader of its own. */
public enum ClientVersion {
    V2_8_2("2.8.2"),
    V3_9_2("3.9.2"),
    V4_3_1("4.3.1");

    private final String version;
    private ClassLoader loader;

    ClientVersion(String version) {
        this.version = version;
    }

    public String version() {
        return version;
    }

    /** Loads scenarios so that they see this version of the client. */
    public synchronized ClassLoader loader() {
        if (loader == null) {
            loader = this == V4_3_1 ? ClientVersion.class.getClassLoader() : new ChildFirst(urls());
        }
        return loader;
    }

    private URL[] urls() {
        try (Stream<Path> jars = Files.list(ClassPath.build().resolve("clients").resolve(version))) {
            List<URL> urls = new ArrayList<>();
            for (Path jar : jars.toList()) {
                urls.add(jar.toUri().toURL());
            }
            urls.add(ClientVersion.class.getProtectionDomain().getCodeSource().getLocation());
            return urls.toArray(URL[]::new);
        } catch (IOException e) {
            throw new UncheckedIOException("the build copies client jars to target/clients/" + version, e);
        }
    }

    /** Takes the client library, its codecs and the scenarios from its own jars, the rest from the tests' loader. */
    private static final class ChildFirst extends URLClassLoader {
        private static final List<String> OWN = List.of(
                "org.apache.kafka.", "com.github.luben.", "net.jpountz.", "org.xerial.", "io.sluice.system.scenario.");

        ChildFirst(URL[] urls) {
            super(urls, ClientVersion.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (OWN.stream().noneMatch(name::startsWith)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : findClass(name);
            }
        }

        @Override
        public URL getResource(String name) {
            URL own = findResource(name);
            return own != null ? own : super.getResource(name);
        }
    }
}
