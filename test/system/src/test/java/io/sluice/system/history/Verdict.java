package io.sluice.system.history;

import java.util.List;

/** What a history shows. */
public sealed interface Verdict {
    /** All was looked at and nothing was found. */
    record Pass(long acked, long refused, long unknown) implements Verdict {}

    /** At least one anomaly; the first ones. */
    record Fail(List<Finding> findings) implements Verdict {}

    /** Nothing was found, and it would show nothing if there were: why. */
    record Unknown(List<String> reasons) implements Verdict {}
}
