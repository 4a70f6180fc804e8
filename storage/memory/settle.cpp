#include "memory_store.hpp"

#include "../fence.hpp"
#include "../joint_batches.hpp"
#include "../micros.hpp"

namespace inbox::memory {

namespace {

void apply(delivery_row& row, const settlement& x, timestamp now) {
  row.lease_owner.reset();
  switch (x.verdict) {
    case verdict::done:
      row.progress = progress::done;
      row.finished = now;
      break;
    case verdict::failed:
      row.progress = progress::failed;
      row.due = now + micros(x.delay);
      row.message = x.message;
      break;
    case verdict::dead:
      row.progress = progress::dead;
      row.finished = now;
      row.message = x.message;
      break;
    case verdict::snoozed:
      row.due = now + micros(x.delay);
      --row.attempts;
      break;
    case verdict::released:
      --row.attempts;
      break;
  }
}

} // namespace

delivery_row* memory_store::find_leased(const lease& x) {
  auto* row = data_->find_delivery(x.seq, x.route);
  if (row == nullptr
      || (fenced && (row->lease_token != x.token || !row->lease_owner)))
    return nullptr;
  return row;
}

bool memory_store::was_ended(const lease& x) {
  auto* row = data_->find_delivery(x.seq, x.route);
  return row != nullptr && x.token > 0 && row->lease_token == x.token
         && !row->lease_owner;
}

template <class Result>
bool memory_store::settle(const settlement& x, timestamp now, Result& result) {
  auto* row = find_leased(x.lease);
  if (row == nullptr) {
    result.lost.push_back(x.lease);
    if (was_ended(x.lease))
      result.ended_before.push_back(x.lease);
    return false;
  }
  data_->unindex(*row);
  apply(*row, x, now);
  data_->index(*row);
  return true;
}

caf::expected<settled_deliveries>
memory_store::settle(const settle_deliveries& x) {
  std::lock_guard guard{data_->mutex};
  auto now = now_();
  settled_deliveries result;
  for (auto& entry : x.settlements)
    settle(entry, now, result);
  return result;
}

caf::expected<settled_jointly>
memory_store::settle_joint(const settle_jointly& x) {
  std::lock_guard guard{data_->mutex};
  auto now = now_();
  settled_jointly result;
  for (auto& entry : x.settlements) {
    if (entry.was_sent && !was_ended(entry.lease)) {
      result.refused.push_back({entry.lease, sent_in_vain});
      continue;
    }
    if (!entry.effects.empty() && find_leased(entry.lease) != nullptr) {
      result.refused.push_back(
        {entry.lease, "effects[0]: a store in memory runs no statements"});
      continue;
    }
    if (settle(entry, now, result))
      for (auto& event : entry.events)
        write(event, now);
  }
  return result;
}

caf::expected<renewed_leases> memory_store::renew(const renew_leases& x) {
  std::lock_guard guard{data_->mutex};
  auto now = now_();
  renewed_leases result;
  for (auto& entry : x.leases) {
    auto* row = find_leased(entry);
    if (row == nullptr) {
      result.lost.push_back(entry);
      continue;
    }
    data_->unindex(*row);
    row->lease_until = now + micros(x.duration);
    data_->index(*row);
  }
  return result;
}

} // namespace inbox::memory
