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

// What is looked at no earlier than there, such as a deferred constraint.
constexpr auto at_commit = "at the commit: ";

constexpr auto check_deferred = "set constraints all immediate";

constexpr auto defer_again = "set constraints all deferred";

/// The effects of a batch, one after another, and whose each of them is.
class all_effects {
public:
  /// The batch outlives it.
  all_effects(const joint_batch& batch, deferred_check when) : batch_(batch) {
    for (size_t i = 0; i < batch.size(); ++i) {
      auto& effects = batch[i]->effects;
      for (auto& x : effects)
        add(i, &x, x.statement);
      if (when == deferred_check::by_commit || effects.empty())
        continue;
      add(i, nullptr, check_deferred);
      add(i, nullptr, defer_again);
    }
  }

  [[nodiscard]] std::vector<step> steps() const {
    std::vector<step> result;
    for (auto& x : entries_)
      result.push_back({&x.text, x.effect ? params_of(*x.effect) : params{}});
    return result;
  }

  /// Who is to blame if the step at place `k` is refused.
  void blame(joint_try& to, size_t k, const std::string& text) const {
    auto& x = entries_[k];
    to.culprit = x.owner;
    auto where = std::string{at_commit};
    if (x.effect) {
      auto n = x.effect - batch_[x.owner]->effects.data();
      where = "effects[" + std::to_string(n) + "]: ";
    }
    to.reason = where + text;
  }

  /// Finds the first one that changed another number of rows than it has to.
  void look_at(joint_try& to, const std::vector<rows>& answers) const {
    for (size_t k = 0; k < answers.size() && !to.reason; ++k)
      if (auto* effect = entries_[k].effect)
        if (auto text = wrong_rows(*effect, answers[k].changed()))
          blame(to, k, *text);
  }

private:
  struct entry {
    size_t owner;
    /// Null for what is not of the application.
    const sql_effect* effect;
    statement text;
  };

  void add(size_t owner, const sql_effect* effect, const std::string& text) {
    entries_.push_back({owner, effect, statement::verbatim(text)});
  }

  const joint_batch& batch_;
  std::vector<entry> entries_;
};

} // namespace

joint_settler::joint_settler(session& on, const joint_batch& batch,
                             deferred_check when)
  : on_(on),
    batch_(batch),
    when_(when) {
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
    if (blames_statement(on_.conn().refusal().state)) {
      result_.reason = std::string{at_commit} + on_.conn().refusal().text;
      result_.found_late = true;
    }
    return excuse(std::move(err));
  }
  result_.committed = true;
  return {};
}

caf::error joint_settler::run_effects(transaction& tx) {
  all_effects effects{batch_, when_};
  auto steps = effects.steps();
  if (steps.empty())
    return {};
  auto answers = tx.run_each(std::move(steps));
  if (!answers) {
    auto& refusal = on_.conn().refusal();
    if (blames_statement(refusal.state))
      effects.blame(result_, refusal.place, refusal.text);
    return excuse(std::move(answers.error()));
  }
  effects.look_at(result_, *answers);
  if (result_.reason)
    return make_error(errc::invalid, "effects", *result_.reason);
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
