#include "joint_settler.hpp"

#include "failure.hpp"
#include "settle_in.hpp"
#include "verbs.hpp"

#include "../wrong_rows.hpp"

#include "../../messages/error.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace inbox::postgres {

params params_of(const sql_effect& x) {
  params result;
  auto add = [&result](auto& content) {
    using type = std::decay_t<decltype(content)>;
    if constexpr (std::is_same_v<type, std::nullptr_t>)
      result.add_null();
    else if constexpr (std::is_same_v<type, std::string>)
      result.add(std::string_view{content});
    else if constexpr (std::is_same_v<type, payload>)
      result.add(bytes{content.view()});
    else if constexpr (std::is_same_v<type, json_text>)
      result.add(json{content.value});
    else
      result.add(content);
  };
  for (auto& value : x.parameters)
    std::visit(add, value.get());
  return result;
}

namespace {

constexpr auto lock_with_others = "select pg_advisory_xact_lock_shared($1)";

constexpr auto lock_alone = "select pg_advisory_xact_lock($1)";

// How long effects go on alone after a deadlock: where there was one there will
// be more, and the server takes a second to find each.
constexpr timespan time_alone = std::chrono::seconds{30};

/// The effects of a batch, one after another, and whose each of them is.
struct all_effects {
  explicit all_effects(const joint_batch& batch) {
    for (size_t i = 0; i < batch.size(); ++i)
      for (size_t n = 0; n < batch[i]->effects.size(); ++n)
        owners.push_back({i, n});
    statements.reserve(owners.size());
    for (auto& [i, n] : owners)
      statements.push_back(statement::verbatim(batch[i]->effects[n].statement));
  }

  std::vector<step> steps(const joint_batch& batch) const {
    std::vector<step> result;
    for (size_t k = 0; k < owners.size(); ++k) {
      auto [i, n] = owners[k];
      result.push_back({&statements[k], params_of(batch[i]->effects[n])});
    }
    return result;
  }

  /// Who is to blame if the effect at place `k` is refused.
  void blame(joint_try& to, size_t k, const std::string& text) const {
    to.culprit = owners[k].first;
    to.reason = "effects[" + std::to_string(owners[k].second) + "]: " + text;
  }

  std::vector<std::pair<size_t, size_t>> owners;
  std::vector<statement> statements;
};

} // namespace

joint_settler::joint_settler(session& on, const joint_batch& batch)
  : on_(on),
    batch_(batch) {
  // nop
}

caf::expected<joint_try> joint_settler::run() {
  auto tx = transaction::begin(on_.conn(), on_.start(), planning::free,
                               lock_for_effects());
  if (!tx)
    return std::move(tx.error());
  return run_in(*tx);
}

std::vector<step> joint_settler::lock_for_effects() {
  std::vector<step> result;
  auto has_effects = [](auto* x) { return !x->effects.empty(); };
  if (std::any_of(batch_.begin(), batch_.end(), has_effects)) {
    auto is_alone = clock::now() < on_.alone_until();
    result.push_back({&on_.sql(is_alone ? lock_alone : lock_with_others),
                      params::of(on_.effects_lock())});
  }
  return result;
}

caf::expected<joint_try> joint_settler::run_in(transaction& tx) {
  auto err = try_all(tx);
  if (!err || result_.reason)
    return std::move(result_);
  if (is_transient(err))
    return make_error(errc::outcome_unknown, "store", describe(err));
  return err;
}

caf::error joint_settler::try_all(transaction& tx) {
  if (auto err = run_effects(tx))
    return err;
  if (auto err = tx.take_in(planning::by_index_and_hash))
    return err;
  if (auto err = write_events())
    return excuse(std::move(err));
  settling what{batch_};
  auto answer = settle_in(tx, on_, what);
  if (!answer)
    return excuse(std::move(answer.error()));
  auto lost = what.leases.lost(*answer);
  if (auto err = answer->check())
    return err;
  if (!lost.empty())
    return note_lost(lost);
  if (auto err = tx.commit()) {
    // What is looked at no earlier than here, such as a deferred constraint.
    if (blames_statement(on_.conn().refusal().state))
      result_.reason = "at the commit: " + on_.conn().refusal().text;
    return excuse(std::move(err));
  }
  result_.committed = true;
  return {};
}

caf::error joint_settler::run_effects(transaction& tx) {
  all_effects effects{batch_};
  if (effects.owners.empty())
    return {};
  auto answers = tx.run_each(effects.steps(batch_));
  if (!answers) {
    auto& refusal = on_.conn().refusal();
    if (blames_statement(refusal.state))
      effects.blame(result_, refusal.place, refusal.text);
    return excuse(std::move(answers.error()));
  }
  for (size_t k = 0; k < answers->size(); ++k) {
    auto [i, n] = effects.owners[k];
    if (auto reason = wrong_rows(batch_[i]->effects[n],
                                 (*answers)[k].changed())) {
      effects.blame(result_, k, *reason);
      return make_error(errc::invalid, "effects", *result_.reason);
    }
  }
  return {};
}

caf::error joint_settler::write_events() {
  std::vector<event> events;
  for (auto* entry : batch_)
    events.insert(events.end(), entry->events.begin(), entry->events.end());
  if (events.empty())
    return {};
  auto written = write(on_, events);
  return written ? caf::error{} : std::move(written.error());
}

caf::error joint_settler::excuse(caf::error err) {
  auto& refusal = on_.conn().refusal();
  if (!blames_others(refusal.state))
    return err;
  result_.again = true;
  on_.alone_until() = after(time_alone);
  if (!result_.reason)
    result_.reason = refusal.text;
  return err;
}

caf::error joint_settler::note_lost(const std::vector<lease>& lost) {
  for (size_t i = 0; i < batch_.size(); ++i)
    if (std::find(lost.begin(), lost.end(), batch_[i]->lease) != lost.end())
      result_.lost.push_back(i);
  return {};
}

} // namespace inbox::postgres
