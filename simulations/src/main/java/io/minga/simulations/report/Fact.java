package io.minga.simulations.report;

/** Something to know, by its name. */
public record Fact(String name, String value) {}
