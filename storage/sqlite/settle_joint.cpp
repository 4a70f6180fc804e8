#include "sqlite_store.hpp"

#include "event_writer.hpp"
#include "failure.hpp"
#include "run_effect.hpp"
#include "transaction.hpp"
#include "try_jointly.hpp"

#include "../joint_batches.hpp"

#include <sqlite3.h>

#include <optional>
#include <string>
#include <vector>

namespace inbox::sqlite {

namespace {

std::optional<std::string> run_all(connection& db,
                                   const std::vector<sql_effect>& effects) {
  for (size_t i = 0; i < effects.size(); ++i)
    if (auto came = run_effect(db, effects[i]); came.refused)
      return "effects[" + std::to_string(i) + "]: " + *came.refused;
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
  auto work = transaction::to_write(*db_);
  auto result = settle_in_open(batch);
  if (!result.reason)
    commit_joint(work, result);
  return result;
}

joint_try sqlite_store::settle_in_open(const joint_batch& batch) {
  joint_try result;
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
  return result;
}

void sqlite_store::commit_joint(transaction& work, joint_try& result) {
  result.reason = commit(work, *db_);
  result.committed = !result.reason;
}

bool sqlite_store::was_ended(const lease& x) {
  return sql_.was_ended.run(x.seq, x.route, x.token).next();
}

caf::expected<settled_jointly>
sqlite_store::settle_joint(const settle_jointly& x) {
  joint_batch all;
  std::vector<const settlement*> sent;
  for (auto& entry : x.settlements)
    (entry.was_sent ? sent : all).push_back(&entry);
  auto result
    = settle_in_batches(all, [this](const joint_batch& batch, deferred_check) {
        return try_jointly([&] { return settle_together(batch); });
      });
  if (!result)
    return result;
  return guarded([&] {
    for (auto& held : result->lost)
      if (was_ended(held))
        result->ended_before.push_back(held);
    for (auto* entry : sent)
      if (was_ended(entry->lease)) {
        result->lost.push_back(entry->lease);
        result->ended_before.push_back(entry->lease);
      } else {
        result->refused.push_back({entry->lease, sent_in_vain});
      }
    return std::move(*result);
  });
}

} // namespace inbox::sqlite
