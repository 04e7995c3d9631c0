package io.sluice.base;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.ClassFileVersion;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.DynamicType;

/**
 * Loads all classes whose names begin in one way a second time, tests included, with bugs planted in some of them: so tests
 * show that they see what they claim to see. What is shipped has no switch for it.
 *
 * <p>Made for one set of bugs; used by one thread.
 */
public final class MutantLoader extends ClassLoader {
    private final String prefix;
    private final Map<String, byte[]> changed = new HashMap<>();

    /** @param prefix of the names of the classes to load anew, as {@code io.sluice.log.} */
    public MutantLoader(String prefix) {
        super(MutantLoader.class.getClassLoader());
        this.prefix = prefix;
    }

    /**
     * Plants a bug. Before anything is loaded.
     *
     * @param className after the prefix
     */
    public MutantLoader plant(String className, UnaryOperator<DynamicType.Builder<?>> bug)
            throws ClassNotFoundException {
        Class<?> original = Class.forName(prefix + className, false, getParent());
        ClassFileLocator files = ClassFileLocator.ForClassLoader.of(getParent());
        DynamicType.Builder<?> builder = new ByteBuddy(ClassFileVersion.JAVA_V17).redefine(original, files);
        changed.put(original.getName(), bug.apply(builder).make().getBytes());
        return this;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(prefix)) {
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
     * Runs a method among the loaded classes, on a new object unless it is static; throws what it throws.
     *
     * @param place {@code class.method}, after the prefix; the only method of that name
     */
    public void run(String place, Object... arguments) throws Throwable {
        int dot = place.lastIndexOf('.');
        Class<?> twin = Class.forName(prefix + place.substring(0, dot), true, this);
        Method method = Arrays.stream(twin.getDeclaredMethods())
                .filter(candidate -> candidate.getName().equals(place.substring(dot + 1)))
                .findFirst()
                .orElseThrow(() -> new ClassNotFoundException(place));
        method.setAccessible(true);
        try {
            method.invoke(Modifier.isStatic(method.getModifiers()) ? null : instanceOf(twin), arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Object instanceOf(Class<?> twin) throws ReflectiveOperationException {
        Constructor<?> constructor = twin.getDeclaredConstructor();
        constructor.setAccessible(true);
        return constructor.newInstance();
    }
}
