#pragma once

namespace inbox::postgres {

/// What a statement that stores events is like.
struct insert_form {
  /// Takes all of them to be new, and fails with a violation of the unique key
  /// if one is not. Else it stores those that are.
  bool all_new = false;
  /// At least one has an ordering key.
  bool ordered = false;
  /// Claims what there is room for.
  bool claims = false;
  /// Stores one event.
  bool single = false;
};

/// The SQLSTATE of that failure.
constexpr auto unique_violation = "23505";

/// Returns the statement that stores events and fans them out to the routes of
/// their types. Needs the lock on the routes: see `route_access`.
///
/// Arguments: those of `insert_batch`; and if it claims: owner, lease duration,
/// routes that have room, room of each. Answers a row with the columns: numbers
/// of the events in the order of the call, also of those that were there
/// already; how many deliveries an event of each type gets; numbers of the
/// events that were stored, or null for all of them. If it claims, further
/// columns, which that row does not have; and a row per lease, which has
/// nothing but them: events' numbers, route, token.
[[nodiscard]] const char* insert_text(const insert_form& form);

} // namespace inbox::postgres
