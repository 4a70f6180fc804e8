#include "verbs.hpp"

#include "settle_in.hpp"
#include "settle_text.hpp"

#include "../../messages/error.hpp"

#include <utility>

namespace inbox::postgres {

namespace {

/// Runs a statement that ends or prolongs leases, as a transaction.
caf::expected<rows> run(session& on, const lease_batch& of, const char* text,
                        params args) {
  std::vector<step> steps;
  steps.push_back({&on.sql(hold_claims_text()), of.tokens()});
  steps.push_back({&on.sql(text), std::move(args)});
  return on.run(std::move(steps), effect::commits, on.start(),
                planning::by_index_and_hash);
}

caf::expected<rows> settle_and_free(session& on, settling& what) {
  auto tx = transaction::begin(on.conn(), on.start(),
                               planning::by_index_and_hash);
  if (!tx)
    return std::move(tx.error());
  auto answer = settle_in(*tx, on, what);
  if (!answer)
    return answer;
  if (auto err = tx->commit())
    return err;
  return answer;
}

} // namespace

caf::expected<settled_deliveries> settle(session& on,
                                         const settle_deliveries& x) {
  settled_deliveries result;
  if (x.settlements.empty())
    return result;
  std::vector<const settlement*> ends;
  for (auto& entry : x.settlements)
    ends.push_back(&entry);
  settling what{ends};
  auto answer = what.lets_others_go
                  ? settle_and_free(on, what)
                  : run(on, what.leases, settle_text(), std::move(what.args));
  if (!answer)
    return std::move(answer.error());
  result.lost = what.leases.lost(*answer);
  if (auto err = answer->check())
    return err;
  if (auto err = look_up_ended(on, result.lost, result.ended_before))
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
