#include "rows_parts.hpp"

#include "../support/postgres_answer.hpp"

#include "../../messages/error.hpp"
#include "../../storage/postgres/params.hpp"
#include "../../storage/postgres/read_delivery.hpp"
#include "../../storage/postgres/read_event.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace inbox::fuzz {

namespace {

using postgres::rows;

/// As many as the widest statement answers.
constexpr int columns = 17;

/// One value of an answer, or NULL.
using value = std::optional<std::string_view>;

/// Reads a length and as many bytes; the longest length stands for NULL.
value next_value(source& in) {
  auto size = in.byte();
  if (size == 255)
    return std::nullopt;
  return in.bytes(size);
}

rows answer_of(const std::vector<value>& values) {
  return test::answer_of(columns, values);
}

/// Reads a value from memory of its exact size, so that a sanitizer sees its
/// end, and compares with what PostgreSQL says about its form.
template <class T>
void check_as(const value& x, size_t size) {
  auto from = answer_of(std::vector<value>(columns, x));
  T result{};
  if (x) {
    std::unique_ptr<char[]> bytes{new char[x->size()]};
    std::copy(x->begin(), x->end(), bytes.get());
    auto fits = postgres::get(std::string_view{bytes.get(), x->size()}, result);
    require(fits == (x->size() == size || size == 0),
            "a value has the size of its type");
    auto read = from.get<T>(0, 0);
    require(!fits || read == result, "a row reads the same");
    require(fits == !from.check(), "a wrong size is remembered");
  } else {
    require(!from.get_optional<T>(0, 0) && !from.check(),
            "NULL may be allowed");
    require(from.get<T>(0, 0) == T{}, "NULL is read as empty");
    require(code_of(from.check()) == errc::schema_mismatch,
            "NULL is remembered where it is not allowed");
  }
}

void check_json(std::string_view x) {
  std::unique_ptr<char[]> bytes{new char[x.size()]};
  std::copy(x.begin(), x.end(), bytes.get());
  postgres::json result{};
  auto fits = postgres::get(std::string_view{bytes.get(), x.size()}, result);
  require(fits == (!x.empty() && x.front() == '\1'),
          "JSON has the version of its form in front");
  require(!fits || result.value == x.substr(1), "the version is not its text");
}

void check_array(std::string_view x) {
  std::unique_ptr<char[]> bytes{new char[x.size()]};
  std::copy(x.begin(), x.end(), bytes.get());
  std::vector<int64_t> result;
  if (!postgres::get(std::string_view{bytes.get(), x.size()}, result))
    return;
  if (result.empty()) {
    require(x.size() == 12 || x.size() == 20, "an empty array has no elements");
    return;
  }
  postgres::column<int64_t> copy;
  for (auto number : result)
    copy.push(number);
  auto written = copy.finish();
  constexpr size_t index = 16; // of the first one: may be any
  written.replace(index, 4, x.substr(index, 4));
  require(written == x, "an array has the form that it is written in");
}

template <class T>
void check_put(const value& x) {
  T result{};
  if (!x || !postgres::get(*x, result))
    return;
  std::string bytes;
  postgres::put(bytes, result);
  T copy{};
  require(postgres::get(bytes, copy) && copy == result,
          "what was read can be written");
}

} // namespace

void check_postgres_rows(source in) {
  std::vector<value> values;
  while (!in.empty() && values.size() < 3 * columns)
    values.push_back(next_value(in));
  auto x = values.empty() ? value{} : values.front();
  check_as<bool>(x, 1);
  check_as<int16_t>(x, 2);
  check_as<int32_t>(x, 4);
  check_as<int64_t>(x, 8);
  check_as<uuid>(x, uuid::static_size());
  check_as<timestamp>(x, 8);
  check_as<std::string>(x, 0);
  check_json(x.value_or(""));
  check_array(x.value_or(""));
  check_put<int64_t>(x);
  check_put<timestamp>(x);
  check_put<uuid>(x);
  values.resize((values.size() + columns - 1) / columns * columns);
  for (auto claims : {false, true}) {
    auto from = answer_of(values);
    payload_blocks payloads;
    std::vector<event> events;
    std::vector<delivery_info> deliveries;
    for (auto row = 0; row < from.size(); ++row) {
      if (claims) {
        postgres::route_types types;
        std::vector<postgres::taken_delivery> batch;
        postgres::read_taken(from, row, types, batch);
        require(batch.size() <= 255 / 12, "a lease names what was answered");
        for (auto& taken : batch)
          require(taken.type == &types.at(taken.lease.route),
                  "a route has one type");
      } else {
        events.push_back(postgres::read_event(from, row, 0, payloads));
        require(events.back().payload.view() == from.raw(row, 2),
                "a payload is what was answered");
        deliveries.push_back(postgres::read_delivery(from, row));
      }
    }
    if (from.check())
      continue;
    for (auto& event : events)
      check_read(event);
    for (auto& delivery : deliveries)
      check_read(delivery);
  }
}

} // namespace inbox::fuzz
