#include "events.hpp"

#include "../../../storage/memory/open_memory_store.hpp"
#include "../../../storage/open_store.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <stdexcept>

namespace {

using namespace inbox;

template <class T>
T value(caf::expected<T> x) {
  if (!x)
    throw std::runtime_error(describe(x.error()));
  return std::move(*x);
}

// The life of a batch: what the actors' own figure has in it of the store.
void write_claim_settle(benchmark::State& state) {
  using namespace std::chrono_literals;
  auto db = value(open_memory_store("micro", "bench", system_time));
  auto route = value(db->add({"order", "mail"})).route;
  auto batch = static_cast<uint32_t>(state.range(0));
  uint64_t first = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto events = bench::make_events(batch, first);
    first += batch;
    state.ResumeTiming();
    value(db->write(events));
    claim_deliveries asked;
    asked.demand = {{route, batch}};
    asked.limit = batch;
    asked.lease_duration = 20s;
    asked.max_attempts = 3;
    settle_deliveries ends;
    for (auto& x : value(db->claim(asked)).claimed)
      ends.settlements.push_back({x.lease, verdict::done, 0s, ""});
    if (ends.settlements.size() != batch
        || !value(db->settle(ends)).lost.empty())
      throw std::logic_error("a delivery is missing");
    state.PauseTiming();
    value(db->erase({0, batch, 0s, false}));
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(write_claim_settle)->Arg(1000);

} // namespace
