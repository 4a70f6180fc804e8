#include "../../../storage/headers_json.hpp"

#include <benchmark/benchmark.h>

#include <map>
#include <string>

namespace {

const std::map<std::string, std::string> headers{
  {"content-type", "application/json"},
  {"x-delivery", "b7000000-0000-0000-0000-000000000001"},
  {"x-signature", "sha256=0123456789abcdef0123456789abcdef"}};

void write_headers(benchmark::State& state) {
  for (auto _ : state) {
    auto json = inbox::headers_to_json(headers);
    benchmark::DoNotOptimize(json);
  }
}

BENCHMARK(write_headers);

void read_headers(benchmark::State& state) {
  auto json = inbox::headers_to_json(headers).value();
  for (auto _ : state) {
    auto x = inbox::headers_from_json(json);
    benchmark::DoNotOptimize(x);
  }
}

BENCHMARK(read_headers);

} // namespace
