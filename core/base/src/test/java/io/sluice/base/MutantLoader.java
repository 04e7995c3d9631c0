package io.sluice.log;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.ClassFileVersion;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.DynamicType;

/**
 * Loads this package a second time, tests included, with a bug planted in some of its classes. What is shipped has no
 * switch for it.
 */
final class MutantLoader extends ClassLoader {
    private static final String PACKAGE = MutantLoader.class.getPackageName() + ".";

    private final Map<String, byte[]> changed = new HashMap<>();

    MutantLoader() {
        super(MutantLoader.class.getClassLoader());
    }

    /** Plants a bug. Before anything is loaded. */
    MutantLoader plant(String className, UnaryOperator<DynamicType.Builder<?>> bug) throws ClassNotFoundException {
        Class<?> original = Class.forName(PACKAGE + className);
        ClassFileLocator files = ClassFileLocator.ForClassLoader.of(getParent());
        DynamicType.Builder<?> builder = new ByteBuddy(ClassFileVersion.JAVA_V17).redefine(original, files);
        changed.put(original.getName(), bug.apply(builder).make().getBytes());
        return this;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(PACKAGE)) {
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

    /**
     * Runs one test method of this package among the loaded classes; throws what it throws.
     *
     * @param test {@code class.method}
     */
    void run(String test, Object... arguments) throws Throwable {
        int dot = test.indexOf('.');
        Class<?> testClass = Class.forName(PACKAGE + test.substring(0, dot), true, this);
        Method method = Arrays.stream(testClass.getDeclaredMethods())
                .filter(candidate -> candidate.getName().equals(test.substring(dot + 1)))
                .findFirst()
                .orElseThrow(() -> new ClassNotFoundException(test));
        var constructor = testClass.getDeclaredConstructor();
        constructor.setAccessible(true);
        method.setAccessible(true);
        try {
            method.invoke(constructor.newInstance(), arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
