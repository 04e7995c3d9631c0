package io.sluice.system.clients;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a scenario that is not run while brokers restart, because what it looks at would rightly be another then. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface NeedsCalm {
    /** What a restart changes that the scenario counts on. */
    String value();
}
