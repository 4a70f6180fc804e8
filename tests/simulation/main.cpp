// Runs many made-up courses of events, each from its seed, and says which of
// them go wrong. `simulate --seed N --trace` shows one of them.

#include "simulator.hpp"

#include <CLI/CLI.hpp>
#include <caf/init_global_meta_objects.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

struct arguments {
  uint64_t seed = 1;
  uint64_t count = 1;
  bool trace = false;
  bool digests = false;
};

void explain(const simulation::report& x, uint64_t seed) {
  for (auto& line : x.found.examples)
    std::printf("  %s\n", line.c_str());
  for (auto& line : x.violations)
    std::printf("  %s\n", line.c_str());
  std::printf("seed %llu is bad; to see it: tests/simulation/run --seed %llu "
              "--trace\n",
              static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(seed));
}

int run(const arguments& args) {
  simulation::simulator all;
  simulation::report sum;
  size_t bad = 0;
  auto began = std::chrono::steady_clock::now();
  for (uint64_t i = 0; i < args.count; ++i) {
    auto seed = args.seed + i;
    auto x = all.run(seed, args.trace);
    sum.add(x);
    bad += x.good() ? 0 : 1;
    if (args.digests)
      std::printf("seed %llu digest %016llx\n",
                  static_cast<unsigned long long>(seed),
                  static_cast<unsigned long long>(x.digest));
    if (!x.good() && bad <= 10)
      explain(x, seed);
  }
  std::chrono::duration<double> time = std::chrono::steady_clock::now() - began;
  auto& found = sum.found;
  std::printf(
    "seeds %llu, bad %zu, %.0f a second | kills %zu stalls %zu outages "
    "%zu calls %zu repeated %zu canceled %zu | acknowledged %zu, lost "
    "%zu, settled twice %zu, trapped %zu, out of order %zu, others "
    "%zu\n",
    static_cast<unsigned long long>(args.count), bad,
    static_cast<double>(args.count) / time.count(), sum.kills, sum.stalls,
    sum.outages, sum.calls, sum.repeated, sum.canceled, found.acknowledged,
    found.lost, found.settled_twice, found.trapped, found.out_of_order,
    sum.violations.size());
  return bad == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv) {
  caf::core::init_global_meta_objects();
  caf::init_global_meta_objects<caf::id_block::inbox>();
  CLI::App app{"Runs inboxes in virtual time against all that may go wrong."};
  arguments args;
  app.add_option("--seed", args.seed, "the first one")->capture_default_str();
  app.add_option("--count", args.count, "how many, one after another")
    ->check(CLI::Range(uint64_t{1}, uint64_t{1'000'000'000}))
    ->capture_default_str();
  app.add_flag("--trace", args.trace, "print what happens");
  app.add_flag("--digests", args.digests, "print what tells courses apart");
  CLI11_PARSE(app, argc, argv);
  return run(args);
}
