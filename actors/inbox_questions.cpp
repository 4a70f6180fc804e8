#include "inbox_actor.hpp"

#include "caf_compat.hpp"
#include "pass.hpp"

#include <memory>
#include <utility>

namespace inbox {

caf::result<inbox_stats> inbox_state::stats() {
  auto reply = self_->make_response_promise<inbox_stats>();
  gather_stats([reply](const inbox_stats& sum) mutable { reply.deliver(sum); });
  return reply;
}

void inbox_state::gather_stats(std::function<void(const inbox_stats&)> then) {
  struct gathering {
    inbox_stats sum;
    size_t missing = 0;
    std::function<void(const inbox_stats&)> then;
  };
  auto all = std::make_shared<gathering>();
  all->missing = counting_.size();
  all->then = std::move(then);
  auto arrived = [all] {
    if (--all->missing == 0)
      all->then(all->sum);
  };
  for (auto& source : counting_)
    request(self_, source, caf::infinite, get_stats{})
      .then(
        [all, arrived](const inbox_stats& part) {
          all->sum += part;
          arrived();
        },
        [arrived](const caf::error&) { arrived(); }); // it has ended
}

caf::result<store_summary> inbox_state::summary() {
  auto reply = self_->make_response_promise<store_summary>();
  summary_wanted_.push_back(reply);
  if (summary_wanted_.size() > 1)
    return reply; // it reads every delivery: once for all who ask meanwhile
  request(self_, worker(role::report), caf::infinite, get_summary{})
    .then([this](store_summary& x) { summarized(std::move(x)); },
          [this](caf::error& err) { summarized(std::move(err)); });
  return reply;
}

caf::result<trace> inbox_state::follow(const find_trace& x) {
  if (auto err = check(x))
    return err;
  return pass<trace>(self_, worker(role::report), x);
}

void inbox_state::summarized(caf::expected<store_summary> all) {
  if (all)
    for (auto& route : all->routes)
      route.handled_here
        = handlers_.count({route.event_type, route.handler_key}) > 0;
  for (auto& waiting : std::exchange(summary_wanted_, {}))
    if (all)
      waiting.deliver(*all);
    else
      waiting.deliver(all.error());
}

} // namespace inbox
