#include "faults.hpp"

#include <algorithm>
#include <iomanip>
#include <thread>

namespace chaos {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr auto look_again = 20ms;

/// Returns a port for a process to publish at: below those that the system
/// gives to connections, one of which could have it when the next process
/// comes.
uint16_t find_port() {
  static std::mt19937 random{std::random_device{}()};
  for (;;) {
    auto port = static_cast<uint16_t>(10'000 + random() % 20'000);
    if (is_free(port))
      return port;
  }
}

} // namespace

std::string to_string(role x) {
  return x == role::inbox     ? "inbox"
         : x == role::storage ? "storage"
                              : "handlers";
}

faults::faults(database& where, settings config, std::ostream& out)
  : where_{where},
    config_{std::move(config)},
    out_{out},
    random_{config_.seed} {
  // nop
}

void faults::run() {
  for (auto kind : config_.processes)
    workers_.push_back(make_host(kind));
  for (auto& x : workers_)
    start(x);
  while (kills_.size() < config_.kills) {
    wait();
    auto stalls = 20 + config_.stalls_per_20;
    auto cuts = stalls + config_.cuts_per_20;
    auto way = random_() % (cuts + config_.outages_per_20);
    if (way < 20)
      kill_one();
    else if (way < stalls)
      stall_one();
    else if (way < cuts)
      cut_off_one();
    else
      disturb();
  }
}

faults::worker faults::make_host(role kind) const {
  worker result;
  result.kind = kind;
  if (kind == role::handlers)
    return result;
  result.port = find_port();
  result.links = std::make_unique<relay>(result.port);
  result.links->set(relay::mode::pass);
  if (config_.has_network) {
    result.database = std::make_unique<relay>();
    result.database->set(relay::mode::pass);
  }
  return result;
}

void faults::start(worker& where) {
  where.number = ++last_number_;
  where.paused_until.reset();
  where.program = std::make_unique<process>(config_.worker, arguments_of(where),
                                            config_.folder + "/output-"
                                              + std::to_string(where.number));
}

std::vector<std::string> faults::arguments_of(const worker& where) {
  std::vector<std::string> result{config_.workload,
                                  to_string(where.kind),
                                  where.database
                                    ? where.database->url(where_.url())
                                    : where_.url(),
                                  std::to_string(where.number),
                                  std::to_string(random_()),
                                  history_of(where.number),
                                  std::to_string(where.port)};
  for (auto& other : workers_)
    if (&other != &where && other.links
        && (where.kind != role::handlers || other.kind == role::storage))
      result.push_back(std::to_string(other.links->port()));
  return result;
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
  for (auto& x : workers_)
    if (x.cut_off_until && clock::now() >= *x.cut_off_until)
      connect(x);
}

void faults::kill_one() {
  auto& victim = workers_[random_() % workers_.size()];
  kills_.push_back({victim.number, now_micros()});
  victim.program->kill();
  tell("killed " + std::to_string(victim.number));
  start(victim);
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

void faults::cut_off_one() {
  auto& victim = workers_[random_() % workers_.size()];
  if (victim.cut_off_until || !victim.links)
    return;
  // What answers nothing is another thing than what refuses.
  auto how = random_() % 2 == 0 ? relay::mode::refuse : relay::mode::swallow;
  auto from = config_.has_network ? random_() % 3 : 0;
  auto span = config_.lease + milliseconds{random_() % 2000};
  victim.cut_off_until = clock::now() + span;
  if (from != 1)
    victim.links->begin(how);
  if (from != 0)
    victim.database->begin(how);
  ++outages_;
  tell("cut off " + std::to_string(victim.number) + " from "
       + (from == 0   ? "the others"
          : from == 1 ? "the database"
                      : "all")
       + (how == relay::mode::refuse ? "" : " without a word") + " for "
       + std::to_string(span.count()) + " ms");
}

void faults::connect(worker& where) {
  where.cut_off_until.reset();
  if (where.links)
    where.links->begin(relay::mode::pass);
  if (where.database)
    where.database->begin(relay::mode::pass);
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
    connect(x);
    x.program->tell("quiet");
  }
  auto end = clock::now() + limit;
  // What the writers had under way is stored by the time that they are quiet.
  while (where_.unfinished() > 0 && clock::now() < end)
    std::this_thread::sleep_for(100ms);
  tell("settled down");
  // Those first that others have to be there for.
  auto with_handlers = end_all(true);
  return end_all(false) && with_handlers;
}

bool faults::end_all(bool handlers) {
  auto is_one = [handlers](const worker& x) {
    return (x.kind == role::handlers) == handlers;
  };
  for (auto& x : workers_)
    if (is_one(x))
      x.program->tell("end");
  auto good = true;
  for (auto& x : workers_) {
    if (!is_one(x))
      continue;
    if (auto status = x.program->wait(60s); status != 0) {
      tell("process " + std::to_string(x.number) + " ended with "
           + std::to_string(status));
      good = false;
    }
  }
  return good;
}

void faults::read(history& to) const {
  for (auto number = 1; number <= last_number_; ++number)
    read_log(history_of(number), number, to);
  to.kills = kills_;
}

} // namespace chaos
