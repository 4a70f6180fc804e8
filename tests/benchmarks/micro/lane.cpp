#include "../../../actors/lane.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>

namespace {

using namespace inbox;

// What the dispatcher counts for each delivery on its way.
void through_a_lane(benchmark::State& state) {
  using namespace std::chrono_literals;
  serve_route served;
  served.route = 1;
  served.concurrency = 10;
  lane through{served, 8000};
  lease x{1, 1, 101};
  for (auto _ : state) {
    through.enqueue(x);
    auto who = through.start_next(x);
    if (who == nullptr) {
      state.SkipWithError("nothing may start");
      break;
    }
    through.finish(*who, 10us);
    through.settled();
    auto room = through.room();
    benchmark::DoNotOptimize(room);
  }
}

BENCHMARK(through_a_lane);

} // namespace
