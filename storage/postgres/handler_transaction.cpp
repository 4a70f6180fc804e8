#include "handler_transaction.hpp"

#include "clock.hpp"
#include "failure.hpp"
#include "joint_settler.hpp"
#include "transaction.hpp"

#include "../wrong_rows.hpp"

#include "../../messages/error.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace inbox::postgres {

namespace {

// What is set for a transaction is gone with it, so the last setting tells
// whether this is still the one that was begun. It is a name of our own, which
// the server takes for that of an extension.
constexpr auto settings_text = R"(
  select set_config('statement_timeout', $1, true),
         set_config('idle_in_transaction_session_timeout', $1, true),
         set_config('caf_inbox.transaction', 'open', true))";

constexpr auto look_text = R"(
  select coalesce(current_setting('caf_inbox.transaction', true), '') = 'open')";

joint_try undone(std::string reason) {
  joint_try result;
  result.reason = std::move(reason);
  return result;
}

class handler_transaction : public open_transaction {
public:
  handler_transaction(session& on, transaction tx, timespan patience)
    : on_(on),
      tx_(std::move(tx)),
      patience_(patience) {
    // nop
  }

  ~handler_transaction() override {
    // It is rolled back by our commands, which need the connection as it was.
    static_cast<void>(take_back());
    tx_.prolong(on_.start());
  }

  caf::expected<pg_conn*> postgres() override {
    if (lent_ != nullptr)
      return lent_;
    auto result = on_.conn().lend();
    if (result)
      lent_ = *result;
    return result;
  }

  caf::expected<uint64_t> run(const sql_effect& x) override {
    if (auto err = check({x}))
      return err;
    if (auto err = take_back())
      return err;
    auto text = statement::verbatim(x.statement);
    // The server ends it before.
    tx_.prolong(on_.start() + patience_);
    auto answer = tx_.run(text, params_of(x));
    if (!answer) {
      auto& refusal = on_.conn().refusal();
      return blames_statement(refusal.state) && !blames_others(refusal.state)
               ? make_error(errc::invalid, "statement", refusal.text)
               : std::move(answer.error());
    }
    if (auto reason = wrong_rows(x, answer->changed()))
      return make_error(errc::invalid, "statement", *reason);
    return answer->changed();
  }

  caf::expected<joint_try> settle(const settlement& x) override {
    if (auto err = take_back())
      return undone(describe(err));
    tx_.prolong(on_.start());
    auto is_ours = tx_.run(on_.sql(look_text), {});
    if (!is_ours) {
      // An earlier statement has failed, which the handler took no notice of.
      auto& refusal = on_.conn().refusal();
      if (refusal.state == "25P02")
        return undone("an earlier statement of the handler has failed");
      return std::move(is_ours.error());
    }
    if (!is_ours->get<bool>(0, 0))
      return undone("the handler has ended its transaction");
    joint_batch alone{&x};
    return joint_settler{on_, alone}.run_in(tx_);
  }

private:
  /// Takes the connection back, if the handler has it.
  caf::error take_back() {
    if (std::exchange(lent_, nullptr) == nullptr)
      return {};
    auto err = on_.conn().take_back();
    if (err)
      on_.conn().give_up();
    return err;
  }

  session& on_;
  transaction tx_;
  timespan patience_;
  PGconn* lent_ = nullptr;
};

} // namespace

caf::expected<open_transaction_ptr> begin(session& on, timespan patience) {
  // 0 would be no limit.
  auto limit = std::max<timespan>(patience, std::chrono::milliseconds{1});
  std::vector<step> settings;
  settings.push_back(
    {&on.sql(settings_text), params::of(milliseconds_text(limit))});
  auto tx = transaction::begin(on.conn(), on.start(), planning::free,
                               std::move(settings));
  if (!tx)
    return std::move(tx.error());
  return open_transaction_ptr{
    std::make_unique<handler_transaction>(on, std::move(*tx), patience)};
}

} // namespace inbox::postgres
