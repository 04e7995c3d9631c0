package io.sluice.cluster;

/** Which election is asked for. */
public enum Election {
    /** The first replica of the assignment shall lead, if it is in sync (R20). */
    PREFERRED,
    /** A partition that is offline gets any replica that lives as its leader, whatever is lost by it (R16). */
    UNCLEAN
}
