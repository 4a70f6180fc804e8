#include "recorder.hpp"

#include <boost/uuid/uuid_io.hpp>

#include <cstdio>

namespace simulation {

void recorder::begin(bool tracing) {
  tracing_ = tracing;
  expected_ = {};
  draining_.clear();
  canceled_.clear();
  handled_.clear();
  repeated_ = 0;
  given_up_ = 0;
  seen_ = {};
  open_.clear();
  stalled_.clear();
  deaths_.clear();
  violations_.clear();
}

size_t recorder::call_began(const inbox::uuid& event_id,
                            const std::string& handler_key, uint32_t attempt,
                            std::function<bool()> canceled) {
  if (world_->is_ending())
    return SIZE_MAX;
  name where{to_string(event_id), handler_key};
  trace([&] {
    return "began " + where.first + ' ' + handler_key + " attempt "
           + std::to_string(attempt);
  });
  look_for_others(where);
  look_for_repetition(where);
  look_for_draining();
  auto index = seen_.calls.size();
  seen_.calls.push_back({static_cast<int>(world_->current()), where.first,
                         handler_key, attempt, world_->micros(), std::nullopt,
                         false});
  canceled_.erase({where, attempt}); // what was given back is not counted
  open_.emplace(std::move(where), open_call{index, std::move(canceled)});
  return index;
}

/// A process that was never paused cancels what it may not do any more before
/// somebody else can begin with it.
void recorder::look_for_others(const name& where) {
  auto [first, last] = open_.equal_range(where);
  for (auto i = first; i != last; ++i) {
    auto process = static_cast<size_t>(seen_.calls[i->second.index].process);
    if (expected_.sound_clock && is_well(process) && !i->second.canceled())
      violated("two at a time: " + where.first + ' ' + where.second
               + " is still being handled by process "
               + std::to_string(process));
  }
}

void recorder::look_for_repetition(const name& where) {
  auto i = handled_.find(where);
  if (i == handled_.end() || !is_well(i->second))
    return;
  ++repeated_;
  if (expected_.calm)
    violated("handled again: " + where.first + ' ' + where.second);
}

/// Who drains begins nothing, but what a claim brings that was on its way.
void recorder::look_for_draining() {
  constexpr int64_t on_its_way = 20'000;
  auto process = world_->current();
  auto i = draining_.find(process);
  if (i != draining_.end() && expected_.prompt_store && is_well(process)
      && world_->micros() > i->second + on_its_way)
    violated("begun although process " + std::to_string(process) + " drains");
}

void recorder::draining(world::process_id which) {
  trace([&] { return "process " + std::to_string(which) + " drains"; });
  draining_.emplace(which, world_->micros());
}

bool recorder::is_well(world::process_id process) const {
  return world_->is_alive(process)
         && (process >= stalled_.size() || !stalled_[process]);
}

void recorder::call_ended(size_t call, bool succeeded) {
  if (world_->is_ending())
    return;
  auto& x = seen_.calls[call];
  x.ended = world_->micros();
  x.succeeded = succeeded;
  auto [first, last] = open_.equal_range({x.event_id, x.handler_key});
  for (auto i = first; i != last; ++i)
    if (i->second.index == call) {
      if (expected_.calm && i->second.canceled())
        violated("canceled without need: " + x.event_id + ' ' + x.handler_key);
      if (succeeded && !i->second.canceled())
        handled_[i->first] = static_cast<size_t>(x.process);
      constexpr int64_t timer_error = 50'000;
      auto overdue = x.began + expected_.handler_timeout - timer_error;
      if (*x.ended < overdue && i->second.canceled()) {
        if (!succeeded)
          canceled_.emplace(i->first, x.attempt);
        if (is_well(static_cast<size_t>(x.process)))
          ++given_up_;
      }
      open_.erase(i);
      break;
    }
  trace([&] {
    return "ended " + x.event_id + ' ' + x.handler_key + " attempt "
           + std::to_string(x.attempt) + (succeeded ? " done" : " failed");
  });
}

void recorder::acknowledged(const inbox::event& x) {
  if (world_->is_ending())
    return;
  seen_.acknowledged.push_back({to_string(x.id), x.type, world_->micros()});
  trace([&] { return "acknowledged " + to_string(x.id) + ' ' + x.type; });
}

void recorder::changed(chaos::transition x, const std::string& message) {
  trace([&] {
    return "changed " + x.event_id + ' ' + x.handler_key + " progress "
           + std::to_string(x.progress_before) + " to "
           + std::to_string(x.progress_after) + " attempts "
           + std::to_string(x.attempts_before) + " to "
           + std::to_string(x.attempts_after) + " \"" + message + '"';
  });
  x.at = world_->micros();
  auto attempt = static_cast<uint32_t>(x.attempts_before);
  if (x.progress_after == 1 && x.attempts_after == x.attempts_before
      && canceled_.count({{x.event_id, x.handler_key}, attempt}) > 0)
    violated("failed although it was canceled: " + x.event_id + ' '
             + x.handler_key);
  seen_.transitions.push_back(std::move(x));
}

void recorder::died(const inbox::delivery_died& x) {
  if (world_->is_ending())
    return;
  name where{to_string(x.event_id), x.handler_key};
  trace([&] { return "died " + where.first + ' ' + where.second; });
  if (++deaths_[where] > 1)
    violated("told twice that it is dead: " + where.first + ' ' + where.second);
}

void recorder::killed(world::process_id which) {
  trace([&] { return "process " + std::to_string(which) + " killed"; });
  seen_.kills.push_back({static_cast<int>(which), world_->micros()});
}

void recorder::stalled(world::process_id which) {
  trace([&] { return "process " + std::to_string(which) + " stalled"; });
  if (which >= stalled_.size())
    stalled_.resize(which + 1);
  stalled_[which] = true;
}

void recorder::drained(size_t leased) {
  trace([&] { return "drained, leased " + std::to_string(leased); });
  if (leased > 0 && expected_.prompt_store && is_well(world_->current()))
    violated("drained, but not all was given back");
}

void recorder::violated(std::string what) {
  trace([&] { return "VIOLATION " + what; });
  violations_.push_back(std::move(what));
}

void recorder::print(const std::string& line) const {
  std::printf("%10.6f %zu %s\n", static_cast<double>(world_->micros()) / 1e6,
              world_->current(), line.c_str());
}

} // namespace simulation
