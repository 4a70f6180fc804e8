#include "simulator.hpp"

#include <caf/actor_registry.hpp>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

namespace simulation {

using namespace std::chrono_literals;

namespace {

/// The handler keys of `application`.
const chaos::routes& all_routes() {
  static const chaos::routes result{{"order", {"mail", "stock"}},
                                    {"refund", {"mail"}}};
  return result;
}

} // namespace

void report::add(const report& x) {
  found.acknowledged += x.found.acknowledged;
  found.lost += x.found.lost;
  found.settled_twice += x.found.settled_twice;
  found.trapped += x.found.trapped;
  found.out_of_order += x.found.out_of_order;
  calls += x.calls;
  repeated += x.repeated;
  canceled += x.canceled;
  kills += x.kills;
  stalls += x.stalls;
  outages += x.outages;
  violations.insert(violations.end(), x.violations.begin(), x.violations.end());
}

simulator::simulator() : caf_{world_}, log_{world_}, store_{world_, log_} {
  // nop
}

simulator::~simulator() = default;

// -- the scene ----------------------------------------------------------------

void simulator::start_process() {
  auto& x = plan_;
  application::surroundings around{world_, caf_.system(), store_, log_};
  auto process = std::make_shared<application>(around, x.options, x.how,
                                               x.concurrency,
                                               world_.below(UINT64_MAX));
  if (is_over_)
    process->calm_down();
  processes_.push_back(process);
  process->start();
}

std::shared_ptr<application> simulator::pick_living() {
  auto start = world_.below(processes_.size());
  for (size_t i = 0; i < processes_.size(); ++i) {
    auto& x = processes_[(start + i) % processes_.size()];
    if (world_.is_alive(x->process()) && !x->is_draining())
      return x;
  }
  return nullptr;
}

// -- what befalls them --------------------------------------------------------

void simulator::schedule_faults() {
  for (size_t i = 0; i < plan_.faults; ++i) {
    auto which = world_.below(100);
    world_.after(world_.between(0ms, plan_.turmoil),
                 [this, which] { fault_once(which); });
  }
}

void simulator::fault_once(uint64_t which) {
  if (is_over_)
    return;
  auto victim = pick_living();
  if (which < 15) {
    ++outages_;
    log_.database_was_down();
    log_.trace([] { return std::string{"the database is down"}; });
    store_.set_down(true);
    world_.after(world_.between(50ms, 2s), [this] {
      log_.trace([] { return std::string{"the database is up"}; });
      store_.set_down(false);
    });
  } else if (which >= 95) {
    auto step = world_.between(-3s, 3s);
    log_.trace([&] {
      return "the database's clock is set by " + std::to_string(step.count());
    });
    log_.clock_was_set();
    store_.set_clock(step);
  } else if (!victim) {
    return;
  } else if (which < 45) {
    log_.killed(victim->process());
    world_.kill(victim->process());
    world_.after(world_.between(0ms, 1s), [this] {
      if (!is_over_)
        start_process();
    });
  } else if (which < 75) {
    ++stalls_;
    log_.stalled(victim->process());
    world_.pause(victim->process(), world_.between(300ms, 4s));
  } else if (which < 85) {
    // Too short for anybody to notice.
    world_.pause(victim->process(), world_.between(1ms, 50ms));
  } else if (which < 90) {
    victim->drain();
  } else {
    log_.trace([&] {
      return "process " + std::to_string(victim->process())
             + " changes its handler";
    });
    victim->change_handler();
  }
}

// -- the end ------------------------------------------------------------------

bool simulator::is_finished() const {
  return store_.is_finished()
         && std::all_of(processes_.begin(), processes_.end(), [this](auto& x) {
              return x->is_finished() || x->is_drained()
                     || !world_.is_alive(x->process());
            });
}

void simulator::settle_down() {
  is_over_ = true;
  store_.set_troubles({});
  store_.set_down(false);
  for (auto& x : processes_)
    x->calm_down();
  // Those that have died or drained do not work any more.
  if (!pick_living())
    start_process();
  // What is on its way to the database arrives.
  world_.run_for(2s);
  for (auto i = 0; i < 300 && !is_finished(); ++i)
    world_.run_for(200ms);
}

void simulator::drain_all() {
  for (auto& x : processes_)
    if (world_.is_alive(x->process()) && !x->is_drained())
      x->drain();
  world_.run_for(longest_drain(plan_.options) + 5s);
  for (auto& x : processes_)
    if (world_.is_alive(x->process()) && !x->is_drained())
      log_.violated("process " + std::to_string(x->process())
                    + " does not drain");
}

/// Who is killed, or does not get an answer, tells nobody of what has died.
void simulator::look_for_untold_deaths() {
  auto& all = log_.seen().deliveries;
  auto is_dead = [](auto& x) { return x.progress == 3; };
  auto dead = std::count_if(all.begin(), all.end(), is_dead);
  if (log_.kills() == 0 && outages_ == 0 && plan_.has_prompt_store()
      && log_.deaths() != static_cast<size_t>(dead))
    log_.violated(std::to_string(dead) + " deliveries are dead, told of "
                  + std::to_string(log_.deaths()));
}

/// Where nothing goes wrong and nothing takes long, an order is handled long
/// before anybody looks for it because it is time.
void simulator::look_for_late_calls() {
  if (!plan_.calm || plan_.how.slow > 0)
    return;
  constexpr int64_t prompt = 300'000;
  std::map<std::string, int64_t> first;
  for (auto& x : log_.seen().calls)
    first.emplace(x.event_id, x.began);
  for (auto& x : log_.seen().acknowledged)
    if (auto i = first.find(x.event_id);
        x.event_type == "order" && i != first.end() && is_unordered(x.event_id)
        && i->second > x.at + prompt)
      log_.violated("handled late: " + x.event_id);
}

/// An ordered one may have to wait for one before it.
bool simulator::is_unordered(const std::string& event_id) const {
  auto& all = log_.seen().deliveries;
  return std::all_of(all.begin(), all.end(), [&](auto& x) {
    return x.event_id != event_id || x.ordering_key.empty();
  });
}

void simulator::end() {
  world_.end([this] {
    for (auto& x : processes_)
      x->stop();
  });
  processes_.clear();
  if (auto left = caf_.system().registry().running(); left > 0)
    log_.violated(std::to_string(left) + " actors do not end");
}

report simulator::run(uint64_t seed, bool tracing) {
  world_.begin(seed);
  log_.begin(tracing);
  store_.begin();
  plan_ = make_plan(world_);
  ids_ = stalls_ = outages_ = 0;
  is_over_ = false;
  // An event is for the handler keys that are known when it is written. What is
  // for a single one may come before that.
  for (auto& [type, keys] : all_routes())
    if (keys.size() > 1 || world_.chance(50))
      for (auto& key : keys)
        store_.add({type, key});
  log_.expect(
    {plan_.calm, plan_.has_prompt_store(), true, plan_.handler_timeout()});
  store_.set_troubles(plan_.store_troubles);
  for (size_t i = 0; i < plan_.writers; ++i) {
    start_process();
    processes_.back()->write(make_batches(world_, ids_));
  }
  schedule_faults();
  world_.run_for(plan_.turmoil);
  settle_down();
  drain_all();
  report result;
  auto& seen = log_.seen();
  seen.handler_timeout = plan_.handler_timeout();
  seen.max_attempts = plan_.options.max_attempts;
  store_.read(seen);
  look_for_untold_deaths();
  look_for_late_calls();
  result.found = chaos::check(seen, all_routes());
  result.calls = seen.calls.size();
  result.repeated = log_.repeated();
  result.canceled = log_.canceled();
  result.kills = log_.kills();
  result.stalls = stalls_;
  result.outages = outages_;
  end();
  result.violations = log_.violations();
  result.digest = world_.digest();
  return result;
}

} // namespace simulation
