#pragma once

#include "history.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace chaos {

/// Handler keys that get the events of a type.
using routes = std::map<std::string, std::vector<std::string>>;

/// What is wrong with a history. All counts are of deliveries.
struct findings {
  size_t acknowledged = 0;
  /// Of an acknowledged event, and not there, or dead before its last attempt.
  size_t lost = 0;
  /// Changed after it was final, or ended by somebody whose lease was over: the
  /// attempt that the database ended was at work still, or has had another end.
  size_t settled_twice = 0;
  /// Not final at the end, although nothing stood in the way any more.
  size_t trapped = 0;
  /// Final before an earlier one of its handler key, ordering key and writer.
  size_t out_of_order = 0;
  /// From the death of a process to the next call for a delivery that it was
  /// at, in seconds, ascending.
  std::vector<double> handed_over;
  /// Some of the above in words.
  std::vector<std::string> examples;

  /// Tells whether something was acknowledged, and nothing is wrong.
  [[nodiscard]] bool good() const;

  /// Returns the smallest time within which 99 % were handed over; 0 if nothing
  /// had to be.
  [[nodiscard]] double handed_over_p99() const;
};

[[nodiscard]] findings check(const history& what, const routes& expected);

} // namespace chaos
