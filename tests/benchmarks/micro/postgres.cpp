#include "events.hpp"

#include "../../support/packed_form.hpp"
#include "../../support/postgres_answer.hpp"

#include "../../../storage/postgres/done_together.hpp"
#include "../../../storage/postgres/event_pack.hpp"
#include "../../../storage/postgres/event_ranges.hpp"
#include "../../../storage/postgres/params.hpp"
#include "../../../storage/postgres/read_event.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What the store does with the processor for each delivery, apart from libpq:
// arguments into their binary form, and answers out of it.

namespace {

using namespace inbox;
using namespace inbox::postgres;

void write_arguments(benchmark::State& state) {
  auto events = bench::make_events(state.range(0));
  for (auto _ : state) {
    column<uuid> id;
    column<std::string_view> type;
    column<bytes> content;
    for (auto& x : events) {
      id.push(x.id);
      type.push(x.type);
      content.push(bytes{x.payload.view()});
    }
    auto args = params::of(std::move(id), std::move(type), std::move(content));
    benchmark::DoNotOptimize(args);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(write_arguments)->Arg(1)->Arg(1000);

void settle_arguments(benchmark::State& state) {
  for (auto _ : state) {
    done_together done;
    // The claims of one call have at most 256 deliveries.
    for (int64_t n = 0; n < state.range(0); ++n)
      done.push({n, 1, n >> 8, false});
    params args;
    done.move_to(args);
    benchmark::DoNotOptimize(args);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(settle_arguments)->Arg(1)->Arg(2000);

void ranges_of_events(benchmark::State& state) {
  // Every second one belongs to another route.
  std::vector<event_seq> seqs;
  for (int64_t n = 0; n < state.range(0); ++n)
    seqs.push_back(2 * n);
  for (auto _ : state) {
    auto args = ranges_of(seqs).take_arguments();
    benchmark::DoNotOptimize(args);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(ranges_of_events)->Arg(2000);

void read_events(benchmark::State& state) {
  auto events = bench::make_events(state.range(0));
  std::vector<std::string> ids;
  for (auto& x : events)
    put(ids.emplace_back(), x.id);
  std::vector<std::optional<std::string_view>> values;
  for (size_t i = 0; i < events.size(); ++i)
    values.insert(values.end(),
                  {ids[i], events[i].type, events[i].payload.view(),
                   std::nullopt, std::nullopt, std::nullopt, std::nullopt});
  auto answer = test::answer_of(7, values);
  for (auto _ : state) {
    payload_blocks payloads;
    for (auto row = 0; row < answer.size(); ++row) {
      auto x = read_event(answer, row, 0, payloads);
      benchmark::DoNotOptimize(x);
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(read_events)->Arg(2000);

void unpack_events(benchmark::State& state) {
  std::string pack;
  for (auto& x : bench::make_events(state.range(0)))
    pack += test::packed_form(1, x);
  for (auto _ : state) {
    payload_blocks payloads;
    for (std::string_view rest{pack}; !rest.empty();) {
      event_seq seq = 0;
      event x;
      if (!unpack_seq(rest, seq) || !unpack(rest, x, payloads)) {
        state.SkipWithError("no event is there");
        break;
      }
      benchmark::DoNotOptimize(x);
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(unpack_events)->Arg(2000);

void read_numbers(benchmark::State& state) {
  column<int64_t> numbers;
  for (int64_t n = 0; n < state.range(0); ++n)
    numbers.push(n);
  auto form = numbers.finish();
  auto answer = test::answer_of(1, {form});
  for (auto _ : state) {
    auto x = answer.get<std::vector<int64_t>>(0, 0);
    benchmark::DoNotOptimize(x);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(read_numbers)->Arg(256);

} // namespace
