package io.sluice.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A JUnit 5 test class that wants a broker: one is started before its tests and closed after them, and handed to every
 * constructor or method that has a parameter of type {@link SluiceBroker}.
 *
 * <pre>{@code
 * @SluiceTest(settings = "num.partitions=3")
 * class OrdersTest {
 *     @Test
 *     void orderIsStored(SluiceBroker broker) { … }
 * }
 * }</pre>
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(SluiceExtension.class)
public @interface SluiceTest {
    /** Settings of the broker, each {@code name=value}. */
    String[] settings() default {};
}
