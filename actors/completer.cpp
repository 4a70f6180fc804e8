#include "completer.hpp"

#include "caf_compat.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <utility>

namespace inbox {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr timespan first_pause = milliseconds{100};
constexpr timespan longest_pause = seconds{5};

/// Whether it is due again as soon as it is settled.
bool is_due(const settlement& x) {
  return x.verdict == verdict::released
         || (!is_final(x.verdict) && x.delay <= timespan{0});
}

} // namespace

bool completer_state::is_joint(const entry& x) {
  return x.end.settlement.is_joint();
}

completer_state::completer_state(completer_actor::pointer self,
                                 settling_store store, observer_actor notifier,
                                 alerting_actor waker, uint32_t batch_size)
  : self_{self},
    store_{std::move(store)},
    notifier_{std::move(notifier)},
    waker_{std::move(waker)},
    batch_size_{batch_size},
    pause_{first_pause} {
  // nop
}

completer_state::batch completer_state::next_batch() {
  auto end = waiting_.begin();
  auto is_full = [this, &end] {
    return static_cast<size_t>(end - waiting_.begin()) == batch_size_;
  };
  do {
    ++end;
  } while (end != waiting_.end() && !is_full() && !waiting_.front().alone
           && !end->alone && is_joint(*end) == is_joint(waiting_.front()));
  batch result(std::make_move_iterator(waiting_.begin()),
               std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  return result;
}

void completer_state::flush() {
  if (!settling_ && !waiting_.empty())
    write(next_batch());
}

void completer_state::write(batch what) {
  settling_ = true;
  if (is_joint(what.front())) {
    write_jointly(std::move(what));
    return;
  }
  settle_deliveries ask;
  ask.settlements.reserve(what.size());
  for (auto& x : what)
    ask.settlements.push_back(x.end.settlement);
  request_settling<settled_deliveries>(std::move(ask), std::move(what));
}

void completer_state::write_jointly(batch what) {
  settle_jointly ask;
  ask.settlements.reserve(what.size());
  for (auto& x : what) {
    ask.settlements.push_back(x.end.settlement);
    ask.in_doubt = ask.in_doubt || x.in_doubt;
    x.in_doubt = true;
  }
  request_settling<settled_jointly>(std::move(ask), std::move(what));
}

template <class Reply, class Ask>
void completer_state::request_settling(Ask ask, batch what) {
  // No deadline: the store worker has its own and always answers.
  auto shared = std::make_shared<batch>(std::move(what));
  request(self_, store_, caf::infinite, std::move(ask))
    .then(
      [this, shared](const Reply& reply) {
        pause_ = first_pause;
        confirmed(std::move(*shared), reply);
      },
      [this, shared](const caf::error& err) {
        refused(std::move(*shared), err);
      });
}

void completer_state::count(verdict x) {
  switch (x) {
    case verdict::done:
      ++stats_.done;
      break;
    case verdict::failed:
      ++stats_.failed;
      break;
    case verdict::dead:
      ++stats_.dead;
      break;
    case verdict::snoozed:
      ++stats_.snoozed;
      break;
    case verdict::released:
      ++stats_.released;
      break;
  }
}

void completer_state::confirmed(batch what, const settled_jointly& reply) {
  std::set<lease> refused;
  for (auto& x : reply.refused)
    refused.insert(x.lease);
  auto goes_on = [&refused](auto& x) {
    return refused.count(x.end.settlement.lease) > 0;
  };
  what.erase(std::remove_if(what.begin(), what.end(), goes_on), what.end());
  if (!reply.refused.empty())
    send(self_, dispatcher_, refuse_ends{reply.refused});
  confirmed(std::move(what),
            settled_deliveries{reply.lost, reply.ended_before});
}

void completer_state::confirmed(batch what, const settled_deliveries& reply) {
  std::set<lease> lost{reply.lost.begin(), reply.lost.end()};
  // Those were ended by an earlier try of ours, whose answer was lost.
  for (auto& x : reply.ended_before)
    lost.erase(x);
  auto is_left = false;
  for (auto& x : what) {
    auto& end = x.end.settlement;
    if (lost.count(end.lease) > 0) {
      ++stats_.lost;
      continue;
    }
    count(end.verdict);
    is_left = is_left || is_due(end) || !end.events.empty();
    if (end.verdict == verdict::dead)
      send(self_, notifier_, x.end.obituary);
  }
  if (!lost.empty())
    send(self_, notifier_,
         error_occurred{make_error(errc::lease_lost, "delivery",
                                   std::to_string(lost.size())
                                     + " attempt(s) ended after their lease: "
                                       "others have the deliveries")});
  if (is_left)
    send(self_, waker_, wake_others{});
  end_leases_of(what);
}

void completer_state::refused(batch what, const caf::error& err) {
  auto is_invalid = code_of(err) == errc::invalid;
  if (is_transient(err)) {
    repeat(std::move(what));
  } else if (what.size() > 1) {
    // One bad settlement must not hold up those that it was gathered with: the
    // halves find it.
    auto middle = what.begin() + static_cast<ptrdiff_t>(what.size() / 2);
    waiting_.insert(waiting_.begin(), std::make_move_iterator(middle),
                    std::make_move_iterator(what.end()));
    what.erase(middle, what.end());
    if (is_invalid)
      write(std::move(what));
    else
      repeat(std::move(what));
  } else if (is_invalid) {
    ++stats_.lost;
    end_leases_of(what);
  } else {
    // A disk that is full, say. It is not dropped, but others go first.
    what.front().alone = true;
    waiting_.push_back(std::move(what.front()));
    repeat(next_batch());
  }
}

void completer_state::repeat(batch what) {
  self_->run_delayed(pause_, [this, what = std::move(what)]() mutable {
    write(std::move(what));
  });
  pause_ = std::min(pause_ * 2, longest_pause);
}

void completer_state::end_leases_of(const batch& what) {
  end_leases over;
  over.leases.reserve(what.size());
  for (auto& x : what)
    over.leases.push_back(x.end.settlement.lease);
  send(self_, dispatcher_, std::move(over));
  settling_ = false;
  flush();
}

completer_actor::behavior_type completer_state::make_behavior() {
  return {
    [this](settle_attempts& x) {
      dispatcher_
        = caf::actor_cast<lease_ending_actor>(self_->current_sender());
      for (auto& end : x.ends)
        waiting_.push_back({std::move(end), false});
      flush();
    },
    [this](const get_stats&) { return stats_; },
  };
}

} // namespace inbox
