#include "remote_handler.hpp"

#include "../actors/caf_compat.hpp"
#include "../actors/watch.hpp"

#include <chrono>
#include <utility>

namespace inbox {

namespace {

// By then CAF has told of the end of a handler.
constexpr timespan death_notice = std::chrono::milliseconds{100};

} // namespace

remote_handler_state::remote_handler_state(remote_handler_actor::pointer self,
                                           caf::actor handler)
  : self_{self},
    handler_{caf::actor_cast<handler_actor>(std::move(handler))},
    gone_{std::make_shared<std::atomic<bool>>(false)} {
  // nop
}

remote_handler_actor::behavior_type remote_handler_state::make_behavior() {
  ignore_strangers(self_);
  return {
    [this](const handle_event& x) -> caf::result<outcome> {
      auto which = ++count_;
      auto reply = self_->make_response_promise<outcome>();
      open_.emplace(which, reply);
      request(self_, handler_, x.timeout, x)
        .then(
          [this, which](outcome& result) {
            auto& sender = self_->current_sender();
            if (sender && sender->node() == handler_.node())
              deliver(which, std::move(result));
            else
              deliver(which, failed("another node answered"));
          },
          [this, which](const caf::error& err) { failed_to_run(which, err); });
      return reply;
    },
    [this](caf::monitor_atom) { watch_handler(); },
    [this](const handler_down&) {
      if (gone_->load())
        end();
    },
  };
}

void remote_handler_state::watch_handler() {
  if (std::exchange(watches_, true))
    return; // others can ask for it too
  watch(self_->address(), caf::actor_cast<caf::actor>(handler_),
        [gone = gone_](const caf::error&) { gone->store(true); });
}

void remote_handler_state::failed_to_run(uint64_t which,
                                         const caf::error& err) {
  // Codes of ours mean something to the dispatcher: they are not for others.
  outcome result = failed(describe(err));
  if (err == caf::sec::request_receiver_down || err == caf::sec::broken_promise)
    // So it is if the link is lost, of which CAF may tell a little later.
    self_->run_delayed(death_notice,
                       [this, which, result] { deliver(which, result); });
  else
    deliver(which, std::move(result));
}

void remote_handler_state::deliver(uint64_t which,
                                   caf::expected<outcome> result) {
  auto i = open_.find(which);
  if (i == open_.end())
    return;
  auto reply = std::move(i->second);
  open_.erase(i);
  reply.deliver(std::move(result));
}

void remote_handler_state::end() {
  while (!open_.empty())
    deliver(open_.begin()->first,
            make_error(errc::node_lost, "handler", "is out of reach"));
  self_->quit(caf::exit_reason::remote_link_unreachable);
}

} // namespace inbox
