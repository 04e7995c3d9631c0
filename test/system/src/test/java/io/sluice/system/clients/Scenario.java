package io.sluice.system.clients;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a public method without parameters as one scenario; its class takes {@link Surroundings}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Scenario {
    /** The oldest client that can run this. */
    ClientVersion since() default ClientVersion.V2_8_2;

    /** The newest client that can run this. */
    ClientVersion until() default ClientVersion.V4_3_1;
}
