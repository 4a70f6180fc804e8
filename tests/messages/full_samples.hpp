#pragma once

#include "../../messages/all.hpp"

#include <limits>
#include <string>
#include <vector>

// Values of which nothing is empty or usual.

namespace inbox::test {

using namespace std::chrono_literals;

inline uuid some_id(uint8_t seed) {
  uuid result{};
  for (auto& byte : result)
    byte = seed += 37;
  return result;
}

inline event full_event() {
  event result;
  result.id = some_id(1);
  result.type = "order \xF0\x9F\x93\xAC \"'";
  std::string bytes;
  for (int i = 0; i < 256; ++i)
    bytes += static_cast<char>(i);
  result.payload = payload{bytes};
  result.date = timestamp{std::chrono::microseconds{-9'000'000'000'000'001}};
  result.ordering_key = "key";
  result.headers = {{"a", "b"}, {"c", ""}};
  result.cause = some_id(9);
  return result;
}

inline delivery_info full_info() {
  delivery_info result;
  result.handler_key = "mail";
  result.status = status::in_progress;
  result.attempts = 3;
  result.due = timestamp{std::chrono::microseconds{9'000'000'000'000'001}};
  result.lease_owner = some_id(2);
  result.lease_until = timestamp{std::chrono::microseconds{5}};
  result.lease_token = std::numeric_limits<int64_t>::max();
  result.finished = timestamp{std::chrono::microseconds{-5}};
  result.message = "no paper";
  return result;
}

inline traced_event full_traced() {
  traced_event result;
  result.id = some_id(1);
  result.type = "order";
  result.cause = some_id(2);
  result.written = timestamp{std::chrono::microseconds{5}};
  result.pending = 1;
  result.in_progress = 2;
  result.failed = 3;
  result.done = 4;
  result.dead = std::numeric_limits<uint32_t>::max();
  return result;
}

inline std::vector<sql_effect> every_kind_of_parameter() {
  return {sql("select $1", nullptr, true, std::numeric_limits<int64_t>::min(),
              -0.1, "text \xC3\xA4", payload{std::string{"\0\xFF", 2}},
              timestamp{std::chrono::microseconds{-5}}, some_id(3),
              json_text{R"({"a":1})"}),
          sql_on_rows(std::numeric_limits<uint64_t>::max(), "")};
}

inline const lease some_lease{std::numeric_limits<event_seq>::max(),
                              std::numeric_limits<route_id>::max(), 3, true};

inline settlement full_settlement() {
  settlement result{some_lease, verdict::dead, 5s, "no paper"};
  result.effects = every_kind_of_parameter();
  result.events = {full_event()};
  result.was_sent = true;
  return result;
}

} // namespace inbox::test
