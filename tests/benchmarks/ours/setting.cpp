#include "setting.hpp"

#include <boost/uuid/random_generator.hpp>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/spdlog.h>

#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <string>

namespace bench {

namespace {

rusage used_by_this_process() {
  rusage result{};
  getrusage(RUSAGE_SELF, &result);
  return result;
}

} // namespace

std::vector<inbox::event> make_events(const setting& how, uint64_t count) {
  static thread_local boost::uuids::random_generator random_id;
  static thread_local std::mt19937_64 random{std::random_device{}()};
  std::vector<inbox::event> result;
  result.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    // Nothing is to gain by compressing it.
    std::string bytes(how.payload, '\0');
    for (auto& byte : bytes)
      byte = static_cast<char>(random());
    inbox::payload content{std::move(bytes)};
    auto id = how.ids == "made" ? inbox::make_id() : random_id();
    result.push_back(value(inbox::make_event(id, "order", std::move(content))));
  }
  return result;
}

inbox::options make_options(const setting& how) {
  inbox::options result;
  result.store.url = how.url;
  result.store.prefix = how.prefix;
  result.logger = std::make_shared<spdlog::logger>(
    "quiet", std::make_shared<spdlog::sinks::null_sink_mt>());
  result.on_error = [](const caf::error& x) { fail(inbox::describe(x)); };
  if (how.batch_size > 0)
    result.batch_size = how.batch_size;
  if (how.max_in_flight > 0)
    result.max_in_flight = how.max_in_flight;
  return result;
}

void keep_memory(const setting& how) {
  if (how.keep_memory == 0)
    return;
  // Both, as glibc no longer finds either by itself once one of them is set.
  // Other allocators, as those of sanitizers, do not know them.
  auto bytes = how.keep_memory * 1024 * 1024;
  mallopt(M_TRIM_THRESHOLD, bytes);
  mallopt(M_MMAP_THRESHOLD, bytes);
}

void fail(const std::string& why) {
  std::cerr << "bench: " << why << std::endl;
  std::_Exit(EXIT_FAILURE);
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
    .count();
}

nlohmann::json rate_of(uint64_t records, double seconds) {
  return {{"records", records},
          {"seconds", seconds},
          {"rate", static_cast<double>(records) / seconds}};
}

int64_t page_faults() {
  return used_by_this_process().ru_minflt;
}

double cpu_seconds() {
  auto used = used_by_this_process();
  auto seconds = [](const timeval& x) {
    return static_cast<double>(x.tv_sec) + static_cast<double>(x.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double most_resident_mib() {
  // By the kernel, which misses no moment; `getrusage` would also count what
  // was there before this program began.
  std::ifstream file{"/proc/self/status"};
  std::string line;
  while (std::getline(file, line))
    if (line.rfind("VmHWM:", 0) == 0)
      return std::stod(line.substr(6)) / 1024;
  fail("/proc/self/status has no VmHWM");
}

double percentile(std::vector<double> values, double percent) {
  if (values.empty())
    return 0;
  std::sort(values.begin(), values.end());
  auto last = static_cast<double>(values.size() - 1);
  return values[static_cast<size_t>(last * percent / 100 + 0.5)];
}

} // namespace bench
