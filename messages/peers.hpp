#pragma once

#include "type_ids.hpp"
#include "types.hpp"
#include "wake.hpp"

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>

#include <cstdint>

/// What inboxes on one store say to each other, and of each other.

namespace inbox {

/// Asks an inbox under which owner its leases are.
struct get_owner {
  template <class Inspector>
  friend bool inspect(Inspector& f, get_owner& x) {
    return f.object(x).fields();
  }
};

/// Answer to `get_owner`.
struct inbox_owner {
  uuid owner{};

  template <class Inspector>
  friend bool inspect(Inspector& f, inbox_owner& x) {
    return f.object(x).fields(f.field("owner", x.owner));
  }
};

/// Tells an inbox of another one on its store, which is linked to it.
struct meet_peer {
  uuid owner{};
  /// Stands for the other one here; gets `wake_up`.
  caf::actor peer;

  template <class Inspector>
  friend bool inspect(Inspector& f, meet_peer& x) {
    return f.object(x).fields(f.field("owner", x.owner),
                              f.field("peer", x.peer));
  }
};

/// Tells an inbox that such a link is over.
struct lose_peer {
  /// What stood for the other one.
  caf::actor_addr peer;
  /// Whether the link was lost, and not ended by one of the two.
  bool out_of_reach = false;
  /// Whether it ended while the other one was to be heard: as it does when a
  /// process ends, and not when a network does.
  bool sudden = false;

  template <class Inspector>
  friend bool inspect(Inspector& f, lose_peer& x) {
    return f.object(x).fields(f.field("peer", x.peer),
                              f.field("out_of_reach", x.out_of_reach),
                              f.field("sudden", x.sudden));
  }
};

/// Asks the gate of another inbox for a link. Answered with the same from the
/// other side.
struct greet_peer {
  uuid owner{};
  /// The end of the link on this node.
  caf::actor peer;

  template <class Inspector>
  friend bool inspect(Inspector& f, greet_peer& x) {
    return f.object(x).fields(f.field("owner", x.owner),
                              f.field("peer", x.peer));
  }
};

/// What goes over such a link: a hint, or only a sign of life.
struct peer_word {
  bool wakes = false;
  wake_up what;

  template <class Inspector>
  friend bool inspect(Inspector& f, peer_word& x) {
    return f.object(x).fields(f.field("wakes", x.wakes),
                              f.field("what", x.what));
  }
};

/// Asks the store whether an owner of leases is still connected to it.
struct look_for_owner {
  uuid owner{};
  /// Whether its leases end now if it is not, and has no later one.
  bool end_leases = false;
  /// What an earlier look has found.
  timestamp latest_lease{};

  template <class Inspector>
  friend bool inspect(Inspector& f, look_for_owner& x) {
    return f.object(x).fields(f.field("owner", x.owner),
                              f.field("end_leases", x.end_leases),
                              f.field("latest_lease", x.latest_lease));
  }
};

/// Answer to `look_for_owner`.
struct found_owner {
  /// Whether the store can tell.
  bool known = false;
  bool present = true;
  /// If it is not: when the last of its leases runs out. It changes with every
  /// claim and renewal, and so shows an owner that is alive after all.
  timestamp latest_lease{};
  /// Claims, and deliveries with a lease of their own, that have ended.
  uint64_t ended = 0;

  template <class Inspector>
  friend bool inspect(Inspector& f, found_owner& x) {
    return f.object(x).fields(f.field("known", x.known),
                              f.field("present", x.present),
                              f.field("latest_lease", x.latest_lease),
                              f.field("ended", x.ended));
  }
};

} // namespace inbox
