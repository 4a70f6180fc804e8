#pragma once

#include "statement.hpp"

#include <string>
#include <vector>

namespace inbox::sqlite {

/// All statements of a store but those that make its tables.
struct statements {
  /// `prefix` has passed `check`: it becomes part of the SQL.
  statements(connection& db, const std::string& prefix);

  // -- write ------------------------------------------------------------------

  /// Arguments: id, type, written_at, unrouted, date, ordering key, headers,
  /// payload, cause. Changes no row if the id is there.
  statement insert_event;
  /// Argument: id. Columns: seq, type, ordering key, unrouted.
  statement find_written;
  /// Argument: event type. Column: id.
  statement active_routes;
  /// Arguments: seq, route, ordering key, due. Changes no row if it is there.
  /// Blocks the delivery if it has to wait for an earlier one.
  statement insert_delivery;
  /// Argument: seq.
  statement mark_routed;

  // -- routes -----------------------------------------------------------------

  /// Arguments: event type, handler key. Column: id. Makes it active again
  /// if it is there.
  statement insert_route;
  /// Arguments: event type, handler key. Column: id, if it is active.
  statement find_route;
  statement key_of_route;
  /// Arguments: event type, handler key.
  statement deactivate_route;
  /// Argument: id. Column: the route's event type if it has an active route.
  statement active_type_of_route;
  /// Arguments: event type, limit. Columns: seq, ordering key.
  statement unrouted_events;

  // -- claim ------------------------------------------------------------------

  /// Arguments: route, now. Columns: due, seq, attempts, lease token, whether
  /// under a lease, message, ordering key. In the order of due time and seq.
  std::string select_due;
  /// Arguments: route, ordering key, seq. Blocks the deliveries behind that one
  /// that are not. One that has a lease stays free: an expired one can be
  /// renewed, and running ones are looked for among the free.
  statement block_others;
  /// Arguments: owner, until, seq, route.
  statement claim;
  /// Arguments: now, message, seq, route.
  statement bury;
  /// Argument: seq. Columns: id, type, date, ordering key, headers, payload,
  /// cause.
  statement load_event;

  // -- settle -----------------------------------------------------------------
  // Arguments: those named, then seq, route, token. Change no row if the lease
  // is not held any more.

  /// finished_at
  statement settle_done;
  /// due, message
  statement settle_failed;
  /// finished_at, message
  statement settle_dead;
  /// due
  statement settle_snoozed;
  statement settle_released;
  /// One row if the lease was the delivery's last one, and is over.
  statement was_ended;
  /// Arguments: route, seq; for a delivery that has just been finished. Frees
  /// the next one of its ordering key.
  statement free_next;
  /// until
  statement renew;

  // -- erase ------------------------------------------------------------------

  /// Arguments: now, after, limit. Columns: seq, written_at, number of
  /// deliveries, unfinished ones, live leases, latest finished_at.
  statement select_old;
  /// Argument: seq. Columns: route; of unfinished ones with an ordering key.
  statement find_guards;
  /// Argument: seq.
  statement erase_deliveries;
  /// Argument: seq.
  statement erase_event;

  // -- query ------------------------------------------------------------------

  /// Argument: id. Columns: seq, written_at.
  statement find_event;
  /// Argument: seq. Columns: handler key, progress, attempts, due, lease owner,
  /// lease until, lease token, finished_at, message.
  statement find_deliveries;
  /// Columns: event type, handler key, pending, in progress, failed, done,
  /// dead.
  statement count_deliveries;
  /// Argument: id. Columns: seq, id, type, written_at, cause.
  statement trace_event;
  /// Arguments: cause, limit. Columns: seq, id, type, written_at, in the order
  /// of writing. The cause is in the index: what stands behind the payload is
  /// not read again.
  statement trace_caused;
  /// Argument: seq. Columns: deliveries that are pending, in progress, failed,
  /// done, dead.
  statement count_of_event;
  /// Columns: event type, events.
  statement count_unrouted;
};

} // namespace inbox::sqlite
