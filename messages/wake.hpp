#pragma once

#include "type_ids.hpp"

#include <cstddef>
#include <string>
#include <vector>

/// The hints between inboxes on one store. Whoever misses one finds the work at
/// its next iteration.

namespace inbox {

/// Says that something may be due, of these event types.
struct wake_up {
  /// Empty: of any type.
  std::vector<std::string> event_types;

  /// More than this many count as any.
  static constexpr size_t most_types = 16;

  template <class Inspector>
  friend bool inspect(Inspector& f, wake_up& x) {
    return f.object(x).fields(f.field("event_types", x.event_types));
  }
};

/// Makes a hint about these types, or about any if there are none or too many.
[[nodiscard]] wake_up make_wake_up(std::vector<std::string> event_types);

/// Makes `to` one hint for what both are about.
void merge(wake_up& to, const wake_up& x);

/// Tells the waker that others should have a look: something may be due that
/// this node does not take.
struct wake_others {
  wake_up what;

  template <class Inspector>
  friend bool inspect(Inspector& f, wake_others& x) {
    return f.object(x).fields(f.field("what", x.what));
  }
};

/// Has the listener go on listening.
struct go_on_listening {
  template <class Inspector>
  friend bool inspect(Inspector& f, go_on_listening& x) {
    return f.object(x).fields();
  }
};

/// Tells the rescuer whether others can see in the store that this inbox is
/// there.
struct presence_changed {
  bool present = false;

  template <class Inspector>
  friend bool inspect(Inspector& f, presence_changed& x) {
    return f.object(x).fields(f.field("present", x.present));
  }
};

} // namespace inbox
