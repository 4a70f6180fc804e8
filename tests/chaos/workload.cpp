#include "workload.hpp"

#include "database.hpp"

#include <boost/uuid/uuid_io.hpp>

#include <algorithm>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace chaos {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// Random numbers for calls on several threads.
class dice {
public:
  explicit dice(uint64_t seed) : random_{seed} {
    // nop
  }

  /// Returns a number from 0 to n - 1.
  uint64_t roll(uint64_t n) {
    std::lock_guard<std::mutex> guard{lock_};
    return random_() % n;
  }

private:
  std::mutex lock_;
  std::mt19937_64 random_;
};

/// Works for that long, unless nobody waits for it any more.
bool work(const inbox::delivery& x, milliseconds duration) {
  auto end = std::chrono::steady_clock::now() + duration;
  while (std::chrono::steady_clock::now() < end) {
    if (x.canceled())
      return false;
    std::this_thread::sleep_for(std::min(duration, 10ms));
  }
  return true;
}

} // namespace

const routes& all_routes() {
  static const routes result{{"order", {"mail", "stock"}},
                             {"refund", {"mail"}}};
  return result;
}

inbox::options make_options(const std::string& url) {
  inbox::options result;
  result.store.url = url;
  result.store.prefix = prefix;
  result.store.statement_timeout = 2s;
  result.store.deadline = 3s;
  result.iteration_rate = 200ms;
  result.iteration_seed = 0;
  result.handler_timeout = 1500ms;
  result.lease_duration = 2s;
  // Each process that is killed costs those that it had claimed an attempt.
  result.max_attempts = 10'000;
  result.backoff = {50ms, 500ms, 1.5};
  result.batch_size = 50;
  result.max_in_flight = 100;
  result.request_timeout = 10s;
  return result;
}

event_source::event_source(int process, uint64_t seed)
  : process_{process},
    random_{seed} {
  // nop
}

std::vector<inbox::event> event_source::next() {
  std::vector<inbox::event> result(1 + random_() % 20);
  for (auto& x : result) {
    ++count_;
    for (size_t i = 0; i < 4; ++i) {
      x.id.data[7 - i] = static_cast<uint8_t>(process_ >> (8 * i));
      x.id.data[15 - i] = static_cast<uint8_t>(count_ >> (8 * i));
    }
    x.type = random_() % 3 > 0 ? "order" : "refund";
    auto size = random_() % 50 == 0 ? 20'000 : random_() % 300;
    x.payload = inbox::payload{std::string(size, 'x')};
    // Whoever takes such a one over from a paused process is at it still when
    // that wakes up.
    if (random_() % 40 == 0)
      x.headers["milliseconds"] = std::to_string(600 + random_() % 700);
    if (random_() % 4 == 0)
      x.ordering_key = "customer " + std::to_string(random_() % 40);
  }
  return result;
}

inbox::handler_function make_handler(log_file& log, uint64_t seed) {
  auto random = std::make_shared<dice>(seed);
  return [&log, random](const inbox::delivery& x) -> inbox::outcome {
    auto id = to_string(x.event().id);
    log.began(id, x.handler_key(), x.attempt());
    auto way = random->roll(1000);
    auto slow = x.event().headers.find("milliseconds");
    auto duration
      = milliseconds{way < 2 ? 1800 // over its deadline
                     : slow != x.event().headers.end() ? std::stol(slow->second)
                     : way < 300 ? static_cast<long>(random->roll(20))
                                 : 0};
    auto finished = work(x, duration);
    auto good = finished && way % 20 != 7;
    log.ended(id, x.handler_key(), x.attempt(), good);
    if (good)
      return inbox::done();
    if (way % 40 == 7)
      throw std::runtime_error("by chance");
    return inbox::failed("by chance");
  };
}

} // namespace chaos
