#include "shop.hpp"

#include <future>
#include <mutex>
#include <random>
#include <thread>

namespace bench {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

/// Of the first ones, which pay for connections and plans. The peer's program
/// leaves out as many.
constexpr uint64_t uncounted = 50;

/// Tells one thread when the handler was called.
class bell {
public:
  std::future<steady_clock::time_point> expect() {
    std::lock_guard guard{mutex_};
    called_ = {};
    return called_.get_future();
  }

  void ring() {
    auto now = steady_clock::now();
    std::lock_guard guard{mutex_};
    called_.set_value(now);
  }

private:
  std::mutex mutex_;
  std::promise<steady_clock::time_point> called_;
};

} // namespace

// From the call of `write` to the start of the handler, one event at a time.
nlohmann::json latency(const setting& how) {
  bell called;
  shop at{how, [&](const inbox::event&) { called.ring(); }};
  at.wait_until_ready();
  std::mt19937 random{7};
  std::uniform_int_distribution<int> pause{5, 15};
  std::vector<double> to_handler;
  std::vector<double> to_receipt;
  for (uint64_t i = 0; i < uncounted + how.samples; ++i) {
    auto events = make_events(how, 1);
    auto handled = called.expect();
    auto begin = steady_clock::now();
    value(at->write(std::move(events)));
    auto stored_after = seconds_since(begin);
    std::chrono::duration<double> begun_after = handled.get() - begin;
    if (i >= uncounted) {
      to_receipt.push_back(stored_after * 1e3);
      to_handler.push_back(begun_after.count() * 1e3);
    }
    std::this_thread::sleep_for(milliseconds{pause(random)});
  }
  return {{"samples", how.samples},
          {"p50_ms", percentile(to_handler, 50)},
          {"p99_ms", percentile(to_handler, 99)},
          {"max_ms", percentile(to_handler, 100)},
          {"receipt_p50_ms", percentile(to_receipt, 50)}};
}

// Has nothing to do for a while.
nlohmann::json idle(const setting& how) {
  shop at{how};
  at.wait_until_ready();
  std::this_thread::sleep_for(milliseconds{500});
  auto cpu = cpu_seconds();
  auto begin = steady_clock::now();
  std::this_thread::sleep_for(std::chrono::duration<double>(how.seconds));
  auto took = seconds_since(begin);
  return {{"seconds", took},
          {"cpu_percent", (cpu_seconds() - cpu) / took * 100}};
}

} // namespace bench
