#include "sql_value.hpp"

#include <algorithm>

namespace inbox {

namespace {

template <class... Fs>
struct overloaded : Fs... {
  using Fs::operator()...;
};

template <class... Fs>
overloaded(Fs...) -> overloaded<Fs...>;

} // namespace

sql_value::parts sql_value::take_apart() const {
  parts result;
  result.type = static_cast<uint8_t>(content_.index());
  std::visit(overloaded{
               [](std::nullptr_t) {},
               [&](bool x) { result.number = x ? 1 : 0; },
               [&](int64_t x) { result.number = x; },
               [&](double x) { result.real = x; },
               [&](const std::string& x) { result.bytes = x; },
               [&](const payload& x) { result.bytes = x.view(); },
               [&](timestamp x) {
                 result.number = x.time_since_epoch().count();
               },
               [&](const uuid& x) { result.bytes.assign(x.begin(), x.end()); },
               [&](const json_text& x) { result.bytes = x.value; },
             },
             content_);
  return result;
}

bool sql_value::put_together(parts x) {
  switch (x.type) {
    case 0:
      content_ = nullptr;
      return true;
    case 1:
      content_ = x.number != 0;
      return true;
    case 2:
      content_ = x.number;
      return true;
    case 3:
      content_ = x.real;
      return true;
    case 4:
      content_ = std::move(x.bytes);
      return true;
    case 5:
      content_ = payload{std::move(x.bytes)};
      return true;
    case 6:
      content_ = timestamp{timestamp::duration{x.number}};
      return true;
    case 7: {
      uuid id{};
      if (x.bytes.size() != uuid::static_size())
        return false;
      std::copy(x.bytes.begin(), x.bytes.end(), id.begin());
      content_ = id;
      return true;
    }
    case 8:
      content_ = json_text{std::move(x.bytes)};
      return true;
    default:
      return false;
  }
}

size_t bytes_of(const sql_value& x) {
  auto& content = x.get();
  if (auto* text = std::get_if<std::string>(&content))
    return text->size();
  if (auto* bytes = std::get_if<payload>(&content))
    return bytes->size();
  if (auto* json = std::get_if<json_text>(&content))
    return json->value.size();
  return sizeof(uuid);
}

} // namespace inbox
