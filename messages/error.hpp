#pragma once

#include "enum_inspect.hpp"
#include "type_ids.hpp"

#include <caf/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace inbox {

/// What went wrong, classed by what the caller can do about it.
enum class errc : uint8_t {
  /// Bad input: fix the named field; nothing was stored.
  invalid = 1,
  /// Too much is waiting, or the database is locked: try again later.
  busy,
  /// The store is out of reach, nothing was changed: try again.
  connection_lost,
  /// The connection ended during a commit, or between those of a large write:
  /// it may or may not have happened, or in part. Writing the same event ids
  /// again is harmless.
  outcome_unknown,
  /// No answer in time. From the store: nothing was changed, try again. From
  /// the inbox to a client: the outcome is unknown.
  timeout,
  /// The tables are newer than this code, or not ours: upgrade or reconfigure.
  schema_mismatch,
  /// The lease was taken over or settled before; this attempt counts no more.
  lease_lost,
  /// The inbox is draining or has ended: use another one.
  stopped,
  /// All workers of a handler never returned from earlier deliveries.
  handler_stuck,
  /// A handler actor has ended: its key has no handler here until one
  /// registers.
  handler_down,
  /// The node of a handler actor was lost in the midst of an attempt, which
  /// counts and is repeated at once.
  node_lost,
  /// The store refused for a reason that trying again does not mend, such as
  /// a missing permission or a full disk; the text says which.
  storage_failed,
};

std::string to_string(errc);
bool from_string(std::string_view, errc&);
bool from_integer(uint8_t, errc&);

template <class Inspector>
bool inspect(Inspector& f, errc& x) {
  return inspect_enum(f, x);
}

/// Makes an error that names the `field` it is about. `text` says what is
/// wrong and must hold neither payloads nor passwords.
[[nodiscard]] caf::error make_error(errc code, std::string field,
                                    std::string text);

/// Returns the code of `err`, or `errc{}` if it is not one of ours. Errors of
/// other nodes may have any code.
[[nodiscard]] errc code_of(const caf::error& err);

/// Returns the field that `err` names, or an empty string.
[[nodiscard]] std::string field_of(const caf::error& err);

/// Returns one line for a log or a person: "invalid: event.id: must not be
/// nil". Safe for any error, where CAF's `to_string` is not for one that came
/// from another node.
[[nodiscard]] std::string describe(const caf::error& err);

/// Tells whether the same call may succeed later without any change.
[[nodiscard]] bool is_transient(const caf::error& err);

} // namespace inbox

CAF_ERROR_CODE_ENUM(inbox::errc)
