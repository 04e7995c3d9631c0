package io.sluice.simulation;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.ClassFileVersion;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.DynamicType;

/**
 * Loads the whole of Sluice a second time, the simulation included, with a bug planted in some of its classes. What is
 * shipped has no switch for it.
 */
final class MutantLoader extends ClassLoader {
    private static final String ALL = "io.sluice.";

    private final Map<String, byte[]> changed = new HashMap<>();

    MutantLoader() {
        super(MutantLoader.class.getClassLoader());
    }

    /** Plants a bug. Before anything is loaded. */
    MutantLoader plant(String className, UnaryOperator<DynamicType.Builder<?>> bug) throws ClassNotFoundException {
        Class<?> original = Class.forName(ALL + className, false, getParent());
        ClassFileLocator files = ClassFileLocator.ForClassLoader.of(getParent());
        DynamicType.Builder<?> builder = new ByteBuddy(ClassFileVersion.JAVA_V17).redefine(original, files);
        changed.put(original.getName(), bug.apply(builder).make().getBytes());
        return this;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(ALL)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        byte[] bytes = changed.get(name);
        if (bytes == null) {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                bytes = in.readAllBytes();
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    /** Runs one seed of a scenario among the loaded classes; throws what it throws. */
    void run(Scenario scenario, long seed) throws Throwable {
        Class<?> twin = Class.forName(Scenario.class.getName(), true, this);
        Method valueOf = twin.getDeclaredMethod("valueOf", String.class);
        Method run = twin.getDeclaredMethod("run", long.class);
        valueOf.setAccessible(true);
        run.setAccessible(true);
        try {
            run.invoke(valueOf.invoke(null, scenario.name()), seed);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
