#include "workload.hpp"

#include "database.hpp"

#include <boost/uuid/uuid_io.hpp>

#include <algorithm>
#include <mutex>
#include <random>
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

inbox::outcome workload::refuse(const inbox::delivery&) const {
  return inbox::failed("by chance");
}

workload_ptr make_workload(const std::string& name, const std::string& url) {
  if (name == "ledger")
    return make_ledger();
  if (name == "bank" || name == "separate_bank")
    return make_bank(url, name != "bank");
  throw std::runtime_error("there is no workload " + name);
}

inbox::options make_options(const std::string& url, const workload& what) {
  inbox::options result;
  result.store.url = url;
  result.store.prefix = prefix;
  result.store.statement_timeout = 2s;
  result.store.deadline = 3s;
  result.iteration_rate = 200ms;
  result.iteration_seed = 0;
  result.handler_timeout = 1500ms;
  result.lease_duration = 2s;
  result.max_attempts = what.max_attempts();
  result.backoff = {50ms, 500ms, 1.5};
  result.batch_size = 50;
  result.max_in_flight = 100;
  result.request_timeout = 10s;
  return result;
}

inbox::uuid make_id(int process, uint32_t count) {
  inbox::uuid result{};
  for (size_t i = 0; i < 4; ++i) {
    result.data[7 - i] = static_cast<uint8_t>(process >> (8 * i));
    result.data[15 - i] = static_cast<uint8_t>(count >> (8 * i));
  }
  return result;
}

inbox::handler_function make_handler(workload& what, log_file& log,
                                     uint64_t seed) {
  auto random = std::make_shared<dice>(seed);
  return [&what, &log, random](const inbox::delivery& x) -> inbox::outcome {
    auto id = to_string(x.event().id);
    auto end = [&](bool succeeded) {
      log.ended(id, x.handler_key(), x.attempt(), succeeded);
    };
    log.began(id, x.handler_key(), x.attempt());
    auto way = random->roll(1000);
    auto slow = x.event().headers.find(duration_header);
    auto duration
      = milliseconds{way < 2 ? 1800 // over its deadline
                     : slow != x.event().headers.end() ? std::stol(slow->second)
                     : way < 300 ? static_cast<long>(random->roll(20))
                                 : 0};
    if (!work(x, duration) || way % 20 == 7) {
      end(false);
      if (way % 40 == 7)
        throw std::runtime_error("by chance");
      return what.refuse(x);
    }
    try {
      auto result = what.answer(x);
      end(true);
      return result;
    } catch (...) {
      end(false);
      throw;
    }
  };
}

} // namespace chaos
