#include "registry.hpp"

#include "../messages/error.hpp"

#include <algorithm>

namespace inbox {

caf::error registry::on_actor(std::string event_type, std::string handler_key,
                              caf::actor handler, handler_options options) {
  if (!handler)
    return make_error(errc::invalid, "handler", "must not be a null actor");
  return add({std::move(event_type),
              std::move(handler_key),
              {},
              std::move(handler),
              options});
}

std::map<std::string, std::vector<std::string>> registry::handlers() const {
  std::map<std::string, std::vector<std::string>> result;
  for (auto& x : entries_)
    result[x.event_type].push_back(x.handler_key);
  return result;
}

caf::error registry::add(entry x) {
  if (auto err = check_handler(x.event_type, x.handler_key,
                               x.options.concurrency))
    return err;
  auto same = [&x](const entry& y) {
    return x.event_type == y.event_type && x.handler_key == y.handler_key;
  };
  if (std::any_of(entries_.begin(), entries_.end(), same))
    return make_error(errc::invalid, "handler_key",
                      "has a handler for this event type already");
  entries_.push_back(std::move(x));
  return {};
}

caf::error check_handler(const std::string& event_type,
                         const std::string& handler_key, uint32_t concurrency) {
  if (auto err = check_name("event_type", event_type))
    return err;
  if (auto err = check_name("handler_key", handler_key))
    return err;
  if (concurrency < 1 || concurrency > 1000)
    return make_error(errc::invalid, "concurrency", "must be from 1 to 1000");
  return {};
}

} // namespace inbox
