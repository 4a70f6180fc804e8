#pragma once

#include "caf_fixture.hpp"
#include "run_in.hpp"
#include "samples.hpp"
#include "script.hpp"

#include "../../actors/interfaces.hpp"

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace inbox::test {

/// Runs actors under test among doubles, and ends them all with the test.
class actor_fixture : public deterministic_fixture {
public:
  using handler_script = script<outcome, handle_event>;

  /// A handler actor, and what it does.
  struct scripted_handler {
    handler_script calls;
    caf::actor actor;
  };

  ~actor_fixture() {
    for (auto& x : cast_) // some go on at any other reason
      caf::anon_send_exit(x, caf::exit_reason::kill);
    settle_messages();
    cast_.clear();
  }

  /// Spawns a double that answers what the scripts say, and only that.
  template <class Interface, class... Scripts>
  Interface play(const Scripts&... scripts) {
    return keep(sys.spawn([scripts...](typename Interface::pointer ptr) ->
                          typename Interface::behavior_type {
                            return {scripts.handler(ptr)...};
                          }));
  }

  /// Spawns a handler that keeps its requests until the test answers them.
  scripted_handler play_handler() {
    scripted_handler result;
    result.calls.hold();
    result.actor
      = caf::actor_cast<caf::actor>(play<handler_actor>(result.calls));
    return result;
  }

  /// Spawns an actor under test and lets it start.
  template <class Impl, class... Args>
  auto start(Args&&... args) {
    auto result = keep(sys.spawn<Impl>(std::forward<Args>(args)...));
    settle_messages();
    return result;
  }

  /// Sends `msg` without running anybody yet.
  template <class Handle, class Message>
  void post(const Handle& to, Message msg) {
    inbox::send(self, to, std::move(msg));
  }

  /// Sends `msg` and lets all actors work off their mailboxes.
  template <class Handle, class Message>
  void tell(const Handle& to, Message msg) {
    post(to, std::move(msg));
    settle_messages();
  }

  /// Sends `msg` as if the double `from` had done it.
  template <class From, class To, class Message>
  void tell_as(const From& from, const To& to, Message msg) {
    run_in(from, [ptr = pointer_to(from), to, msg] {
      inbox::send(ptr, to, msg);
    });
    settle_messages();
  }

  /// What became of a request: nothing yet, or its answer.
  template <class Reply>
  using pending = std::shared_ptr<std::optional<caf::expected<Reply>>>;

  /// Requests `msg` as if the double `from` had done it.
  template <class Reply, class From, class To, class Message>
  pending<Reply> ask_as(const From& from, const To& to, Message msg) {
    auto result = std::make_shared<std::optional<caf::expected<Reply>>>();
    auto fail = [result](caf::error& err) { result->emplace(std::move(err)); };
    run_in(from, [ptr = pointer_to(from), to, msg, result, fail] {
      auto sent = inbox::request(ptr, to, caf::infinite, msg);
      if constexpr (std::is_void_v<Reply>)
        std::move(sent).then([result] { result->emplace(); }, fail);
      else
        std::move(sent).then(
          [result](Reply& x) { result->emplace(std::move(x)); }, fail);
    });
    settle_messages();
    return result;
  }

  /// Requests `msg` from nobody in particular, to be answered at any time.
  template <class Reply, class To, class Message>
  pending<Reply> begin(const To& to, Message msg) {
    if (!asker_)
      asker_ = play<ending_actor>(mailbox<end_duty>{});
    return ask_as<Reply>(asker_, to, std::move(msg));
  }

private:
  template <class Handle>
  Handle keep(Handle hdl) {
    cast_.push_back(caf::actor_cast<caf::actor>(hdl));
    return hdl;
  }

  template <class Handle>
  static auto pointer_to(const Handle& hdl) {
    auto* ptr = caf::actor_cast<caf::abstract_actor*>(hdl);
    return dynamic_cast<typename Handle::impl*>(ptr);
  }

  std::vector<caf::actor> cast_;
  ending_actor asker_;
};

} // namespace inbox::test
