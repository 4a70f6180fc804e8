#pragma once

#include "../messages/event.hpp"
#include "../messages/receipt.hpp"
#include "../messages/requests.hpp"

#include <caf/error.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <vector>

namespace inbox {

/// One call of `write_events` on its way; its parts may be in several
/// statements, one after another or at the same time.
struct write_call {
  std::vector<event> events;
  /// One per event; those of the first statements may be there before others.
  std::vector<receipt> receipts;
  /// How many receipts are there.
  size_t stored = 0;
  /// How many of its parts are in a statement now.
  size_t under_way = 0;
  /// Payloads and headers of all its events.
  size_t bytes = 0;
  /// Set after a statement that it was in was refused: maybe because of another
  /// call's event, so it is tried by itself.
  bool alone = false;
  /// Why a part of it was not stored.
  caf::error failure;
  caf::typed_response_promise<written_events> reply;
};

using write_call_ptr = std::shared_ptr<write_call>;

/// Some neighboring events of one call.
struct write_part {
  write_call_ptr owner;
  size_t begin = 0;
  size_t count = 0;
};

/// What goes into one statement.
struct write_batch {
  uint64_t number = 0;
  std::vector<write_part> parts;
  size_t events = 0;
  size_t bytes = 0;
};

/// The events that wait to be stored, in the order in which they came, and how
/// they are put into statements. Plain data, no actor.
///
/// Of statements that are under way at the same time only one has events with
/// ordering keys, and none has an event of another one's id: the database would
/// decide which comes first, but that is for the sender to say.
class write_queue {
public:
  struct limits {
    size_t batch_events = 1;
    size_t batch_bytes = 1;
    /// Fewer are not worth a statement beside another one: they would share the
    /// next commit otherwise.
    size_t least_share = 1;
  };

  explicit write_queue(limits bounds);

  [[nodiscard]] bool empty() const noexcept {
    return waiting_.empty();
  }

  /// Whether nothing waits and nothing is under way.
  [[nodiscard]] bool is_idle() const noexcept {
    return waiting_.empty() && under_way_.empty();
  }

  /// How many events wait.
  [[nodiscard]] size_t size() const noexcept {
    return size_;
  }

  void push(const write_call_ptr& x);

  /// Whether a statement is worth its while now.
  [[nodiscard]] bool is_ready() const;

  /// How many events to put into the next statement if it may be beside
  /// others, up to `statements` in all that could begin now.
  [[nodiscard]] size_t share_of(size_t statements) const;

  /// Takes at most that many events for a statement, which is under way until
  /// `end`. May find none.
  [[nodiscard]] write_batch take(size_t most_events);

  /// The statement is over.
  void end(const write_batch& x);

  /// Has the parts wait again, before all others; but not those of calls that
  /// have failed otherwise.
  void put_back(const write_batch& x);

  /// Takes out what still waits of a call.
  void drop(const write_call_ptr& x);

private:
  /// What statements at the same time must not have in common.
  struct contents {
    /// In order.
    std::vector<uuid> ids;
    bool is_ordered = false;
  };

  /// Whether the event can be in a statement beside those under way.
  [[nodiscard]] bool may_go(const event& x) const;

  /// Takes events from the first waiting part, and what is left of it stays.
  bool take_some(write_batch& to, contents& what, size_t most_events);

  limits limits_;
  std::deque<write_part> waiting_;
  size_t size_ = 0;
  uint64_t last_ = 0;
  std::map<uint64_t, contents> under_way_;
};

} // namespace inbox
