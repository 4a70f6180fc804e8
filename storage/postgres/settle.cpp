#include "verbs.hpp"

#include "done_together.hpp"
#include "ordering.hpp"
#include "settle_text.hpp"

#include "../progress.hpp"

#include "../../messages/error.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

namespace inbox::postgres {

namespace {

/// The leases of one call, in the order that the database gets them in, and
/// each lease once.
class batch {
public:
  explicit batch(std::vector<lease> leases) : leases_(std::move(leases)) {
    order_.resize(leases_.size());
    std::iota(order_.begin(), order_.end(), size_t{0});
    sort(
      order_.begin(), [this](auto i) -> auto& { return leases_[i]; });
    auto same = [this](auto i, auto j) { return leases_[i] == leases_[j]; };
    order_.erase(std::unique(order_.begin(), order_.end(), same), order_.end());
  }

  /// Puts those that are done behind all others, claim by claim. Returns how
  /// many others there are.
  template <class Predicate>
  size_t part(Predicate is_done) {
    auto middle = std::stable_partition(order_.begin(), order_.end(),
                                        std::not_fn(is_done));
    sort(middle, [this](auto i) {
      auto& x = leases_[i];
      return std::tuple{x.token, x.route, x.seq};
    });
    return static_cast<size_t>(middle - order_.begin());
  }

  /// Positions in the call, in the order of the database.
  [[nodiscard]] const std::vector<size_t>& order() const noexcept {
    return order_;
  }

  /// Adds the three columns that name the first leases.
  void add_to(params& args, size_t count) const {
    column<int64_t> seq;
    column<int32_t> route;
    column<int64_t> token;
    for (size_t n = 0; n < count; ++n) {
      auto& x = leases_[order_[n]];
      seq.push(x.seq);
      route.push(x.route);
      token.push(x.token);
    }
    args.add(std::move(seq));
    args.add(std::move(route));
    args.add(std::move(token));
  }

  /// Likewise, of all.
  void add_to(params& args) const {
    add_to(args, order_.size());
  }

  /// Returns the tokens, each once, in order.
  [[nodiscard]] params tokens() const {
    std::set<int64_t> found;
    for (auto& x : leases_)
      found.insert(x.token);
    column<int64_t> result;
    for (auto x : found)
      result.push(x);
    return params::of(std::move(result));
  }

  /// Returns the leases that the answer names, in the call's order. Of one that
  /// is named twice in the call, the second is lost as well.
  std::vector<lease> lost(rows& answer) const {
    std::vector<bool> held(leases_.size(), false);
    for (auto i : order_)
      held[i] = true;
    for (auto i : named(answer))
      held[i] = false;
    std::vector<lease> result;
    for (size_t i = 0; i < leases_.size(); ++i)
      if (!held[i])
        result.push_back(leases_[i]);
    return result;
  }

  /// Returns the leases that the answer names, however often the call does.
  std::vector<lease> all_named(rows& answer) const {
    std::set<lease> found;
    for (auto i : named(answer))
      found.insert(leases_[i]);
    std::vector<lease> result;
    for (auto& x : leases_)
      if (found.count(x) > 0)
        result.push_back(x);
    return result;
  }

private:
  /// Sorts what mostly comes in its order.
  template <class Rank>
  void sort(std::vector<size_t>::iterator begin, Rank rank) {
    auto is_before = [&rank](auto i, auto j) { return rank(i) < rank(j); };
    if (!std::is_sorted(begin, order_.end(), is_before))
      std::stable_sort(begin, order_.end(), is_before);
  }

  /// Returns the positions that an answer gives the numbers of.
  std::vector<size_t> named(rows& answer) const {
    std::vector<size_t> result;
    for (auto row = 0; row < answer.size(); ++row)
      if (auto n = answer.get_optional<int64_t>(row, 0))
        if (auto i = static_cast<size_t>(*n - 1); i < order_.size())
          result.push_back(order_[i]);
    return result;
  }

  std::vector<lease> leases_;
  std::vector<size_t> order_;
};

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
caf::expected<rows> run(session& on, const batch& of, const char* text,
                        params args) {
  std::vector<step> steps;
  steps.push_back({&on.sql(hold_claims_text()), of.tokens()});
  steps.push_back({&on.sql(text), std::move(args)});
  return on.run(std::move(steps), effect::commits, on.start(),
                planning::by_index_and_hash);
}

/// Settles and frees what waits for the finished ones, in one transaction.
caf::expected<rows> settle_and_free(session& on, const batch& of, params args) {
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
  batch asked{x.lost};
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
  for (auto& entry : x.settlements)
    leases.push_back(entry.lease);
  batch ended{std::move(leases)};
  auto others = ended.part(
    [&x](auto i) { return x.settlements[i].verdict == verdict::done; });
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
  batch renewed{x.leases};
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
