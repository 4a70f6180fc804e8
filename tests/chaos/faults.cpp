#include "faults.hpp"

#include <algorithm>
#include <iomanip>
#include <thread>

namespace chaos {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr auto look_again = 20ms;

} // namespace

faults::faults(database& where, settings config, std::ostream& out)
  : where_{where},
    config_{std::move(config)},
    out_{out},
    random_{config_.seed} {
  // nop
}

void faults::run() {
  for (size_t i = 0; i < config_.processes; ++i)
    workers_.push_back(start());
  while (kills_.size() < config_.kills) {
    wait();
    auto stalls = 20 + config_.stalls_per_20;
    auto way = random_() % (stalls + config_.outages_per_20);
    if (way < 20)
      kill_one();
    else if (way < stalls)
      stall_one();
    else
      disturb();
  }
}

faults::worker faults::start() {
  auto number = ++last_number_;
  auto text = std::to_string(number);
  return {number,
          std::make_unique<process>(
            config_.worker,
            std::vector<std::string>{where_.url(), text,
                                     std::to_string(random_()),
                                     history_of(number)},
            config_.folder + "/output-" + text),
          std::nullopt};
}

std::string faults::history_of(int number) const {
  return config_.folder + "/history-" + std::to_string(number);
}

void faults::wait() {
  std::exponential_distribution<double> spread;
  auto factor = std::min(spread(random_), 4.0);
  auto end
    = clock::now()
      + std::chrono::duration_cast<clock::duration>(config_.pause * factor);
  while (clock::now() < end) {
    std::this_thread::sleep_for(look_again);
    wake_up();
  }
}

void faults::wake_up() {
  for (auto& x : workers_)
    if (x.paused_until && clock::now() >= *x.paused_until) {
      x.paused_until.reset();
      x.program->go_on();
    }
}

void faults::kill_one() {
  auto& victim = workers_[random_() % workers_.size()];
  kills_.push_back({victim.number, now_micros()});
  victim.program->kill();
  tell("killed " + std::to_string(victim.number));
  victim = start();
}

void faults::stall_one() {
  auto& victim = workers_[random_() % workers_.size()];
  if (victim.paused_until)
    return;
  auto pause = config_.lease + milliseconds{200 + random_() % 1500};
  victim.paused_until = clock::now() + pause;
  victim.program->stop();
  ++stalls_;
  tell("stopped " + std::to_string(victim.number) + " for "
       + std::to_string(pause.count()) + " ms");
}

void faults::disturb() {
  if (auto what = where_.disturb(random_)) {
    ++outages_;
    tell(*what);
  }
}

void faults::tell(const std::string& what) {
  std::chrono::duration<double> since = clock::now() - began_;
  out_ << std::fixed << std::setprecision(1) << since.count() << " s: " << what
       << std::endl;
}

bool faults::settle_down(std::chrono::seconds limit) {
  for (auto& x : workers_) {
    x.program->go_on();
    x.program->tell("quiet");
  }
  auto end = clock::now() + limit;
  // What the writers had under way is stored by the time that they are quiet.
  while (where_.unfinished() > 0 && clock::now() < end)
    std::this_thread::sleep_for(100ms);
  tell("settled down");
  for (auto& x : workers_)
    x.program->tell("end");
  auto good = true;
  for (auto& x : workers_)
    if (auto status = x.program->wait(60s); status != 0) {
      tell("process " + std::to_string(x.number) + " ended with "
           + std::to_string(status));
      good = false;
    }
  return good;
}

void faults::read(history& to) const {
  for (auto number = 1; number <= last_number_; ++number)
    read_log(history_of(number), number, to);
  to.kills = kills_;
}

} // namespace chaos
