#include "../../messages/option_list.hpp"

#include "../../messages/error.hpp"

#include <caf/test/dsl.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

using namespace inbox;

namespace {

/// Splits `text` at every `separator`; leaves out the blanks around the parts.
std::vector<std::string> split(const std::string& text,
                               const std::string& separator) {
  std::vector<std::string> result;
  for (size_t begin = 0; begin <= text.size();) {
    auto end = std::min(text.find(separator, begin), text.size());
    auto first = text.find_first_not_of(' ', begin);
    auto last = text.find_last_not_of(' ', end - 1);
    result.push_back(first < end ? text.substr(first, last - first + 1) : "");
    begin = end + separator.size();
  }
  return result;
}

/// Turns "`store.url`" into "store-url", as a configuration has it.
std::string config_name(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '`'), text.end());
  std::replace(text.begin(), text.end(), '.', '-');
  std::replace(text.begin(), text.end(), '_', '-');
  return text;
}

/// Turns a default as it is written for people into one for a configuration.
std::string config_value(std::string text) {
  for (auto c : {'`', ','})
    text.erase(std::remove(text.begin(), text.end(), c), text.end());
  if (auto i = text.find(" MiB"); i != std::string::npos)
    return std::to_string(std::stoull(text.substr(0, i)) * 1024 * 1024);
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  return text;
}

/// Returns the defaults of docs/options.md by the name of the option. A row may
/// hold several: "`backoff.min`, `.max` | 5 s, 60 s".
std::map<std::string, std::string> documented() {
  std::ifstream file{INBOX_TEST_SOURCE_DIR "/../docs/options.md"};
  std::map<std::string, std::string> result;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("| `", 0) != 0)
      continue;
    auto cells = split(line, "|");
    auto names = split(cells.at(1), ", ");
    auto values = split(cells.at(2), ", ");
    auto group = config_name(names[0].substr(0, names[0].find('.')));
    for (size_t i = 0; i < names.size(); ++i) {
      auto name = config_name(names[i]);
      if (name.front() == '-')
        name.insert(0, group);
      // One value for all names of a row, or one for each.
      auto& value = values.size() == names.size() ? values[i] : values.at(0);
      if (!result.emplace(name, config_value(value)).second)
        CAF_ERROR("documented twice: " << name);
    }
  }
  return result;
}

} // namespace

CAF_TEST(the table of options has every option with its default) {
  auto table = documented();
  options defaults;
  auto read = [&](const std::string& name, const auto& member, const char*) {
    using value_type = std::decay_t<decltype(member)>;
    auto row = table.find(name);
    if (row == table.end()) {
      CAF_ERROR("not documented: " << name);
      return;
    }
    caf::config_value text{row->second};
    auto value = caf::get_as<value_type>(text);
    if (!value)
      CAF_ERROR("unreadable default of " << name << ": " << row->second);
    else if (*value != member)
      CAF_ERROR("wrong default of " << name << ": " << row->second);
    table.erase(row);
  };
  for_each_option(defaults, read);
  // The rest has no textual form.
  for (auto name : {"on-dead", "on-error", "observer", "logger"})
    CAF_CHECK_EQUAL(table.erase(name), 1u);
  for (auto& entry : table)
    CAF_ERROR("no such option: " << entry.first);
}
