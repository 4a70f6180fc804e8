#pragma once

#include "../messages/error.hpp"
#include "../messages/types.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>

namespace inbox {

/// A request to another node that has no answer yet.
struct question {
  /// Sends it; null once that was done.
  std::function<void()> send;
  /// Tells the caller that there will be no answer.
  std::function<void(caf::error)> fail;
  /// What to tell if the connection is lost after it was sent.
  errc when_lost = errc::connection_lost;
  /// What it keeps in memory.
  uint64_t bytes = 0;
  /// When it is too late for an answer, if ever.
  std::optional<timespan> until;
};

/// The requests that have no answer yet, in the order in which they came. Each
/// is ended once: by an answer, a lost connection or the time. Plain data, no
/// actor.
class open_questions {
public:
  /// Returns the number under which it is found.
  uint64_t add(question x);

  /// Sends one that was not sent.
  void send(uint64_t which);

  /// Sends all that were not sent.
  void send_all();

  /// Takes one out, for which there is an answer. Returns false if it ended
  /// before.
  bool end(uint64_t which);

  /// Ends one whose connection was lost.
  void lose(uint64_t which);

  /// Ends all. Where there was a connection, all were sent.
  void lose_all();

  /// Ends all that were not sent.
  void refuse_unsent(const caf::error& why);

  /// Ends all whose time is over.
  void end_old(timespan now);

  /// Returns when the next one is too old.
  [[nodiscard]] std::optional<timespan> next_end() const;

  [[nodiscard]] size_t size() const noexcept {
    return open_.size();
  }

  [[nodiscard]] uint64_t bytes() const noexcept {
    return bytes_;
  }

private:
  using iterator = std::map<uint64_t, question>::iterator;

  /// Returns the one behind.
  iterator fail(iterator which, caf::error why);

  std::map<uint64_t, question> open_;
  uint64_t bytes_ = 0;
  uint64_t count_ = 0;
};

} // namespace inbox
