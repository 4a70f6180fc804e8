#include "dispatcher.hpp"

#include "caf_compat.hpp"
#include "monotonic.hpp"

#include <utility>

// How attempts end that get no outcome.

namespace inbox {

namespace {

// By then the inbox has heard of the end of a handler actor.
constexpr timespan death_notice = std::chrono::milliseconds{100};

constexpr auto gone = "the handler actor has ended";

std::string explain(const caf::error& err, timespan timeout) {
  if (err == caf::sec::request_timeout)
    return "no answer within the deadline of " + caf::deep_to_string(timeout);
  if (err == caf::sec::request_receiver_down)
    return gone;
  if (err == caf::sec::broken_promise)
    return "the handler actor dropped the request without an answer";
  if (err == caf::sec::unexpected_response)
    return "the handler actor answered something else than an outcome";
  return describe(err);
}

} // namespace

void dispatcher_state::failed_to_run(const lease& which,
                                     const caf::error& err) {
  auto i = attempts_.find(which);
  if (i == attempts_.end())
    return; // given up while draining
  auto where = i->second.where;
  if (code_of(err) == errc::handler_stuck) {
    // It was not begun, so it does not count.
    if (auto* what = end_run(which))
      release(*what);
    is_stuck(where);
    flush();
    return;
  }
  auto is_lost = code_of(err) == errc::node_lost;
  auto is_gone = is_lost || err == caf::sec::request_receiver_down;
  auto is_far = i->second.who->actor().node() != self_->node();
  if (is_gone)
    // What waits would end as fast as this one, until the inbox hears of the
    // end of the handler and takes it away.
    limit(where, i->second.who, 0, death_notice);
  if (is_lost) {
    lost_with_its_node(which);
  } else if (is_far && (is_gone || err == caf::sec::broken_promise)) {
    // It may have begun, so this counts as an attempt. If the link is lost, the
    // inbox hears of it as well, and has the attempt ended before.
    self_->run_delayed(
      death_notice,
      [this, which, result = failed(explain(err, config_.handler_timeout))] {
        ran(which, result);
      });
  } else if (is_gone) {
    handler_is_gone(which, i->second);
  } else {
    i->second.cancellation.request();
    ran(which, failed(explain(err, config_.handler_timeout)));
  }
  flush();
}

void dispatcher_state::handler_is_gone(const lease& which,
                                       const attempt& what) {
  // A local actor answers like that to all that it had not begun. But if it
  // takes more after that, it passes on somebody else's error.
  auto who = what.who;
  auto since = who->suspect_since().value_or(monotonic_now(self_));
  if (what.started <= since) {
    if (auto* ended = end_run(which))
      release(*ended);
  } else {
    ran(which, failed(gone));
  }
  who->mark_suspect(since);
}

void dispatcher_state::handler_ended(const caf::actor_addr& who) {
  // A local actor answers all its requests when it ends. Requests that were on
  // their way to another node need not get any answer.
  if (who.node() == self_->node())
    return;
  std::vector<lease> begun;
  for (auto& [which, what] : attempts_)
    if ((what.phase == phase::running || what.phase == phase::lost)
        && what.who->actor() == who)
      begun.push_back(which);
  for (auto& which : begun)
    lost_with_its_node(which);
  poke_if_room();
}

void dispatcher_state::lost_with_its_node(const lease& which) {
  if (auto* what = end_run(which)) {
    // It was not the delivery's fault, most likely, and nobody is busy with it.
    conclude(*what, failed(gone), retry::at_once);
    start(what->where);
  }
}

} // namespace inbox
