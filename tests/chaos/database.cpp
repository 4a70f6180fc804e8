#include "database.hpp"

namespace chaos {

transition read_transition(const std::vector<std::string>& row) {
  transition result;
  result.event_id = row.at(0);
  result.handler_key = row.at(1);
  result.at = std::stoll(row.at(2));
  result.progress_before = std::stoi(row.at(3));
  result.progress_after = std::stoi(row.at(4));
  result.attempts_before = std::stoll(row.at(5));
  result.attempts_after = std::stoll(row.at(6));
  return result;
}

final_delivery read_final(const std::vector<std::string>& row) {
  final_delivery result;
  result.event_id = row.at(0);
  result.event_type = row.at(1);
  result.handler_key = row.at(2);
  result.seq = std::stoll(row.at(3));
  result.ordering_key = row.at(4);
  result.progress = std::stoi(row.at(5));
  return result;
}

} // namespace chaos
