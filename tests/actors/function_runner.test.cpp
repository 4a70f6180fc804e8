#include "../../actors/function_runner.hpp"

#include "../support/faulty_store.hpp"
#include "../support/samples.hpp"

#include "../../messages/emitted_id.hpp"

#include <caf/test/dsl.hpp>

#include <memory>
#include <stdexcept>

// Functions that end their attempts in a transaction of their own.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

/// What became of the transactions that the store has begun.
struct journal {
  std::vector<settlement> settled;
  size_t open = 0;
  /// What comes of an attempt to commit.
  std::function<caf::expected<joint_try>()> answer = [] {
    joint_try result;
    result.committed = true;
    return result;
  };
};

class scripted_transaction : public open_transaction {
public:
  explicit scripted_transaction(std::shared_ptr<journal> log)
    : log_{std::move(log)} {
    ++log_->open;
  }

  ~scripted_transaction() override {
    --log_->open;
  }

  caf::expected<uint64_t> run(const sql_effect&) override {
    return uint64_t{1};
  }

  caf::expected<joint_try> settle(const settlement& x) override {
    log_->settled.push_back(x);
    return log_->answer();
  }

private:
  std::shared_ptr<journal> log_;
};

class fixture {
public:
  store_faults faults;
  std::shared_ptr<journal> log = std::make_shared<journal>();
  cancellation canceled;
  bool may_commit = true;
  timespan patience{};

  fixture() {
    faults.begin_with([log = log]() -> open_transaction_ptr {
      return std::make_unique<scripted_transaction>(log);
    });
  }

  template <class F>
  function_runner runner(F f) {
    auto open = faults.wrap([] {
      store_options options;
      options.url = "memory:runner";
      return open_store(options);
    });
    auto shared = std::make_shared<const transactional_function>(
      with_outcome<const delivery&, transaction&>(std::move(f)));
    return make_runner(shared, {open, 1000, 5s});
  }

  function_result run(const function_runner& what) {
    function_jobs::job x;
    x.which = nth_lease(1);
    x.request.event = nth_event(1);
    x.request.handler_key = "mail";
    x.request.timeout = 10s;
    x.request.cancellation = canceled;
    auto result = what(x, [this](timespan how_long) {
      patience = how_long;
      return may_commit;
    });
    CAF_CHECK_EQUAL(log->open, 0u);
    return result;
  }

  /// Runs a function that uses its transaction and answers this.
  function_result run_to(const outcome& answer) {
    return run(runner([answer](const delivery&, transaction& tx) {
      CAF_CHECK(tx.run("select 1"));
      return answer;
    }));
  }

  static std::string text(const function_result& x) {
    auto how = x.commit.happened ? " committed" : "";
    return to_string(x.answer.verdict) + how
           + (x.commit.in_doubt ? " in doubt" : "");
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(function_runner_tests, fixture)

CAF_TEST(what keeps the work commits it) {
  CAF_CHECK_EQUAL(text(run_to(done())), "done committed");
  CAF_CHECK_EQUAL(text(run_to(dead("no such account"))), "dead committed");
  CAF_CHECK_EQUAL(text(run_to(snoozed(3s))), "snoozed committed");
  CAF_REQUIRE_EQUAL(log->settled.size(), 3u);
  CAF_CHECK(log->settled[0].lease == nth_lease(1));
  CAF_CHECK_EQUAL(log->settled[1].message, "no such account");
  CAF_CHECK_EQUAL(log->settled[2].delay, timespan{3s});
  CAF_CHECK_EQUAL(patience, timespan{5s});
}

CAF_TEST(a failure undoes the work) {
  CAF_CHECK_EQUAL(text(run_to(failed("no paper"))), "failed");
  auto thrown = run(runner([](const delivery&, transaction& tx) {
    CAF_CHECK(tx.run("select 1"));
    throw std::runtime_error("out of ink");
  }));
  CAF_CHECK_EQUAL(text(thrown), "failed");
  CAF_CHECK_EQUAL(thrown.answer.message, "the handler threw: out of ink");
  CAF_CHECK(log->settled.empty());
}

CAF_TEST(without a statement there is no transaction) {
  auto result = run(runner(
    [](const delivery&, transaction&) { return done({sql("select 1")}); }));
  CAF_CHECK_EQUAL(text(result), "done");
  CAF_CHECK_EQUAL(result.answer.effects.size(), 1u); // others settle it
  CAF_CHECK_EQUAL(faults.opened(), 0u);
}

CAF_TEST(effects and events commit as well) {
  event unnamed;
  unnamed.type = "bill";
  auto result = run_to(done({sql("select 2")}, {unnamed}));
  CAF_CHECK_EQUAL(text(result), "done committed");
  CAF_REQUIRE_EQUAL(log->settled.size(), 1u);
  CAF_CHECK_EQUAL(log->settled[0].effects.at(0).statement, "select 2");
  CAF_CHECK(log->settled[0].events.at(0).id
            == emitted_id(nth_id(1), "mail", 0));
}

CAF_TEST(bad effects fail the attempt) {
  auto result = run_to(done({sql("commit")}));
  CAF_CHECK_EQUAL(text(result), "failed");
  CAF_CHECK(log->settled.empty());
}

CAF_TEST(what cannot commit has failed) {
  log->answer = [] {
    joint_try result;
    result.reason = "no such table";
    return result;
  };
  auto result = run_to(done());
  CAF_CHECK_EQUAL(text(result), "failed");
  CAF_CHECK_EQUAL(result.answer.message, "its transaction: no such table");
}

CAF_TEST(a lost lease is no success) {
  log->answer = [] {
    joint_try result;
    result.lost = {0};
    return result;
  };
  CAF_CHECK_EQUAL(text(run_to(done())), "failed");
}

CAF_TEST(a lost answer leaves a doubt) {
  log->answer = []() -> caf::expected<joint_try> {
    return make_error(errc::outcome_unknown, "store", "hung up");
  };
  CAF_CHECK_EQUAL(text(run_to(done())), "done in doubt");
  log->answer = []() -> caf::expected<joint_try> {
    return make_error(errc::storage_failed, "store", "disk full");
  };
  CAF_CHECK_EQUAL(text(run_to(done())), "failed");
}

CAF_TEST(what nobody waits for does not commit) {
  canceled.request();
  CAF_CHECK_EQUAL(text(run_to(done())), "failed");
  canceled = cancellation{};
  may_commit = false;
  CAF_CHECK_EQUAL(text(run_to(done())), "failed");
  CAF_CHECK(log->settled.empty());
}

CAF_TEST(a connection is kept and made anew once it is lost) {
  auto worker = runner([](const delivery&, transaction& tx) -> caf::error {
    auto ran = tx.run("select 1");
    return ran ? caf::error{} : std::move(ran.error());
  });
  CAF_CHECK_EQUAL(text(run(worker)), "done committed");
  CAF_CHECK_EQUAL(text(run(worker)), "done committed");
  CAF_CHECK_EQUAL(faults.opened(), 1u);
  auto away = make_error(errc::connection_lost, "store", "hung up");
  faults.fail_next("begin", away);
  CAF_CHECK_EQUAL(text(run(worker)), "done committed");
  CAF_CHECK_EQUAL(faults.opened(), 2u);
  faults.fail_next("begin", away, 2);
  auto result = run(worker);
  CAF_CHECK_EQUAL(result.answer.message, describe(away));
  CAF_CHECK_EQUAL(faults.open_now(), 0u);
  faults.fail_open(away);
  CAF_CHECK_EQUAL(text(run(worker)), "failed");
  CAF_CHECK_EQUAL(text(run(worker)), "done committed");
}

CAF_TEST_FIXTURE_SCOPE_END()
