#pragma once

#include "transaction.hpp"

#include "../messages/delivery.hpp"
#include "../messages/error.hpp"
#include "../messages/outcome.hpp"

#include <caf/error.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>

namespace inbox {

/// What a handler function gets: the event, and how its attempt stands.
class delivery {
public:
  explicit delivery(handle_event request);

  [[nodiscard]] const inbox::event& event() const noexcept {
    return request_.event;
  }

  /// Returns the bytes of the event, valid as long as this object.
  [[nodiscard]] std::string_view payload() const noexcept {
    return request_.event.payload.view();
  }

  [[nodiscard]] const std::string& handler_key() const noexcept {
    return request_.handler_key;
  }

  /// Returns the number of this attempt, from 1.
  [[nodiscard]] uint32_t attempt() const noexcept {
    return request_.attempt;
  }

  [[nodiscard]] uint32_t max_attempts() const noexcept {
    return request_.max_attempts;
  }

  /// Returns when the attempt will have failed for lack of an answer.
  [[nodiscard]] std::chrono::steady_clock::time_point
  deadline() const noexcept {
    return deadline_;
  }

  /// Tells whether nobody waits for the answer any more: the deadline is over,
  /// the inbox ends, or another node has taken the delivery over. A function
  /// that runs long should look now and then, and return.
  [[nodiscard]] bool canceled() const noexcept {
    return request_.cancellation.requested();
  }

private:
  handle_event request_;
  std::chrono::steady_clock::time_point deadline_;
};

/// A handler as a plain function. It runs on a thread of its own and may block.
///
/// All calls for one handler key go to the same function object, up to
/// `concurrency` of them at a time. A call that overruns its deadline counts no
/// more but cannot be ended: with a concurrency of 1, too, the next one may run
/// beside it until it returns. What a function captures and can still be using
/// then has to bear that.
using handler_function = std::function<outcome(const delivery&)>;

/// Likewise, for one that runs statements of its own in the transaction that
/// ends its attempt. The object of the transaction is each call's own.
using transactional_function
  = std::function<outcome(const delivery&, transaction&)>;

/// Whether `F` takes a transaction.
template <class F>
constexpr bool is_transactional_v
  = !std::is_invocable_v<
      F&,
      const delivery&> && std::is_invocable_v<F&, const delivery&, transaction&>;

/// Has `f` return an `outcome`.
template <class... Ts, class F>
std::function<outcome(Ts...)> with_outcome(F f) {
  using result_type = std::invoke_result_t<F&, Ts...>;
  if constexpr (std::is_void_v<result_type>) {
    return [f = std::move(f)](Ts... xs) mutable {
      f(xs...);
      return done();
    };
  } else if constexpr (std::is_same_v<result_type, caf::error>) {
    return [f = std::move(f)](Ts... xs) mutable {
      auto err = f(xs...);
      return err ? failed(describe(err)) : done();
    };
  } else {
    static_assert(std::is_convertible_v<result_type, outcome>,
                  "a handler returns an outcome, a caf::error, or nothing");
    return std::function<outcome(Ts...)>{std::move(f)};
  }
}

/// Wraps `f`, which takes `const delivery&` and returns an `outcome`, a
/// `caf::error` (a failure, unless it is no error), or nothing (done).
template <class F>
handler_function make_handler_function(F f) {
  return with_outcome<const delivery&>(std::move(f));
}

} // namespace inbox
