package io.sluice.engine.group;

/** The program behind a member, as shown to people who describe the group. */
public record Client(String id, String host) {}
