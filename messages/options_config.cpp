#include "option_list.hpp"

#include "error.hpp"

#include <caf/config_option_adder.hpp>

#include <string>
#include <type_traits>
#include <utility>

namespace inbox {

void add_options(caf::config_option_set& target) {
  caf::config_option_adder group{target, "inbox"};
  options defaults;
  for_each_option(defaults, [&group](const char* name, const auto& member,
                                     const char* description) {
    group.template add<std::decay_t<decltype(member)>>(name, description);
  });
}

caf::expected<options> read_options(const caf::settings& config,
                                    options defaults) {
  caf::error err;
  for_each_option(defaults, [&](const std::string& name, auto& member,
                                const char*) {
    auto* value = caf::get_if(&config, "inbox." + name);
    if (err || value == nullptr)
      return;
    auto read = caf::get_as<std::decay_t<decltype(member)>>(*value);
    if (read)
      member = std::move(*read);
    else
      err = make_error(errc::invalid, "inbox." + name,
                       "has the wrong type or is out of range");
  });
  if (err)
    return err;
  return defaults;
}

} // namespace inbox
