#include "completer.hpp"

#include "caf_compat.hpp"
#include "in_place.hpp"

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

// A server that is lost at the same place so often has not ended by chance.
constexpr unsigned most_interruptions = 5;

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

bool completer_state::belong_together(const entry& x, const entry& y) {
  return !x.alone && !y.alone && is_joint(x) == is_joint(y)
         && x.interruptions == y.interruptions;
}

completer_state::batch completer_state::next_batch() {
  auto begin = waiting_.begin();
  // Halves find whose effects it is that end the connection.
  auto most = std::max<size_t>(1, batch_size_ >> begin->interruptions);
  auto last = begin + static_cast<ptrdiff_t>(std::min(most, waiting_.size()));
  auto end = std::find_if(begin + 1, last, [begin](auto& x) {
    return !belong_together(*begin, x);
  });
  if (end == waiting_.end())
    return std::exchange(waiting_, {});
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
  for (auto& x : what) {
    ask.settlements.push_back(x.end.settlement);
    ++x.sent;
  }
  request_settling<settled_deliveries>(std::move(ask), std::move(what));
}

void completer_state::write_jointly(batch what) {
  settle_jointly ask;
  ask.settlements.reserve(what.size());
  for (auto& x : what) {
    ask.settlements.push_back(x.end.settlement);
    ask.in_doubt = ask.in_doubt || x.sent > 0;
    ++x.sent;
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
        go_on();
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
  confirmed(what, settled_deliveries{reply.lost, reply.ended_before});
}

void completer_state::confirmed(const batch& what,
                                const settled_deliveries& reply) {
  std::set<lease> lost{reply.lost.begin(), reply.lost.end()};
  // Those were ended by an earlier try of ours, whose answer was lost.
  std::set<lease> ended{reply.ended_before.begin(), reply.ended_before.end()};
  for (auto& x : ended)
    lost.erase(x);
  auto is_left = false;
  for (auto& x : what) {
    auto& end = x.end.settlement;
    // Or by the handler, in a transaction that was taken for lost: this is not
    // how it has ended.
    if (x.sent == 1 && !end.was_sent && ended.count(end.lease) > 0)
      continue;
    if (lost.count(end.lease) > 0) {
      ++stats_.lost;
      continue;
    }
    count(end.verdict);
    is_left = is_left || is_due(end) || !end.events.empty();
    if (x.end.obituary)
      send(self_, notifier_, *x.end.obituary);
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
  if (is_joint(what.front()) && code_of(err) == errc::outcome_unknown) {
    interrupted(std::move(what));
  } else if (is_transient(err)) {
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
    go_on();
  } else {
    // A disk that is full, say. It is not dropped, but others go first.
    what.front().alone = true;
    waiting_.push_back(std::move(what.front()));
    repeat(next_batch());
  }
}

void completer_state::interrupted(batch what) {
  auto is_alone = what.size() == 1;
  for (auto& x : what) {
    if (++x.interruptions < most_interruptions || !is_alone) {
      waiting_.push_back(std::move(x));
      continue;
    }
    // If the last try has committed after all, so has the end of the attempt:
    // the store takes no other one.
    auto text = "the store was lost in the midst of them, "
                + std::to_string(x.interruptions) + " times";
    send(self_, dispatcher_,
         refuse_ends{{{x.end.settlement.lease, std::move(text)}}});
  }
  after_pause([this] { go_on(); });
}

void completer_state::repeat(batch what) {
  after_pause(
    [this, what = std::move(what)]() mutable { write(std::move(what)); });
}

template <class Function>
void completer_state::after_pause(Function then) {
  self_->run_delayed(pause_, std::move(then));
  pause_ = std::min(pause_ * 2, longest_pause);
}

void completer_state::end_leases_of(const batch& what) {
  end_leases over;
  over.leases.reserve(what.size());
  for (auto& x : what)
    over.leases.push_back(x.end.settlement.lease);
  send(self_, dispatcher_, std::move(over));
}

void completer_state::go_on() {
  settling_ = false;
  flush();
}

completer_actor::behavior_type completer_state::make_behavior() {
  return {
    [this](settle_attempts& x) {
      dispatcher_
        = caf::actor_cast<lease_ending_actor>(self_->current_sender());
      batch settled;
      for (auto& end : x.ends)
        if (end.is_settled)
          settled.push_back({std::move(end)});
        else
          waiting_.emplace_back(
            in_place{[&] { return entry{std::move(end)}; }});
      if (!settled.empty())
        confirmed(settled, settled_deliveries{});
      flush();
    },
    [this](const get_stats&) { return stats_; },
  };
}

} // namespace inbox
