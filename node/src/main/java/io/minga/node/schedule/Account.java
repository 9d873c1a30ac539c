package io.minga.node.schedule;

import java.util.LinkedHashMap;
import java.util.Map;

/** What one tenant has had at one priority, while it has tasks there. */
final class Account {
  final Tenant tenant;
  final Map<Need, Seat> seats = new LinkedHashMap<>(2);
  long passNanos;

  Account(Tenant tenant, long passNanos) {
    this.tenant = tenant;
    this.passNanos = passNanos;
  }
}
