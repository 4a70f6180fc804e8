#include "inbox_actor.hpp"

#include "caf_compat.hpp"

#include <memory>
#include <utility>

namespace inbox {

caf::result<inbox_stats> inbox_state::stats() {
  struct gathering {
    inbox_stats sum;
    size_t missing = 0;
    caf::typed_response_promise<inbox_stats> reply;
  };
  auto all = std::make_shared<gathering>();
  all->missing = counting_.size();
  all->reply = self_->make_response_promise<inbox_stats>();
  auto arrived = [all] {
    if (--all->missing == 0)
      all->reply.deliver(std::move(all->sum));
  };
  for (auto& source : counting_)
    request(self_, source, caf::infinite, get_stats{})
      .then(
        [all, arrived](const inbox_stats& part) {
          all->sum += part;
          arrived();
        },
        [arrived](const caf::error&) { arrived(); }); // it has ended
  return all->reply;
}

caf::result<store_summary> inbox_state::summary() {
  auto reply = self_->make_response_promise<store_summary>();
  request(self_, worker(3), caf::infinite, get_summary{})
    .then(
      [this, reply](store_summary& x) mutable {
        for (auto& route : x.routes)
          route.handled_here
            = handlers_.count({route.event_type, route.handler_key}) > 0;
        reply.deliver(std::move(x));
      },
      [reply](caf::error& err) mutable { reply.deliver(std::move(err)); });
  return reply;
}

} // namespace inbox
