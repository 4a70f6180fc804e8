#include "function_runner.hpp"

#include "attempt_policy.hpp"
#include "guarded.hpp"
#include "joint_work.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace inbox {

namespace {

template <class F>
outcome call(F f) {
  try {
    return f();
  } catch (const std::exception& e) {
    return failed(std::string{"the handler threw: "} + e.what());
  } catch (...) {
    return failed("the handler threw something that is no std::exception");
  }
}

class transactional_runner {
public:
  transactional_runner(std::shared_ptr<const transactional_function> f,
                       transaction_settings config)
    : function_{std::move(f)},
      config_{std::move(config)} {
    // nop
  }

  function_result run(function_jobs::job& x, const commit_permit& may_commit) {
    delivery what{std::move(x.request)};
    transaction tx{[&] { return begin(what); }};
    auto result = call([&] { return (*function_)(what, tx); });
    if (tx.begun() == nullptr || !keeps_work(result.verdict))
      return {std::move(result)};
    if (what.canceled() || !may_commit(config_.patience))
      return {failed("canceled before its transaction could commit")};
    result = with_joint_work(std::move(result), what.event().id,
                             what.handler_key(), config_.payload_limit);
    if (!keeps_work(result.verdict))
      return {std::move(result)};
    return commit(tx, x.which, std::move(result));
  }

private:
  caf::expected<open_transaction_ptr> begin(const delivery& what) {
    if (store_) {
      // It may have been lost since the last attempt.
      auto result = store_->begin(patience(what));
      if (result || code_of(result.error()) == errc::invalid)
        return result;
      store_.reset();
    }
    auto opened = config_.open();
    if (!opened)
      return std::move(opened.error());
    store_ = std::move(*opened);
    auto result = store_->begin(patience(what));
    if (!result)
      store_.reset();
    return result;
  }

  /// How long the transaction may be idle from now on.
  [[nodiscard]] timespan patience(const delivery& what) const {
    auto left = what.deadline() - std::chrono::steady_clock::now();
    return std::max<timespan>(left, timespan{0}) + config_.patience;
  }

  function_result commit(transaction& tx, const lease& which, outcome result) {
    auto end = end_of(which, result);
    end.effects = std::move(result.effects);
    end.events = result.events; // who settles looks for what was emitted
    auto came = guarded([&] { return tx.begun()->settle(end); });
    tx.end();
    if (!came) {
      store_.reset();
      if (code_of(came.error()) == errc::outcome_unknown)
        return {std::move(result), own_commit{false, true}};
      return {failed("its transaction: " + describe(came.error()))};
    }
    if (came->committed)
      return {std::move(result), own_commit{true, false}};
    if (came->reason)
      return {failed("its transaction: " + *came->reason)};
    // Whoever settles finds the same.
    return {failed("its lease was lost")};
  }

  std::shared_ptr<const transactional_function> function_;
  transaction_settings config_;
  store_ptr store_;
};

} // namespace

function_runner make_runner(std::shared_ptr<const handler_function> f) {
  return [f = std::move(f)](function_jobs::job& x, const commit_permit&) {
    return function_result{
      call([&] { return (*f)(delivery{std::move(x.request)}); })};
  };
}

function_runner make_runner(std::shared_ptr<const transactional_function> f,
                            transaction_settings config) {
  auto runner = std::make_shared<transactional_runner>(std::move(f),
                                                       std::move(config));
  return [runner](function_jobs::job& x, const commit_permit& may_commit) {
    return runner->run(x, may_commit);
  };
}

} // namespace inbox
