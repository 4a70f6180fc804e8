#include "transaction.hpp"

#include <iterator>
#include <utility>

namespace inbox::postgres {

namespace {

// Spelled out, since a database or a user can have another default.
const statement begin_statement{"begin isolation level read committed", ""};
const statement commit_statement{"commit", ""};
const statement rollback_statement{"rollback", ""};

} // namespace

caf::expected<transaction> transaction::begin(connection& on, deadline until,
                                              planning how,
                                              std::vector<step> first) {
  std::vector<step> steps{{&begin_statement, {}}, on.settings(how)};
  steps.insert(steps.end(), std::make_move_iterator(first.begin()),
               std::make_move_iterator(first.end()));
  auto begun = on.run_bare(std::move(steps), effect::none, until);
  if (!begun) {
    // The transaction may have begun and be broken by what came next.
    on.give_up();
    return std::move(begun.error());
  }
  return transaction{on, until};
}

transaction::transaction(transaction&& other) noexcept
  : on_(std::exchange(other.on_, nullptr)),
    until_(other.until_) {
  // nop
}

transaction::~transaction() {
  if (on_ == nullptr)
    return;
  on_->set_scope(transaction_scope::call);
  if (on_->lost())
    return;
  // A connection whose transaction cannot be ended is of no use.
  if (!on_->run_bare({{&rollback_statement, {}}}, effect::none, until_))
    on_->give_up();
}

caf::expected<rows> transaction::run(const statement& what, params args) {
  std::vector<step> steps;
  steps.push_back({&what, std::move(args)});
  auto results = on_->run_bare(std::move(steps), effect::none, until_);
  if (!results)
    return std::move(results.error());
  return std::move(results->front());
}

caf::expected<std::vector<rows>>
transaction::run_each(std::vector<step> steps) {
  auto results = on_->run_each(std::move(steps));
  until_ = on_->start();
  return results;
}

caf::error transaction::take_in(planning how) {
  auto done = on_->run_bare({on_->settings(how)}, effect::none, until_);
  if (!done)
    return std::move(done.error());
  on_->set_scope(transaction_scope::outer);
  return {};
}

caf::error transaction::commit() {
  // Whatever the server answers, the transaction has ended; without an answer
  // the connection has.
  auto* on = std::exchange(on_, nullptr);
  on->set_scope(transaction_scope::call);
  auto done = on->run_bare({{&commit_statement, {}}}, effect::commits, until_);
  return done ? caf::error{} : std::move(done.error());
}

} // namespace inbox::postgres
