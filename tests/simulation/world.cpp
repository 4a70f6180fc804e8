#include "world.hpp"

#include <caf/scheduled_actor.hpp>

#include <algorithm>

namespace simulation {

namespace {

// Zero means "at once" to CAF.
constexpr world::time_point beginning{std::chrono::hours{1}};

constexpr world::process_id nobody = SIZE_MAX;

} // namespace

world::world() : fibers_{[this] { return step(); }} {
  begin(0);
}

void world::begin(uint64_t seed) {
  random_.seed(seed);
  now_ = beginning;
  limit_ = now_;
  current_ = 0;
  processes_.assign(1, process{});
  ready_.clear();
  timers_.clear();
  owners_.clear();
  first_id_ = 0;
  ending_ = false;
  digest_ = seed;
}

// -- chance -------------------------------------------------------------------

caf::timespan world::between(caf::timespan least, caf::timespan most) {
  auto span = static_cast<uint64_t>((most - least).count());
  return least + caf::timespan{static_cast<int64_t>(below(span + 1))};
}

// -- time ---------------------------------------------------------------------

int64_t world::micros() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(now_ - beginning)
    .count();
}

caf::disposable world::at(time_point when, caf::action what) {
  auto result = caf::action{what}.as_disposable();
  timers_.emplace(when, timer{current_, std::move(what), nullptr});
  return result;
}

void world::after(caf::timespan pause, action what) {
  at(now_ + pause, caf::make_action(std::move(what)));
}

void world::sleep(caf::timespan duration) {
  if (ending_)
    return;
  auto* self = fibers_.current();
  auto owner = current_;
  timers_.emplace(now_ + duration, timer{owner, caf::action{}, self});
  fibers_.suspend();
  current_ = owner;
}

void world::run_for(caf::timespan duration) {
  limit_ = now_ + duration;
  fibers_.run();
  now_ = limit_;
}

// -- processes ----------------------------------------------------------------

world::process_id world::add_process() {
  processes_.emplace_back();
  return processes_.size() - 1;
}

void world::kill(process_id which) {
  processes_[which].alive = false;
}

void world::pause(process_id which, caf::timespan duration) {
  auto& x = processes_[which];
  x.paused_until = std::max(x.paused_until, now_ + duration);
  auto resume = [this, which] {
    if (processes_[which].alive && processes_[which].paused_until <= now_)
      resume_held(which);
  };
  in(0, [&] { after(x.paused_until - now_, resume); });
}

void world::resume_held(process_id which) {
  auto held = std::move(processes_[which].held);
  processes_[which].held.clear();
  ready_.insert(ready_.end(), held.begin(), held.end());
}

// -- CAF ----------------------------------------------------------------------

world::process_id world::owner_of(caf::resumable* job) {
  if (job->subtype() != caf::resumable::scheduled_actor)
    return current_;
  uint64_t id = static_cast<caf::scheduled_actor*>(job)->id();
  if (owners_.empty())
    first_id_ = id;
  if (id < first_id_)
    return 0; // one of the system's own
  auto i = id - first_id_;
  if (i >= owners_.size())
    owners_.resize(i + 1, nobody);
  if (owners_[i] == nobody)
    owners_[i] = current_;
  add_to_digest(i);
  return owners_[i];
}

void world::post(caf::resumable* job) {
  ready_.push_back({owner_of(job), job, nullptr});
}

void world::run(const task& x) {
  current_ = x.process;
  if (x.sleeper != nullptr) {
    fibers_.wake(x.sleeper);
  } else {
    run_job_(x.job);
  }
  current_ = 0;
}

// -- steps --------------------------------------------------------------------

void world::add_to_digest(uint64_t x) {
  digest_ = (digest_ ^ x) * 0x100000001b3;
}

bool world::step() {
  return run_ready() || run_timer();
}

bool world::run_ready() {
  while (!ready_.empty()) {
    auto i = below(ready_.size());
    auto x = ready_[i];
    ready_[i] = ready_.back();
    ready_.pop_back();
    auto& owner = processes_[x.process];
    if (!ending_ && (!owner.alive || owner.paused_until > now_)) {
      owner.held.push_back(x);
      continue;
    }
    add_to_digest(i);
    run(x);
    return true;
  }
  return false;
}

bool world::run_timer() {
  while (!timers_.empty() && timers_.begin()->first <= limit_) {
    auto [when, x] = std::move(*timers_.begin());
    timers_.erase(timers_.begin());
    auto& owner = processes_[x.process];
    if (x.sleeper == nullptr && (!owner.alive || x.what.disposed()))
      continue;
    if (owner.alive && owner.paused_until > when) {
      timers_.emplace(owner.paused_until, std::move(x));
      continue;
    }
    now_ = std::max(now_, when);
    add_to_digest(static_cast<uint64_t>(micros()));
    if (x.sleeper != nullptr) {
      ready_.push_back({x.process, nullptr, x.sleeper});
    } else {
      current_ = x.process;
      static_cast<void>(x.what.run());
      current_ = 0;
    }
    return true;
  }
  return false;
}

// -- the end ------------------------------------------------------------------

void world::end(const action& stop) {
  ending_ = true;
  for (process_id i = 0; i < processes_.size(); ++i)
    resume_held(i);
  // Those whose time has not come; the others are ready already.
  for (auto& entry : timers_)
    if (entry.second.sleeper != nullptr)
      ready_.push_back({entry.second.process, nullptr, entry.second.sleeper});
  timers_.clear();
  stop();
  // Nobody waits for anything any more, whatever timers may still be set.
  limit_ = time_point{};
  fibers_.run();
  timers_.clear();
  fibers_.run();
}

} // namespace simulation
