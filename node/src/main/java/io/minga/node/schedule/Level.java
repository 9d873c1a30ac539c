package io.minga.node.schedule;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tasks of one priority: a line for each requirement, in which tenants take turns. */
final class Level {
  /** Of so many spans as long as the patience, one is kept for those who were overtaken. */
  private static final int SPANS = 5;

  final int priority;
  final Map<Need, Line> lines = new LinkedHashMap<>();
  final Map<Tenant, Account> accounts = new LinkedHashMap<>();
  int count;

  /** Whether the last look found tasks for which others, of lower priority too, must wait. */
  boolean heldBack;

  /** The run time that whoever was served last has had. */
  private long passNanos;

  Level(int priority) {
    this.priority = priority;
  }

  boolean hasRoom(Ticket ticket, ScheduleOptions options) {
    return (accounts.containsKey(ticket.tenant()) || accounts.size() < options.tenantsMax())
        && (lines.containsKey(ticket.kind().need()) || lines.size() < options.needsMax());
  }

  Lane lane(Ticket ticket) {
    Account account = accounts.get(ticket.tenant());
    if (account == null) {
      if (accounts.isEmpty()) {
        passNanos = 0; // whoever comes next starts level with this one
      }
      account = new Account(ticket.tenant(), passNanos);
      accounts.put(ticket.tenant(), account);
    }
    Need need = ticket.kind().need();
    Line line = lines.get(need);
    if (line == null) {
      line = new Line(need);
      lines.put(need, line);
    }
    Seat seat = account.seats.get(need);
    if (seat == null) {
      seat = new Seat(this, line, account);
      account.seats.put(need, seat);
    }
    return seat.lane(ticket.kind());
  }

  /** The line of which the first runs next, among those for which there is enough. */
  @Nullable Line best(long nowNanos, int freeCores, int freeMemoryMib, long patienceNanos) {
    Line best = null;
    heldBack = false;
    for (Line line : lines.values()) {
      if (!line.need.fits(freeCores, freeMemoryMib)) {
        heldBack |= isHeldBackFor(line, nowNanos, patienceNanos);
      } else if (best == null || line.isBefore(best)) {
        best = line;
      }
    }
    return heldBack ? null : best;
  }

  private static boolean isHeldBackFor(Line line, long nowNanos, long patienceNanos) {
    if (!line.skipped) {
      line.skipped = true;
      line.skippedSinceNanos = nowNanos;
    }
    return (nowNanos - line.skippedSinceNanos) / patienceNanos % SPANS == 1;
  }

  /** Counts run time to the seat's tenant, who takes its new turn in every line. */
  void serve(Seat seat, long nanos) {
    seat.line.skipped = false;
    Account account = seat.account;
    passNanos = account.passNanos;
    for (Seat each : account.seats.values()) {
      each.line.leave(each);
    }
    account.passNanos += nanos;
    for (Seat each : account.seats.values()) {
      each.line.enter(each);
    }
  }
}
