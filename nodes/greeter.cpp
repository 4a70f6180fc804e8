#include "greeter.hpp"

#include "peer_line.hpp"

#include "../actors/caf_compat.hpp"
#include "../actors/watch.hpp"

#include <algorithm>
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
    [this](const handler_down& x) {
      auto i = std::find_if(lines_.begin(), lines_.end(), [&x](auto& line) {
        return line.address() == x.handler;
      });
      if (i != lines_.end())
        lines_.erase(i);
    },
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
        auto linked = link(x, own.owner);
        if (linked)
          reply.deliver(std::move(*linked));
        else
          reply.deliver(std::move(linked.error()));
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
  lines_.insert(line);
  send(self_, line, x);
  return greet_peer{own, caf::actor_cast<caf::actor>(line)};
}

void greeter_state::end() {
  ending_ = true;
  for (auto& line : lines_)
    self_->send_exit(line, caf::exit_reason::kill);
  self_->quit();
}

} // namespace inbox
