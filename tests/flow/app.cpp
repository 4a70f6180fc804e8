#include "app.hpp"

#include <spdlog/sinks/null_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>

namespace flow {

namespace {

std::unique_ptr<caf::actor_system> make_system(caf::actor_system_config& config,
                                               const loader& load) {
  if (load)
    load(config);
  return std::make_unique<caf::actor_system>(config);
}

} // namespace

inbox::options quick_options(const store_place& where) {
  inbox::options result;
  result.store = where.options();
  result.iteration_rate = 20ms;
  result.iteration_seed = 0;
  result.backoff = {5ms, 20ms, 2};
  result.max_attempts = 3;
  result.logger = quiet_logger();
  return result;
}

inbox::options slow_options(const store_place& where) {
  auto result = quick_options(where);
  result.iteration_rate = patience;
  result.handler_timeout = patience;
  result.lease_duration = 2 * patience;
  result.backoff = {patience, patience, 2};
  return result;
}

std::shared_ptr<spdlog::logger> quiet_logger() {
  if (std::getenv("INBOX_TEST_LOG") != nullptr)
    return nullptr;
  return std::make_shared<spdlog::logger>(
    "quiet", std::make_shared<spdlog::sinks::null_sink_mt>());
}

inbox::uuid nth(uint32_t n) {
  inbox::uuid result{};
  result.data[0] = 0xCA;
  for (size_t i = 0; i < 4; ++i)
    result.data[15 - i] = static_cast<uint8_t>(n >> (8 * i));
  return result;
}

inbox::event make(uint32_t n, std::string type, inbox::payload content) {
  return value(inbox::make_event(nth(n), std::move(type), std::move(content)));
}

std::vector<inbox::event> make_many(uint32_t count, const std::string& type) {
  std::vector<inbox::event> result;
  for (uint32_t n = 1; n <= count; ++n)
    result.push_back(make(n, type));
  return result;
}

application::application(const loader& load, const spawner& spawn,
                         caf::timespan timeout)
  : sys_{make_system(config_, load)},
    actor_{spawn(*sys_)},
    box_{*sys_, actor_, timeout} {
  // nop
}

application::~application() {
  if (!drained_)
    static_cast<void>(box_.drain());
  for (auto& x : owned_)
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
}

app::app(const inbox::options& config, inbox::registry handlers,
         const loader& load)
  : application{load,
                [&](caf::actor_system& sys) {
                  return value(
                    inbox::spawn_inbox(sys, config, std::move(handlers)));
                },
                patience} {
  // nop
}

inbox::receipt app::write(inbox::event x) {
  return value(box().write(std::move(x)));
}

std::vector<inbox::receipt> app::write(std::vector<inbox::event> xs) {
  return value(box().write(std::move(xs)));
}

inbox::delivery_info app::delivery(uint32_t n, const std::string& key) {
  for (auto& x : value(box().find(nth(n))).deliveries)
    if (x.handler_key == key)
      return x;
  CAF_FAIL("event " << n << " has no delivery for " << key);
}

void app::wait_until(uint32_t n, const std::string& key, inbox::status wanted) {
  inbox::event_record last;
  auto reached = eventually([&] {
    if (auto found = box().find(nth(n)))
      last = std::move(*found);
    return std::any_of(last.deliveries.begin(), last.deliveries.end(),
                       [&](const inbox::delivery_info& x) {
                         return x.handler_key == key && x.status == wanted;
                       });
  });
  if (!reached)
    CAF_FAIL("event " << n << " is not " << wanted << ": " << last);
}

void app::wait_until_ready(size_t handlers) {
  if (!eventually([&] { return stats().lanes.size() == handlers; }))
    CAF_FAIL("there are still " << stats().lanes.size() << " handlers");
}

void app::wait_until_finished() {
  auto finished = [this] {
    auto all = box().summary();
    if (!all)
      return false; // the store is away for a moment
    for (auto& x : all->routes)
      if (x.pending + x.in_progress + x.failed > 0)
        return false;
    return true;
  };
  if (!eventually(finished))
    CAF_FAIL("there is still work: " << value(box().summary()));
}

inbox::inbox_stats app::stats() {
  return value(box().stats());
}

inbox::inbox_stats app::final_stats() {
  auto is_idle = [](const inbox::lane_stats& x) {
    return x.queued + x.running + x.settling == 0;
  };
  auto all_idle = [&] {
    auto now = stats();
    return std::all_of(now.lanes.begin(), now.lanes.end(), is_idle);
  };
  if (!eventually(all_idle))
    CAF_FAIL("there is still something at work: " << stats());
  return stats(); // those that said they are idle had counted before
}

inbox::route_summary app::summary(const std::string& type,
                                  const std::string& key) {
  for (auto& x : value(box().summary()).routes)
    if (x.event_type == type && x.handler_key == key)
      return x;
  CAF_FAIL("nobody knows " << key << " of " << type);
}

inbox::drain_report app::drain() {
  drained_ = true;
  return value(box().drain());
}

} // namespace flow
