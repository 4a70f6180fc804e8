#pragma once

#include "run_in.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/result.hpp>
#include <caf/test/unit_test.hpp>
#include <caf/typed_response_promise.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace inbox::test {

/// What a test double does with one type of request, and what it got so far.
/// Answers at once and with success, unless told otherwise. Copies share their
/// content: one stays with the test, one goes into the actor.
template <class Reply, class Request>
class script {
public:
  using answer_function = std::function<caf::expected<Reply>(const Request&)>;

  // -- what has arrived -------------------------------------------------------

  [[nodiscard]] size_t count() const {
    return data_->got.size();
  }

  [[nodiscard]] const std::vector<Request>& got() const {
    return data_->got;
  }

  [[nodiscard]] const Request& last() const {
    if (data_->got.empty())
      CAF_FAIL("no request has arrived");
    return data_->got.back();
  }

  // -- what to answer ---------------------------------------------------------

  /// Makes `f` compute the answers, from now on.
  void answer_with(answer_function f) {
    data_->normally = std::move(f);
  }

  /// Refuses the next `n` requests without doing what they ask for.
  void fail_next(caf::error err, size_t n = 1) {
    data_->faults.insert(data_->faults.end(), n, {std::move(err), false});
  }

  /// Does what the next request asks for, and answers an error all the same:
  /// an answer that was lost after the commit.
  void lose_next(caf::error err) {
    data_->faults.push_back({std::move(err), true});
  }

  // -- when to answer ---------------------------------------------------------

  /// Keeps requests without an answer, from now on.
  void hold() {
    data_->holding = true;
  }

  /// Answers all that was kept, and from now on at once again.
  void release() {
    data_->holding = false;
    while (held() > 0)
      answer_oldest();
  }

  /// Number of requests that were kept.
  [[nodiscard]] size_t held() const {
    return data_->kept.size();
  }

  /// Answers the oldest kept request as if it had not been kept.
  void answer_oldest() {
    auto next = take();
    auto reply = data_->answer(next.request);
    run_in(next.owner, [next, reply]() mutable {
      deliver(next.promise, std::move(reply));
    });
  }

  /// Likewise, but the one that came last.
  void answer_latest() {
    if (held() > 1)
      std::rotate(data_->kept.begin(), std::prev(data_->kept.end()),
                  data_->kept.end());
    answer_oldest();
  }

  /// Answers the oldest kept request with `x`, a reply or an error.
  template <class Value>
  void answer(Value x) {
    auto next = take();
    run_in(next.owner,
           [next, x]() mutable { next.promise.deliver(std::move(x)); });
  }

  /// Forgets the oldest kept request, which breaks the promise of an answer.
  void drop() {
    take();
  }

  /// Returns the message handler for the behavior of a double.
  template <class Self>
  auto handler(Self self) const {
    return [data = data_, self](const Request& x) -> caf::result<Reply> {
      data->got.push_back(x);
      if (!data->holding)
        return to_result(data->answer(x));
      auto promise = self->template make_response_promise<Reply>();
      data->kept.push_back({x, promise, caf::actor_cast<caf::actor>(self)});
      return promise;
    };
  }

private:
  struct kept_request {
    Request request;
    caf::typed_response_promise<Reply> promise;
    /// Who has to answer it.
    caf::actor owner;
  };

  struct fault {
    caf::error reason;
    bool committed = false;
  };

  struct content {
    std::vector<Request> got;
    answer_function normally = [](const Request&) -> caf::expected<Reply> {
      if constexpr (std::is_void_v<Reply>)
        return {};
      else
        return Reply{};
    };
    std::deque<fault> faults;
    std::deque<kept_request> kept;
    bool holding = false;

    caf::expected<Reply> answer(const Request& x) {
      if (faults.empty())
        return normally(x);
      auto next = std::move(faults.front());
      faults.pop_front();
      if (next.committed)
        static_cast<void>(normally(x));
      return std::move(next.reason);
    }
  };

  static caf::result<Reply> to_result(caf::expected<Reply> x) {
    if (!x)
      return std::move(x.error());
    if constexpr (std::is_void_v<Reply>)
      return {};
    else
      return std::move(*x);
  }

  static void deliver(caf::typed_response_promise<Reply>& to,
                      caf::expected<Reply> x) {
    if (!x)
      to.deliver(std::move(x.error()));
    else if constexpr (std::is_void_v<Reply>)
      to.deliver();
    else
      to.deliver(std::move(*x));
  }

  kept_request take() {
    if (data_->kept.empty())
      CAF_FAIL("no request was kept");
    auto result = std::move(data_->kept.front());
    data_->kept.pop_front();
    return result;
  }

  std::shared_ptr<content> data_ = std::make_shared<content>();
};

/// For messages without an answer.
template <class Message>
using mailbox = script<void, Message>;

} // namespace inbox::test
