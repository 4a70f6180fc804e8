#pragma once

#include "cancellation.hpp"
#include "event.hpp"
#include "status.hpp"
#include "type_ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace inbox {

/// One attempt: the request from the dispatcher to a handler actor. It answers
/// with an `outcome`; an error, or no answer within `timeout`, is a failure.
struct handle_event {
  inbox::event event;
  std::string handler_key;
  /// Number of this attempt, from 1. Snoozed attempts do not count.
  uint32_t attempt = 1;
  uint32_t max_attempts = 1;
  /// Time left for the answer, from the moment of sending.
  timespan timeout{};
  inbox::cancellation cancellation;

  template <class Inspector>
  friend bool inspect(Inspector& f, handle_event& x) {
    return f.object(x).fields(
      f.field("event", x.event), f.field("handler_key", x.handler_key),
      f.field("attempt", x.attempt), f.field("max_attempts", x.max_attempts),
      f.field("timeout", x.timeout), f.field("cancellation", x.cancellation));
  }
};

/// Tells the application that a delivery became `dead`, after the fact.
struct delivery_died {
  uuid event_id{};
  std::string event_type;
  std::string handler_key;
  uint32_t attempts = 0;
  std::string message;

  template <class Inspector>
  friend bool inspect(Inspector& f, delivery_died& x) {
    return f.object(x).fields(f.field("event_id", x.event_id),
                              f.field("event_type", x.event_type),
                              f.field("handler_key", x.handler_key),
                              f.field("attempts", x.attempts),
                              f.field("message", x.message));
  }
};

/// How one delivery stands in the store.
struct delivery_info {
  std::string handler_key;
  inbox::status status = status::pending;
  /// Attempts that were begun and not given back.
  uint32_t attempts = 0;
  timestamp due{};
  /// Set while `in_progress`.
  std::optional<uuid> lease_owner;
  std::optional<timestamp> lease_until;
  int64_t lease_token = 0;
  /// Set when `done` or `dead`.
  std::optional<timestamp> finished;
  /// Of the last failure, or empty.
  std::string message;

  template <class Inspector>
  friend bool inspect(Inspector& f, delivery_info& x) {
    return f.object(x).fields(
      f.field("handler_key", x.handler_key), f.field("status", x.status),
      f.field("attempts", x.attempts), f.field("due", x.due),
      f.field("lease_owner", x.lease_owner),
      f.field("lease_until", x.lease_until),
      f.field("lease_token", x.lease_token), f.field("finished", x.finished),
      f.field("message", x.message));
  }
};

/// Answer to `find_event`: one event with all its deliveries, by handler key.
struct event_record {
  /// Empty if the store has no event of that id.
  std::optional<inbox::event> event;
  timestamp written{};
  std::vector<delivery_info> deliveries;

  template <class Inspector>
  friend bool inspect(Inspector& f, event_record& x) {
    return f.object(x).fields(f.field("event", x.event),
                              f.field("written", x.written),
                              f.field("deliveries", x.deliveries));
  }
};

} // namespace inbox
