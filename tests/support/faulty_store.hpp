#pragma once

#include "../../messages/all.hpp"
#include "../../storage/open_store.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace inbox::test {

/// What goes wrong between an inbox and its store, and what it saw. Copies
/// share their content.
class store_faults {
public:
  /// Refuses the next `n` connections.
  void fail_open(caf::error err, size_t n = 1) {
    data_->open_faults.insert(data_->open_faults.end(), n, std::move(err));
  }

  /// Refuses the next `n` calls of `verb` without doing anything.
  void fail_next(std::string verb, caf::error err, size_t n = 1) {
    data_->faults.insert(data_->faults.end(), n,
                         {std::move(verb), [err] { return err; }, false});
  }

  /// Does the next call of `verb`, and answers an error all the same.
  void lose_next(std::string verb, caf::error err) {
    data_->faults.push_back({std::move(verb), [err] { return err; }, true});
  }

  /// Makes the next call of `verb` throw `what`.
  template <class What>
  void throw_next(std::string verb, What what) {
    auto thrower = [what]() -> caf::error { throw what; };
    data_->faults.push_back({std::move(verb), thrower, false});
  }

  /// Does `what` before the next call of `verb`.
  void precede_next(std::string verb, std::function<void()> what) {
    data_->before.emplace(std::move(verb), std::move(what));
  }

  /// Has stores begin these transactions for handlers, and no others.
  void begin_with(std::function<open_transaction_ptr()> begin) {
    data_->begin = std::move(begin);
  }

  /// Number of connections that were asked for.
  [[nodiscard]] size_t opened() const {
    return data_->opened;
  }

  /// Number of connections that are open.
  [[nodiscard]] size_t open_now() const {
    return data_->open_now;
  }

  /// Number of calls of `verb`.
  [[nodiscard]] size_t calls(const std::string& verb) const {
    return static_cast<size_t>(
      std::count(data_->calls.begin(), data_->calls.end(), verb));
  }

  /// Returns an opener whose stores fail like that.
  [[nodiscard]] store_opener wrap(store_opener inner) const {
    return [data = data_, inner]() -> caf::expected<store_ptr> {
      ++data->opened;
      if (!data->open_faults.empty()) {
        auto err = std::move(data->open_faults.front());
        data->open_faults.pop_front();
        return err;
      }
      auto opened = inner();
      if (!opened)
        return std::move(opened.error());
      return store_ptr{std::make_unique<faulty>(data, std::move(*opened))};
    };
  }

private:
  struct fault {
    std::string verb;
    std::function<caf::error()> reason;
    bool committed = false;
  };

  struct content {
    std::deque<caf::error> open_faults;
    std::deque<fault> faults;
    std::map<std::string, std::function<void()>> before;
    std::vector<std::string> calls;
    std::function<open_transaction_ptr()> begin;
    size_t opened = 0;
    size_t open_now = 0;
  };

  class faulty : public store {
  public:
    faulty(std::shared_ptr<content> data, store_ptr inner)
      : data_{std::move(data)},
        inner_{std::move(inner)} {
      ++data_->open_now;
    }

    ~faulty() override {
      --data_->open_now;
    }

    caf::expected<written_events> write(const std::vector<event>& x) override {
      return run("write", [&] { return inner_->write(x); });
    }

    caf::expected<written_and_claimed>
    write_claimed(const write_and_claim& x) override {
      return run("write", [&] { return inner_->write_claimed(x); });
    }

    caf::expected<added_route> add(const add_route& x) override {
      return run("add", [&] { return inner_->add(x); });
    }

    caf::expected<void> remove(const remove_route& x) override {
      return run("remove", [&] { return inner_->remove(x); });
    }

    caf::expected<routed_events> route(const route_events& x) override {
      return run("route", [&] { return inner_->route(x); });
    }

    caf::expected<claimed_deliveries>
    claim(const claim_deliveries& x) override {
      return run("claim", [&] { return inner_->claim(x); });
    }

    caf::expected<settled_deliveries>
    settle(const settle_deliveries& x) override {
      return run("settle", [&] { return inner_->settle(x); });
    }

    caf::expected<settled_jointly>
    settle_joint(const settle_jointly& x) override {
      return run("settle_joint", [&] { return inner_->settle_joint(x); });
    }

    caf::expected<open_transaction_ptr> begin(timespan patience) override {
      return run("begin", [&]() -> caf::expected<open_transaction_ptr> {
        if (data_->begin)
          return data_->begin();
        return inner_->begin(patience);
      });
    }

    caf::expected<renewed_leases> renew(const renew_leases& x) override {
      return run("renew", [&] { return inner_->renew(x); });
    }

    caf::expected<erased_events> erase(const erase_events& x) override {
      return run("erase", [&] { return inner_->erase(x); });
    }

    caf::expected<event_record> find(const find_event& x) override {
      return run("find", [&] { return inner_->find(x); });
    }

    caf::expected<trace> follow(const find_trace& x) override {
      return run("follow", [&] { return inner_->follow(x); });
    }

    caf::expected<store_summary> summarize() override {
      return run("summarize", [&] { return inner_->summarize(); });
    }

  private:
    template <class Verb>
    auto run(const char* name, Verb verb) -> decltype(verb()) {
      data_->calls.emplace_back(name);
      if (auto first = data_->before.extract(name))
        first.mapped()();
      auto& all = data_->faults;
      auto i = std::find_if(all.begin(), all.end(),
                            [&](auto& x) { return x.verb == name; });
      if (i == all.end())
        return verb();
      auto next = std::move(*i);
      all.erase(i);
      if (next.committed)
        static_cast<void>(verb());
      return next.reason();
    }

    std::shared_ptr<content> data_;
    store_ptr inner_;
  };

  std::shared_ptr<content> data_ = std::make_shared<content>();
};

} // namespace inbox::test
