#include "greeter.hpp"

#include "peer_line.hpp"

#include "../actors/caf_compat.hpp"
#include "../actors/watch.hpp"

#include <utility>

namespace inbox {

greeter_state::greeter_state(greeter_actor::pointer self, peering_actor inbox,
                             size_t most)
  : self_{self},
    inbox_{std::move(inbox)},
    most_{most} {
  // nop
}

greeter_actor::behavior_type greeter_state::make_behavior() {
  return {
    [this](const greet_peer& x) { return greet(x); },
    [this](const handler_down& x) { lines_.erase(x.handler); },
    [this](const end_duty&) { end(); },
  };
}

caf::result<greet_peer> greeter_state::greet(const greet_peer& x) {
  if (ending_)
    return make_error(errc::stopped, "inbox", "is not published any more");
  if (x.owner.is_nil())
    return make_error(errc::invalid, "owner", "must not be nil");
  auto reply = self_->make_response_promise<greet_peer>();
  request(self_, inbox_, caf::infinite, get_owner{})
    .then(
      [this, x, reply](const inbox_owner& own) mutable {
        reply.deliver(link(x, own.owner));
      },
      [reply](caf::error& err) mutable { reply.deliver(std::move(err)); });
  return reply;
}

caf::expected<greet_peer> greeter_state::link(const greet_peer& x,
                                              const uuid& own) {
  if (x.owner == own)
    return make_error(errc::invalid, "owner", "is this inbox itself");
  if (lines_.size() >= most_)
    return make_error(errc::busy, "peer", "is one too many");
  auto line = self_->spawn<peer_line_impl>(inbox_);
  watch(self_->address(), caf::actor_cast<caf::actor>(line));
  lines_.emplace(line.address(), line);
  send(self_, line, x);
  return greet_peer{own, caf::actor_cast<caf::actor>(line)};
}

void greeter_state::end() {
  ending_ = true;
  for (auto& entry : lines_)
    self_->send_exit(entry.second, caf::exit_reason::kill);
  self_->quit();
}

} // namespace inbox
