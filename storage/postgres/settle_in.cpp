#include "settle_in.hpp"

#include "done_together.hpp"
#include "ordering.hpp"
#include "settle_text.hpp"

#include "../progress.hpp"

#include "../../messages/error.hpp"

#include <optional>
#include <string>
#include <string_view>
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

std::vector<lease> leases_of(const std::vector<const settlement*>& xs) {
  std::vector<lease> result;
  for (auto* x : xs)
    result.push_back(x->lease);
  return result;
}

} // namespace

settling::settling(const std::vector<const settlement*>& xs)
  : leases{leases_of(xs)} {
  std::vector<bool> is_done;
  for (auto* x : xs) {
    is_done.push_back(x->verdict == verdict::done);
    lets_others_go = lets_others_go
                     || (x->lease.ordered && is_final(x->verdict));
  }
  auto others = leases.part(is_done);
  changes columns;
  done_together done;
  for (size_t n = 0; n < leases.order().size(); ++n) {
    auto& entry = *xs[leases.order()[n]];
    if (n < others)
      columns.push(entry);
    else
      done.push(entry.lease);
  }
  leases.add_to(args, others);
  args.add(std::move(columns.progress));
  args.add(std::move(columns.delay));
  args.add(std::move(columns.uncounted));
  args.add(std::move(columns.message));
  done.move_to(args);
}

caf::expected<rows> settle_in(transaction& tx, session& on, settling& what) {
  auto locked = tx.run(on.sql(hold_claims_text()), what.leases.tokens());
  if (!locked)
    return locked;
  auto answer = tx.run(on.sql(settle_text()), std::move(what.args));
  if (!answer)
    return answer;
  gone_deliveries gone;
  for (auto row = 0; row < answer->size(); ++row)
    if (auto key = answer->get_optional<std::string>(row, 3))
      gone.push(answer->get<int32_t>(row, 1), *key,
                answer->get<int64_t>(row, 2));
  if (!gone.empty())
    if (auto err = free_next(on, tx, gone.take()))
      return err;
  return answer;
}

caf::error look_up_ended(session& on, const std::vector<lease>& lost,
                         std::vector<lease>& ended_before) {
  if (lost.empty())
    return {};
  lease_batch asked{lost};
  params args;
  asked.add_to(args);
  auto answer = on.run(ended_text(), std::move(args), effect::none);
  if (!answer)
    return make_error(errc::outcome_unknown, "store", describe(answer.error()));
  ended_before = asked.all_named(*answer);
  return answer->check();
}

} // namespace inbox::postgres
