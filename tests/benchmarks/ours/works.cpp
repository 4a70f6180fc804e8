#include "shop.hpp"

#include "../../../storage/open_store.hpp"

#include <algorithm>

namespace bench {

using std::chrono::steady_clock;

namespace {

/// The machine's clock, so that processes can compare.
double wall_clock(steady_clock::time_point at) {
  using namespace std::chrono;
  auto ago = steady_clock::now() - at;
  return duration<double>(system_clock::now().time_since_epoch() - ago).count();
}

} // namespace

// Puts a backlog into the store, without any actor.
nlohmann::json preload(const setting& how) {
  auto begin = steady_clock::now();
  auto store = value(inbox::open_store(make_options(how).store));
  for (uint64_t i = 0; i < how.keys; ++i)
    value(store->add({"order", "key" + std::to_string(i)}));
  for_batches(how, [&](auto events) { value(store->write(events)); });
  return rate_of(how.records, seconds_since(begin));
}

// Works a backlog off. Others may take a part of it: then the end is when
// nothing has come for a while.
nlohmann::json process(const setting& how) {
  auto begin = steady_clock::now();
  auto cpu = cpu_seconds();
  auto faults = page_faults();
  shop at{how};
  auto wanted = how.records * how.keys;
  auto end = at.wait_until_done(wanted);
  auto result = rate_of(end.done,
                        std::chrono::duration<double>(end.at - begin).count());
  result["began"] = wall_clock(begin);
  result["ended"] = wall_clock(end.at);
  result["calls"] = at.calls();
  result["cpu_us"] = (cpu_seconds() - cpu) * 1e6
                     / static_cast<double>(std::max<uint64_t>(end.done, 1));
  result["page_faults"] = page_faults() - faults;
  result["most_resident_mib"] = most_resident_mib();
  return result;
}

// What the actors cost, with a store that costs little: the CPU time of a
// process that works off what it has in memory, that store included.
nlohmann::json actors(const setting& how) {
  auto in_memory = how;
  in_memory.url = "memory:bench";
  auto held = inbox::hold_store(make_options(in_memory).store);
  preload(in_memory);
  auto cpu = cpu_seconds();
  shop at{in_memory};
  auto end = at.wait_until_done(how.records);
  if (end.done != how.records)
    fail("not all was done");
  auto used = (cpu_seconds() - cpu) * 1e6 / static_cast<double>(how.records);
  return {{"records", how.records}, {"cpu_us", used}};
}

// Writes on while the handlers are at work, and waits for the end of that.
nlohmann::json steady(const setting& how) {
  shop at{how};
  at.wait_until_ready();
  auto begin = steady_clock::now();
  for_batches(how, [&](auto events) { value(at->write(std::move(events))); });
  auto written = seconds_since(begin);
  auto end = at.wait_until_done(how.records * how.keys);
  if (end.done < how.records * how.keys)
    fail("not all was done");
  auto result = rate_of(how.records,
                        std::chrono::duration<double>(end.at - begin).count());
  result["written_after"] = written;
  return result;
}

} // namespace bench
