#include "redelivery.hpp"

#include "event_lines.hpp"

#include <chrono>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr size_t batch_size = 100;
constexpr int max_tries = 10;

/// Writes until it is acknowledged, as a sender of webhooks does.
caf::expected<std::vector<inbox::receipt>>
write_until_stored(const inbox::client& box,
                   const std::vector<inbox::event>& events) {
  for (int i = 1;; ++i) {
    auto receipts = box.write(events);
    if (receipts || !inbox::is_transient(receipts.error()) || i == max_tries)
      return receipts;
    std::cerr << "not acknowledged, will be sent again: "
              << inbox::describe(receipts.error()) << '\n';
    std::this_thread::sleep_for(std::chrono::milliseconds{100} * i);
  }
}

caf::error write_twice(const inbox::client& box,
                       const std::vector<inbox::event>& events,
                       delivery_report& report) {
  for (int round = 0; round < 2; ++round) {
    auto receipts = write_until_stored(box, events);
    if (!receipts)
      return receipts.error();
    for (auto& x : *receipts) {
      report.stored += x.result == inbox::write_result::stored;
      report.duplicates += x.result == inbox::write_result::duplicate;
      report.unrouted += x.result == inbox::write_result::unrouted;
    }
  }
  return {};
}

} // namespace

caf::expected<delivery_report> deliver_twice(std::istream& lines,
                                             const inbox::client& box) {
  delivery_report report;
  std::vector<inbox::event> batch;
  std::string line;
  for (uint64_t number = 1; std::getline(lines, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos)
      continue;
    auto event = parse_event_line(line);
    if (!event) {
      ++report.rejected;
      std::cerr << "line " << number
                << " is no event: " << inbox::describe(event.error()) << '\n';
      continue;
    }
    ++report.read;
    batch.push_back(std::move(*event));
    if (batch.size() < batch_size)
      continue;
    if (auto err = write_twice(box, batch, report))
      return err;
    batch.clear();
  }
  if (auto err = write_twice(box, batch, report))
    return err;
  return report;
}
