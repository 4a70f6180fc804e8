#include "claim_locks.hpp"

#include "statement.hpp"

#include <set>
#include <string>

namespace inbox::postgres {

namespace {

constexpr int32_t groups = 32;

int32_t class_of(const char* what, std::string_view prefix) {
  return static_cast<int32_t>(stable_hash(what + std::string{prefix}));
}

int32_t claims_of(std::string_view prefix) {
  return class_of("caf-inbox claim ", prefix);
}

// Two owners with one number take turns without need, and nothing else.
int32_t number_of(const uuid& owner) {
  return static_cast<int32_t>(stable_hash(
    {reinterpret_cast<const char*>(owner.data), sizeof owner.data}));
}

column<int32_t> column_of(const std::set<int32_t>& numbers) {
  column<int32_t> result;
  for (auto n : numbers)
    result.push(n);
  return result;
}

column<int32_t> groups_of(const std::vector<route_id>& routes) {
  std::set<int32_t> numbers;
  for (auto id : routes)
    numbers.insert(id % groups);
  return column_of(numbers);
}

} // namespace

// In the order of the array, so that no two wait for each other.
const char* const lock_claims_text = R"(
  select pg_advisory_xact_lock($1, n) from unnest($2::integer[]) as g(n))";

// First the owner's, so that whoever waits for its turn holds no routes up.
// Whoever is alone does not ask for that one: no two wait for each other.
const char* const share_claims_text = R"(
  select pg_advisory_xact_lock($3, $4), pg_advisory_xact_lock_shared($1, n)
  from unnest($2::integer[]) as g(n))";

params claim_locks(std::string_view prefix, const std::vector<route_id>& of) {
  return params::of(claims_of(prefix), groups_of(of));
}

params all_claim_locks(std::string_view prefix) {
  std::set<int32_t> numbers;
  for (int32_t n = 0; n < groups; ++n)
    numbers.insert(n);
  return params::of(claims_of(prefix), column_of(numbers));
}

params shared_claim_locks(std::string_view prefix,
                          const std::vector<route_id>& of, const uuid& owner) {
  return params::of(claims_of(prefix), groups_of(of),
                    class_of("caf-inbox claimer ", prefix), number_of(owner));
}

} // namespace inbox::postgres
