#include "bank.hpp"
#include "own_connection.hpp"
#include "workload.hpp"

#include "../support/sqlite_client.hpp"

#include <boost/uuid/uuid_io.hpp>

#include <chrono>
#include <random>

namespace chaos {

namespace {

/// More than there is.
constexpr int64_t impossible_amount = 2 * accounts * opening_balance;

/// Accounts between which many transfers go to and fro.
constexpr int64_t few_accounts = 2;

class transfer_source {
public:
  transfer_source(int process, uint64_t seed)
    : process_{process},
      random_{seed} {
    // nop
  }

  std::vector<inbox::event> operator()() {
    std::vector<inbox::event> result(1 + random_() % 4);
    for (auto& x : result) {
      x.id = make_id(process_, ++count_);
      x.type = "transfer";
      auto what = make_transfer();
      x.payload = inbox::payload{to_payload(what)};
      // Whoever takes such a one over from a paused process is at it still when
      // that wakes up.
      if (random_() % 40 == 0)
        x.headers[duration_header] = std::to_string(600 + random_() % 700);
      // Not those of the few: what they cannot pay would keep all the rest of
      // the key waiting for its last attempt, one after another.
      if (random_() % 10 == 0 && what.from > few_accounts)
        x.ordering_key = "account " + std::to_string(what.from);
    }
    return result;
  }

private:
  /// Many go to and fro between the same two, which each locks in this order:
  /// those of several processes lock each other out.
  transfer make_transfer() {
    transfer result;
    auto few = static_cast<uint64_t>(random_() % 3 == 0 ? few_accounts
                                                        : accounts);
    result.from = static_cast<int64_t>(1 + random_() % few);
    result.to = static_cast<int64_t>(1 + random_() % (few - 1));
    if (result.to >= result.from)
      ++result.to;
    result.amount = static_cast<int64_t>(1 + random_() % 300);
    auto way = random_() % 30;
    if (way == 0)
      result.amount = impossible_amount;
    else if (way == 1)
      result.to = accounts + 1; // nobody's
    // Longer than a lease. All that needs the same accounts waits meanwhile,
    // with SQLite all that writes: no more than there is time for.
    if (random_() % 600 == 0)
      result.milliseconds = static_cast<int64_t>(2'100 + random_() % 600);
    return result;
  }

  int process_;
  uint32_t count_ = 0;
  std::mt19937_64 random_;
};

/// A statement that takes long, in parts that are each shorter than the time of
/// a statement.
class slow_statement {
public:
  static constexpr int64_t parts = 2;

  explicit slow_statement(bool is_postgres) {
    if (!is_postgres)
      rows_per_millisecond_ = measure();
  }

  [[nodiscard]] inbox::sql_effect make(int64_t milliseconds) const {
    auto part = milliseconds / parts;
    if (rows_per_millisecond_ == 0)
      return inbox::sql("select pg_sleep($1)",
                        static_cast<double>(part) / 1'000);
    return inbox::sql(count_text, part * rows_per_millisecond_);
  }

private:
  /// SQLite has nothing that waits: it counts.
  static constexpr auto count_text = R"(
    with recursive n (i) as (select 1 union all select i + 1 from n
                             where i < $1)
    select count(*) from n)";

  static int64_t measure() {
    sqlite_client client{":memory:"};
    std::string text = count_text;
    constexpr int64_t rows = 200'000;
    text.replace(text.find("$1"), 2, std::to_string(rows));
    auto before = std::chrono::steady_clock::now();
    client.run(text);
    std::chrono::duration<double, std::milli> took
      = std::chrono::steady_clock::now() - before;
    return 1 + static_cast<int64_t>(static_cast<double>(rows) / took.count());
  }

  int64_t rows_per_millisecond_ = 0;
};

class bank : public workload {
public:
  bank(const std::string& url, bool separate)
    : is_postgres_{url.rfind("sqlite:", 0) != 0},
      slow_{is_postgres_},
      url_{url},
      separate_{separate} {
    // nop
  }

  const routes& all_routes() const override {
    static const routes result{{"transfer", {"book"}}, {"receipt", {"file"}}};
    return result;
  }

  uint32_t max_attempts() const override {
    // What cannot be is dead before the run is over. Some that can be are as
    // well, for the kills.
    return 8;
  }

  event_source make_source(int process, uint64_t seed) const override {
    return transfer_source{process, seed};
  }

  /// What shares an account goes one after another, and what cannot be paid now
  /// keeps the rest of its ordering key waiting.
  std::chrono::milliseconds pause() const override {
    return std::chrono::milliseconds{250};
  }

  inbox::outcome answer(const inbox::delivery& x) override {
    auto result = make_answer(x);
    if (separate_) {
      run_in_own_transaction(url_, result.effects);
      result.effects.clear();
    }
    return result;
  }

  /// Of a failure nothing is left, whatever else it says.
  inbox::outcome refuse(const inbox::delivery& x) const override {
    auto result = make_answer(x);
    if (separate_)
      result.effects.clear();
    result.verdict = inbox::verdict::failed;
    result.message = "by chance";
    return result;
  }

private:
  inbox::outcome make_answer(const inbox::delivery& x) const {
    auto id = to_string(x.event().id);
    if (x.handler_key() == "file")
      return inbox::done({inbox::sql("insert into receipt values ($1)", id)});
    inbox::event receipt;
    receipt.type = "receipt";
    receipt.payload = inbox::payload{id};
    return inbox::done(effects_of(id, from_payload(x.payload())), {receipt});
  }

  /// What has to be undone comes before what can be refused.
  std::vector<inbox::sql_effect> effects_of(const std::string& id,
                                            const transfer& x) const {
    auto change = std::string{"update account set balance = balance "};
    std::vector<inbox::sql_effect> result;
    if (x.milliseconds > 0)
      result.push_back(slow_.make(x.milliseconds));
    result.push_back(inbox::sql_on_rows(
      1, "insert into applied values ($1, $2, $3)", id, x.amount, x.to));
    result.push_back(
      inbox::sql_on_rows(1, change + "- $1 where id = $2", x.amount, x.from));
    // That there is such an account is for the foreign key to say.
    result.push_back(inbox::sql(change + "+ $1 where id = $2", x.amount, x.to));
    if (x.milliseconds > 0)
      result.push_back(slow_.make(x.milliseconds));
    return result;
  }

  bool is_postgres_;
  slow_statement slow_;
  std::string url_;
  bool separate_;
};

} // namespace

workload_ptr make_bank(const std::string& url, bool separate) {
  return std::make_unique<bank>(url, separate);
}

} // namespace chaos
