#include "verbs.hpp"

#include "done_together.hpp"
#include "lease_batch.hpp"
#include "ordering.hpp"
#include "settle_text.hpp"

#include "../progress.hpp"

#include "../../messages/error.hpp"

#include <algorithm>
#include <utility>

namespace inbox::postgres {

namespace {

/// The columns that say what becomes of each delivery that is not done.
struct changes {
  column<int16_t> progress;
  column<timespan> delay;
  column<bool> uncounted;
  column<std::string_view> message;

  void push(const settlement& x) {
    using to = inbox::progress;
    switch (x.verdict) {
      case verdict::done:
        return; // has no columns
      case verdict::failed:
        return push(to::failed, x.delay, false, x.message);
      case verdict::dead:
        return push(to::dead, std::nullopt, false, x.message);
      case verdict::snoozed:
        return push(std::nullopt, x.delay, true, std::nullopt);
      case verdict::released:
        return push(std::nullopt, std::nullopt, true, std::nullopt);
    }
  }

  void push(std::optional<inbox::progress> to, std::optional<timespan> wait,
            bool give_back, std::optional<std::string_view> text) {
    if (to)
      progress.push(static_cast<int16_t>(*to));
    else
      progress.push_null();
    delay.push(wait);
    uncounted.push(give_back);
    message.push(text);
  }
};

/// Tells whether the next delivery of an ordering key may have to be freed.
bool lets_others_go(const settle_deliveries& x) {
  return std::any_of(x.settlements.begin(), x.settlements.end(),
                     [](auto& entry) {
                       return entry.lease.ordered && is_final(entry.verdict);
                     });
}

/// Runs a statement that ends or prolongs leases, as a transaction.
caf::expected<rows> run(session& on, const lease_batch& of, const char* text,
                        params args) {
  std::vector<step> steps;
  steps.push_back({&on.sql(hold_claims_text()), of.tokens()});
  steps.push_back({&on.sql(text), std::move(args)});
  return on.run(std::move(steps), effect::commits, on.start(),
                planning::by_index_and_hash);
}

/// Settles and frees what waits for the finished ones, in one transaction.
caf::expected<rows> settle_and_free(session& on, const lease_batch& of,
                                    params args) {
  auto tx = transaction::begin(on.conn(), on.start(),
                               planning::by_index_and_hash);
  if (!tx)
    return std::move(tx.error());
  if (auto locked = tx->run(on.sql(hold_claims_text()), of.tokens()); !locked)
    return locked;
  auto answer = tx->run(on.sql(settle_text()), std::move(args));
  if (!answer)
    return answer;
  gone_deliveries gone;
  for (auto row = 0; row < answer->size(); ++row)
    if (auto key = answer->get_optional<std::string>(row, 3))
      gone.push(answer->get<int32_t>(row, 1), *key,
                answer->get<int64_t>(row, 2));
  if (!gone.empty())
    if (auto err = free_next(on, *tx, gone.take()))
      return err;
  if (auto err = tx->commit())
    return err;
  return answer;
}

/// Fills in which of the lost leases were ended by an earlier call. If it
/// fails, what this call has changed stays changed.
caf::error look_up_ended(session& on, settled_deliveries& x) {
  if (x.lost.empty())
    return {};
  lease_batch asked{x.lost};
  params args;
  asked.add_to(args);
  auto answer = on.run(ended_text(), std::move(args), effect::none);
  if (!answer)
    return make_error(errc::outcome_unknown, "store", describe(answer.error()));
  x.ended_before = asked.all_named(*answer);
  return answer->check();
}

} // namespace

caf::expected<settled_deliveries> settle(session& on,
                                         const settle_deliveries& x) {
  settled_deliveries result;
  if (x.settlements.empty())
    return result;
  std::vector<lease> leases;
  std::vector<bool> is_done;
  for (auto& entry : x.settlements) {
    leases.push_back(entry.lease);
    is_done.push_back(entry.verdict == verdict::done);
  }
  lease_batch ended{std::move(leases)};
  auto others = ended.part(is_done);
  changes columns;
  done_together done;
  for (size_t n = 0; n < ended.order().size(); ++n) {
    auto& entry = x.settlements[ended.order()[n]];
    if (n < others)
      columns.push(entry);
    else
      done.push(entry.lease);
  }
  params args;
  ended.add_to(args, others);
  args.add(std::move(columns.progress));
  args.add(std::move(columns.delay));
  args.add(std::move(columns.uncounted));
  args.add(std::move(columns.message));
  done.move_to(args);
  auto answer = lets_others_go(x)
                  ? settle_and_free(on, ended, std::move(args))
                  : run(on, ended, settle_text(), std::move(args));
  if (!answer)
    return std::move(answer.error());
  result.lost = ended.lost(*answer);
  if (auto err = answer->check())
    return err;
  if (auto err = look_up_ended(on, result))
    return err;
  return result;
}

caf::expected<renewed_leases> renew(session& on, const renew_leases& x) {
  renewed_leases result;
  if (x.leases.empty())
    return result;
  lease_batch renewed{x.leases};
  params args;
  renewed.add_to(args);
  args.add(x.duration);
  auto answer = run(on, renewed, renew_text(), std::move(args));
  if (!answer)
    return std::move(answer.error());
  result.lost = renewed.all_named(*answer);
  if (auto err = answer->check())
    return err;
  return result;
}

} // namespace inbox::postgres
