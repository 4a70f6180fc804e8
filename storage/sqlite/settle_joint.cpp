#include "sqlite_store.hpp"

#include "event_writer.hpp"
#include "failure.hpp"
#include "run_effect.hpp"
#include "transaction.hpp"

#include "../joint_batches.hpp"

#include <sqlite3.h>

#include <optional>
#include <string>

namespace inbox::sqlite {

namespace {

std::optional<std::string> run_all(connection& db,
                                   const std::vector<sql_effect>& effects) {
  for (size_t i = 0; i < effects.size(); ++i)
    if (auto reason = run_effect(db, effects[i]))
      return "effects[" + std::to_string(i) + "]: " + *reason;
  return std::nullopt;
}

/// Commits, and returns why not if that is for a constraint which is looked at
/// no earlier.
std::optional<std::string> commit(transaction& work, const connection& db) {
  try {
    work.commit();
    return std::nullopt;
  } catch (const failure&) {
    auto* handle = db.handle();
    if ((sqlite3_extended_errcode(handle) & 0xFF) != SQLITE_CONSTRAINT)
      throw;
    return std::string{"at the commit: "} + sqlite3_errmsg(handle);
  }
}

} // namespace

joint_try sqlite_store::settle_together(const joint_batch& batch) {
  joint_try result;
  auto work = transaction::to_write(*db_);
  auto now = now_();
  event_writer writer{*db_, sql_, now};
  for (size_t i = 0; i < batch.size(); ++i) {
    auto& entry = *batch[i];
    if (!apply(entry, now)) {
      result.lost.push_back(i);
      continue;
    }
    if (entry.lease.ordered && is_final(entry.verdict))
      sql_.free_next.execute(entry.lease.route, entry.lease.seq);
    result.reason = run_all(*db_, entry.effects);
    if (result.reason) {
      result.culprit = i;
      return result;
    }
    for (auto& event : entry.events)
      writer.write(event);
  }
  result.reason = commit(work, *db_);
  result.committed = !result.reason;
  return result;
}

caf::expected<settled_jointly>
sqlite_store::settle_joint(const settle_jointly& x) {
  joint_batch all;
  for (auto& entry : x.settlements)
    all.push_back(&entry);
  auto result = settle_in_batches(
    all, [this](const joint_batch& batch) -> caf::expected<joint_try> {
      auto came = guarded([&] { return settle_together(batch); });
      if (came || code_of(came.error()) != errc::timeout)
        return came;
      // One of them took too long, or all of them together.
      joint_try undone;
      undone.reason = describe(came.error());
      return undone;
    });
  if (!result)
    return result;
  return guarded([&] {
    for (auto& held : result->lost)
      if (sql_.was_ended.run(held.seq, held.route, held.token).next())
        result->ended_before.push_back(held);
    return std::move(*result);
  });
}

} // namespace inbox::sqlite
