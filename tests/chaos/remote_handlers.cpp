#include "remote_handlers.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <iostream>
#include <stdexcept>

namespace chaos {

namespace {

using namespace std::chrono_literals;

constexpr uint32_t concurrency = 4;

inbox::inbox_actor connect(caf::actor_system& sys, const std::string& port) {
  inbox::remote_options config;
  config.request_timeout = 2s;
  config.reconnect = {100ms, 1s, 2};
  config.register_interval = 500ms;
  auto result = inbox::spawn_remote_inbox(
    sys, {"127.0.0.1", static_cast<uint16_t>(std::stoul(port))}, config);
  if (!result)
    throw std::runtime_error(inbox::describe(result.error()));
  return std::move(*result);
}

} // namespace

remote_handlers::remote_handlers(caf::actor_system& sys, workload& what,
                                 log_file& log, uint64_t seed,
                                 const std::vector<std::string>& ports) {
  for (auto& [type, keys] : what.all_routes())
    for (auto& key : keys)
      handlers_.push_back(
        {type, key,
         caf::actor_cast<caf::actor>(inbox::spawn_handler(
           sys, make_handler(what, log, ++seed), concurrency))});
  for (auto& port : ports)
    boxes_.emplace_back(sys, connect(sys, port), inbox::timespan{3s});
  for (auto& box : boxes_)
    threads_.emplace_back([this, &box] { register_all(box); });
}

remote_handlers::~remote_handlers() {
  ending_ = true;
  for (auto& x : threads_)
    x.join();
  for (auto& x : handlers_)
    caf::anon_send_exit(x.actor, caf::exit_reason::user_shutdown);
}

void remote_handlers::register_all(const inbox::client& box) const {
  // What has been taken once is registered again by itself.
  for (auto& x : handlers_)
    while (!ending_) {
      auto added
        = box.on({x.event_type, x.handler_key, x.actor, concurrency, true});
      if (added && *added)
        break;
      std::cerr << "register: "
                << (added ? "the key is taken" : inbox::describe(added.error()))
                << std::endl;
      std::this_thread::sleep_for(100ms);
    }
}

caf::error remote_handlers::drain() {
  ending_ = true;
  caf::error result;
  for (auto& box : boxes_)
    if (auto report = box.drain(); !report && !result)
      result = report.error();
  return result;
}

} // namespace chaos
