#include "claim_locks.hpp"

#include "statement.hpp"

#include <set>
#include <string>

namespace inbox::postgres {

namespace {

constexpr int32_t groups = 32;

params arguments(std::string_view prefix, const std::set<int32_t>& numbers) {
  auto key = stable_hash("caf-inbox claim " + std::string{prefix});
  column<int32_t> result;
  for (auto n : numbers)
    result.push(n);
  return params::of(static_cast<int32_t>(key), std::move(result));
}

} // namespace

// In the order of the array, so that no two wait for each other.
const char* const lock_claims_text = R"(
  select pg_advisory_xact_lock($1, n) from unnest($2::integer[]) as g(n))";

params claim_locks(std::string_view prefix, const std::vector<route_id>& of) {
  std::set<int32_t> numbers;
  for (auto id : of)
    numbers.insert(id % groups);
  return arguments(prefix, numbers);
}

params all_claim_locks(std::string_view prefix) {
  std::set<int32_t> numbers;
  for (int32_t n = 0; n < groups; ++n)
    numbers.insert(n);
  return arguments(prefix, numbers);
}

} // namespace inbox::postgres
