#pragma once

#include "effect.hpp"
#include "enum_inspect.hpp"
#include "event.hpp"
#include "type_ids.hpp"
#include "types.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inbox {

/// How a handler says that its attempt ended.
enum class verdict : uint8_t {
  /// Processed.
  done,
  /// Did not work: try again later, or bury it after the last attempt.
  failed,
  /// Cannot work: bury it at once.
  dead,
  /// Not now: try again after a delay; the attempt does not count.
  snoozed,
  /// Not begun or cut short by a shutdown: anyone may have it at once; the
  /// attempt does not count. Handlers do not answer this, the inbox does.
  released,
};

std::string to_string(verdict);
bool from_string(std::string_view, verdict&);
bool from_integer(uint8_t, verdict&);

template <class Inspector>
bool inspect(Inspector& f, verdict& x) {
  return inspect_enum(f, x);
}

/// A handler's answer to `handle_event`.
struct outcome {
  inbox::verdict verdict = verdict::done;
  /// Why it failed or is dead, for the record and the dead callback.
  std::string message;
  /// How long to wait, for `snoozed` only.
  timespan delay{};
  /// What commits together with the end of the attempt, or not at all, and then
  /// the attempt has failed. Not for `failed`, of which nothing is to be left.
  std::vector<sql_effect> effects;
  /// Further events, written likewise. One with the nil id gets an id that is
  /// made of the event, the handler key and its place here, if the delivery is
  /// over: see `emitted_id`.
  std::vector<event> events;

  /// Tells whether something is to commit together with the end of the attempt.
  [[nodiscard]] bool is_joint() const noexcept {
    return !effects.empty() || !events.empty();
  }

  template <class Inspector>
  friend bool inspect(Inspector& f, outcome& x) {
    return f.object(x).fields(f.field("verdict", x.verdict),
                              f.field("message", x.message),
                              f.field("delay", x.delay),
                              f.field("effects", x.effects),
                              f.field("events", x.events));
  }

  friend bool operator==(const outcome& x, const outcome& y) {
    return x.verdict == y.verdict && x.message == y.message
           && x.delay == y.delay && x.effects == y.effects
           && x.events == y.events;
  }
};

/// Tells whether what a handler did besides is to stay with that verdict.
[[nodiscard]] constexpr bool keeps_work(verdict x) noexcept {
  return x == verdict::done || x == verdict::dead || x == verdict::snoozed;
}

[[nodiscard]] outcome done();
/// Done, together with these effects and further events.
[[nodiscard]] outcome done(std::vector<sql_effect> effects,
                           std::vector<event> events = {});

[[nodiscard]] outcome failed(std::string message);
[[nodiscard]] outcome dead(std::string message);
[[nodiscard]] outcome snoozed(timespan delay);

/// Longest message that is stored with a delivery, in bytes; more is cut off.
constexpr size_t max_message_bytes = 2000;

/// Returns `message` cut to `max_message_bytes`, with NUL and broken UTF-8
/// replaced by '?', so that every store can hold what a handler said.
[[nodiscard]] std::string storable(std::string message);

} // namespace inbox
