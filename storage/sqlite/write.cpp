#include "sqlite_store.hpp"

#include "event_writer.hpp"
#include "failure.hpp"
#include "transaction.hpp"

namespace inbox::sqlite {

caf::expected<written_events>
sqlite_store::write(const std::vector<event>& events) {
  if (events.empty())
    return written_events{};
  return guarded([&] {
    auto work = transaction::to_write(*db_);
    event_writer writer{*db_, sql_, now_()};
    written_events result;
    result.receipts.reserve(events.size());
    for (auto& x : events)
      result.receipts.push_back(writer.write(x));
    work.commit();
    return result;
  });
}

} // namespace inbox::sqlite
