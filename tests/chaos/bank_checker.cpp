#include "bank_checker.hpp"

#include <set>
#include <utility>

namespace chaos {

namespace {

constexpr int done = 2;

constexpr size_t most_examples = 20;

class bank_checking {
public:
  bank_checking(const books& what, const std::vector<final_delivery>& ends)
    : what_{what} {
    for (auto& x : ends)
      if (x.progress == done)
        done_.insert(x.event_id);
    for (auto& id : what.applied)
      ++applied_[id];
    for (auto& id : what.filed)
      ++filed_[id];
  }

  bank_findings run() {
    look_at_transfers();
    look_at_balances();
    look_at_receipts();
    return std::move(result_);
  }

private:
  void note(size_t& counter, const char* which, const std::string& where) {
    ++counter;
    if (result_.examples.size() < most_examples)
      result_.examples.push_back(std::string{which} + ": " + where);
  }

  [[nodiscard]] bool is_done(const std::string& id) const {
    return done_.count(id) > 0;
  }

  void look_at_transfers() {
    for (auto& [id, x] : what_.transfers) {
      auto i = applied_.find(id);
      auto rows = i == applied_.end() ? 0 : i->second;
      if (rows > 1)
        note(result_.twice, "twice", id);
      if (is_done(id) && rows == 0)
        note(result_.missing, "missing", id);
      else if (!is_done(id) && rows > 0)
        note(result_.left_over, "left over", id);
      else if (is_done(id))
        count_applied(x);
      else
        ++result_.dead;
    }
    for (auto& entry : applied_)
      if (what_.transfers.count(entry.first) == 0)
        note(result_.left_over, "left over", entry.first);
  }

  void count_applied(const transfer& x) {
    ++result_.applied;
    if (x.milliseconds > 0)
      ++result_.slow;
  }

  void look_at_balances() {
    std::map<int64_t, int64_t> expected;
    for (int64_t i = 1; i <= accounts; ++i)
      expected[i] = opening_balance;
    for (auto& [id, x] : what_.transfers)
      if (is_done(id)) {
        expected[x.from] -= x.amount;
        expected[x.to] += x.amount;
      }
    for (auto& [account, balance] : expected) {
      auto i = what_.balances.find(account);
      if (i == what_.balances.end() || i->second != balance)
        note(result_.wrong_balances, "wrong balance",
             "account " + std::to_string(account));
    }
    result_.created = -accounts * opening_balance;
    for (auto& entry : what_.balances)
      result_.created += entry.second;
  }

  void look_at_receipts() {
    std::map<std::string, size_t> emitted;
    for (auto& [id, cause] : what_.receipts) {
      ++emitted[cause];
      auto i = filed_.find(id);
      auto rows = i == filed_.end() ? 0 : i->second;
      if (rows != (is_done(id) ? 1u : 0u))
        note(result_.wrong_receipts, "wrong receipt", id);
      else if (is_done(id))
        ++result_.receipts;
    }
    for (auto& entry : what_.transfers)
      emitted.try_emplace(entry.first, 0);
    for (auto& [cause, count] : emitted)
      if (count
          != (what_.transfers.count(cause) > 0 && is_done(cause) ? 1u : 0u))
        note(result_.wrong_receipts, "wrong receipts", "of " + cause);
    for (auto& entry : filed_)
      if (what_.receipts.count(entry.first) == 0)
        note(result_.wrong_receipts, "wrong receipt", entry.first);
  }

  const books& what_;
  std::set<std::string> done_;
  /// How many rows there are, by event id.
  std::map<std::string, size_t> applied_;
  std::map<std::string, size_t> filed_;
  bank_findings result_;
};

} // namespace

bool bank_findings::good() const {
  return applied > 0 && dead > 0 && twice == 0 && missing == 0 && left_over == 0
         && wrong_balances == 0 && created == 0 && wrong_receipts == 0;
}

bank_findings check(const books& what,
                    const std::vector<final_delivery>& ends) {
  return bank_checking{what, ends}.run();
}

} // namespace chaos
