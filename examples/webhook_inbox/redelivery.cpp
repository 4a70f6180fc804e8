#include "redelivery.hpp"

#include "event_lines.hpp"
#include "terminal.hpp"

#include <chrono>
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
    say("not acknowledged, will be sent again: "
        + inbox::describe(receipts.error()));
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

void skip_byte_order_mark(std::string& line) {
  if (line.rfind("\xEF\xBB\xBF", 0) == 0)
    line.erase(0, 3);
}

} // namespace

caf::expected<delivery_report> deliver_twice(std::istream& lines,
                                             const inbox::client& box) {
  delivery_report report;
  std::vector<inbox::event> batch;
  std::string line;
  for (uint64_t number = 1; std::getline(lines, line); ++number) {
    if (number == 1)
      skip_byte_order_mark(line);
    if (line.find_first_not_of(" \t\r") == std::string::npos)
      continue;
    auto event = parse_event_line(line);
    if (!event) {
      ++report.rejected;
      say("line " + std::to_string(number)
          + " is no event: " + inbox::describe(event.error()));
      continue;
    }
    ++report.read;
    batch.push_back(std::move(*event));
    if (batch.size() < batch_size)
      continue;
    if (auto err = write_twice(box, batch, report))
      return err;
    batch.clear();
    show_progress("read " + std::to_string(report.read) + " events, line "
                  + std::to_string(number));
  }
  if (lines.bad())
    return inbox::make_error(inbox::errc::invalid, "events",
                             "cannot be read to the end");
  if (auto err = write_twice(box, batch, report))
    return err;
  return report;
}
