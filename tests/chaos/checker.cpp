#include "checker.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <utility>

namespace chaos {

namespace {

constexpr int failed = 1;
constexpr int done = 2;

// SQLite's clock has milliseconds, and what it says of a moment may be one
// before that moment.
constexpr int64_t clock_error = 2'000;

// A deadline is kept by another clock than that of the history.
constexpr int64_t timer_error = 50'000;

constexpr size_t most_examples = 20;

/// Event id and handler key.
using name = std::pair<std::string, std::string>;

class checking {
public:
  checking(const history& what, const routes& expected)
    : what_{what},
      expected_{expected} {
    for (auto& x : what.calls)
      calls_[{x.event_id, x.handler_key}].push_back(&x);
    for (auto& x : what.deliveries)
      final_[{x.event_id, x.handler_key}] = &x;
  }

  findings run() {
    look_for_lost();
    look_for_trapped();
    look_for_settled_twice();
    look_for_out_of_order();
    measure_hand_over();
    return std::move(result_);
  }

private:
  void note(size_t& counter, const char* which, const name& where,
            const std::string& why) {
    ++counter;
    if (result_.examples.size() < most_examples)
      result_.examples.push_back(std::string{which} + ": " + where.first + ' '
                                 + where.second + ": " + why);
  }

  void look_for_lost() {
    std::set<std::string> seen;
    for (auto& x : what_.acknowledged) {
      if (!seen.insert(x.event_id).second)
        continue;
      ++result_.acknowledged;
      for (auto& key : expected_.at(x.event_type)) {
        auto i = final_.find({x.event_id, key});
        if (i == final_.end())
          note(result_.lost, "lost", {x.event_id, key}, "has no delivery");
        else if (i->second->progress > done
                 && i->second->attempts < what_.max_attempts)
          note(result_.lost, "lost", {x.event_id, key}, "is dead");
      }
    }
  }

  void look_for_trapped() {
    for (auto& [where, x] : final_)
      if (x->progress < done)
        note(result_.trapped, "trapped", where, "is not final");
  }

  void look_for_settled_twice() {
    for (auto& x : what_.transitions) {
      name where{x.event_id, x.handler_key};
      if (x.progress_before >= done)
        note(result_.settled_twice, "settled twice", where,
             "changed after it was final");
      else if (x.progress_after < done && x.attempts_after < x.attempts_before)
        look_for_thieves(x, where);
      else if (!is_justified(x, where))
        note(result_.settled_twice, "settled twice", where,
             "attempt " + std::to_string(x.attempts_before) + " was "
               + (x.progress_after == done ? "done" : "failed")
               + " before its handler said so");
    }
  }

  /// What is given back was not begun, or has ended; or nobody else begins with
  /// it before it has, or could have gone on no longer.
  void look_for_thieves(const transition& x, const name& where) {
    if (what_.clock_was_set)
      return;
    for (auto* y : calls_[where])
      if (y->attempt == x.attempts_before && y->began + clock_error < x.at
          && (!y->ended || *y->ended > x.at + clock_error)
          && is_begun_again(x, *y, calls_[where]))
        return note(result_.settled_twice, "settled twice", where,
                    "attempt " + std::to_string(x.attempts_before)
                      + " was given back while its handler was at it");
  }

  /// Tells whether a call began after `x` while `at_it` was to be waited for.
  bool is_begun_again(const transition& x, const call& at_it,
                      const std::vector<const call*>& calls) {
    auto until = at_it.began + what_.handler_timeout - timer_error;
    if (at_it.ended)
      until = std::min(until, *at_it.ended);
    return std::any_of(calls.begin(), calls.end(), [&](auto* y) {
      return y->began >= x.at && y->began < until;
    });
  }

  /// Tells whether the attempt that was ended had come to this end by then.
  bool is_justified(const transition& x, const name& where) {
    auto is_failure = x.progress_after == failed;
    if (x.progress_after != done && !is_failure)
      return true; // out of attempts, or given back without having begun
    if (is_failure && what_.fails_without_handler)
      return true;
    auto i = calls_.find(where);
    if (i == calls_.end())
      return false;
    return std::any_of(i->second.begin(), i->second.end(), [&](auto* y) {
      if (y->attempt != x.attempts_before)
        return false;
      if (y->ended && *y->ended <= x.at + clock_error)
        return y->succeeded == (x.progress_after == done)
               || (is_failure && is_overdue(*y, *y->ended));
      return is_failure && is_overdue(*y, x.at);
    });
  }

  bool is_overdue(const call& x, int64_t at) {
    return at >= x.began + what_.handler_timeout - timer_error;
  }

  void look_for_out_of_order() {
    // Per event type, handler key, ordering key and writer.
    using queue
      = std::tuple<std::string, std::string, std::string, std::string>;
    std::map<queue, int64_t> last;
    for (auto& x : what_.transitions) {
      auto i = final_.find({x.event_id, x.handler_key});
      if (x.progress_after < done || i == final_.end()
          || i->second->ordering_key.empty())
        continue;
      auto& y = *i->second;
      auto& seq = last[{y.event_type, y.handler_key, y.ordering_key, y.writer}];
      if (y.seq < seq)
        note(result_.out_of_order, "out of order", i->first,
             "a later event was final before");
      seq = std::max(seq, y.seq);
    }
  }

  void measure_hand_over() {
    for (auto& death : what_.kills)
      for (auto& [where, calls] : calls_)
        for (auto* x : calls)
          if (x->process == death.process && !x->ended)
            measure_hand_over(death.at, calls);
    std::sort(result_.handed_over.begin(), result_.handed_over.end());
  }

  void measure_hand_over(int64_t death, const std::vector<const call*>& calls) {
    auto next = INT64_MAX;
    for (auto* x : calls)
      if (x->began > death)
        next = std::min(next, x->began);
    if (next != INT64_MAX)
      result_.handed_over.push_back(static_cast<double>(next - death) / 1e6);
  }

  const history& what_;
  const routes& expected_;
  std::map<name, std::vector<const call*>> calls_;
  std::map<name, const final_delivery*> final_;
  findings result_;
};

} // namespace

bool findings::good() const {
  return acknowledged > 0 && lost == 0 && settled_twice == 0 && trapped == 0
         && out_of_order == 0;
}

double findings::handed_over_p99() const {
  if (handed_over.empty())
    return 0;
  auto rank = std::ceil(static_cast<double>(handed_over.size()) * 0.99);
  return handed_over[static_cast<size_t>(rank) - 1];
}

findings check(const history& what, const routes& expected) {
  return checking{what, expected}.run();
}

} // namespace chaos
