#include "option_list.hpp"

#include "error.hpp"

#include <caf/config_option.hpp>
#include <caf/config_option_set.hpp>
#include <caf/config_value.hpp>
#include <caf/make_config_option.hpp>

#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace inbox {

namespace {

template <class T>
bool read(const caf::config_value& x, T& result) {
  // CAF would make a text of anything.
  if constexpr (std::is_same_v<T, std::string>)
    if (caf::get_if<std::string>(&x) == nullptr)
      return false;
  auto converted = caf::get_as<T>(x);
  if (converted)
    result = std::move(*converted);
  return bool{converted};
}

/// Converts `x`, or leaves it as it is. CAF forgets a value in a file that does
/// not fit the type of its option, as if nobody had set it; this way it is
/// there for `read_options`, which names it.
template <class T>
caf::error keep(void*, caf::config_value& x) {
  T converted{};
  if (!read(x, converted))
    return {};
  return x.assign(converted);
}

/// CAF asks for this only where an option has a variable of its own.
caf::config_value get_nothing(const void*) {
  return {};
}

template <class T>
const caf::config_option::meta_state* how_to_read() {
  static const caf::config_option::meta_state result{
    keep<T>, get_nothing, caf::config_value::mapped_type_name<T>()};
  return &result;
}

caf::error invalid(const std::string& name, std::string text) {
  return make_error(errc::invalid, name, std::move(text));
}

} // namespace

void add_options(caf::config_option_set& target) {
  options defaults;
  // CAF 0.18 takes no `const char*` where the compiler is not GCC.
  for_each_option(defaults, [&target](std::string_view name, const auto& member,
                                      std::string_view description) {
    using type = std::decay_t<decltype(member)>;
    target.add(
      {std::string_view{"inbox"}, name, description, how_to_read<type>()});
  });
}

caf::expected<options> read_options(const caf::settings& config,
                                    options defaults) {
  auto group = config.find("inbox");
  if (group == config.end())
    return defaults;
  auto* values = caf::get_if<caf::settings>(&group->second);
  if (values == nullptr)
    return invalid("inbox", "must be a group of options");
  caf::error err;
  std::set<std::string> known;
  for_each_option(defaults, [&](const std::string& name, auto& member,
                                const char*) {
    known.insert(name);
    auto i = values->find(name);
    if (!err && i != values->end() && !read(i->second, member))
      err = invalid("inbox." + name, "has the wrong type or is out of range");
  });
  for (auto& entry : *values)
    if (!err && known.count(std::string{entry.first}) == 0)
      err = invalid("inbox." + std::string{entry.first}, "is no option");
  if (err)
    return err;
  return defaults;
}

} // namespace inbox
