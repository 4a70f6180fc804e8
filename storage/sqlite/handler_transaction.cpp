#include "failure.hpp"
#include "run_effect.hpp"
#include "sqlite_store.hpp"
#include "transaction.hpp"
#include "try_jointly.hpp"

#include <sqlite3.h>

#include <memory>
#include <string>
#include <utility>

namespace inbox::sqlite {

class sqlite_store::handler_transaction : public open_transaction {
public:
  handler_transaction(sqlite_store& on, timespan patience)
    : on_(on),
      work_(transaction::to_write(*on.db_)),
      patience_(patience) {
    work_.prolong(patience);
    // Another transaction in its place would look the same.
    sqlite3_commit_hook(
      db().handle(), [](void* self) { return note_end(self), 0; }, this);
    sqlite3_rollback_hook(db().handle(), note_end, this);
  }

  ~handler_transaction() override {
    unhook();
  }

  caf::expected<sqlite3*> sqlite() override {
    return guarded([&] {
      work_.prolong(patience_);
      return db().handle();
    });
  }

  caf::expected<uint64_t> run(const sql_effect& x) override {
    if (auto err = check({x}))
      return err;
    return guarded([&] {
      work_.prolong(patience_);
      auto came = run_effect(db(), x);
      if (came.refused)
        throw failure{make_error(errc::invalid, "statement", *came.refused)};
      return came.changed;
    });
  }

  caf::expected<joint_try> settle(const settlement& x) override {
    unhook();
    if (has_ended_ || !db().in_transaction()) {
      joint_try undone;
      undone.reason = "the handler, or an error, has ended its transaction";
      return undone;
    }
    return try_jointly([&] {
      work_.prolong();
      auto result = on_.settle_in_open({&x});
      if (!result.reason && result.lost.empty())
        on_.commit_joint(work_, result);
      return result;
    });
  }

private:
  static void note_end(void* self) noexcept {
    static_cast<handler_transaction*>(self)->has_ended_ = true;
  }

  void unhook() {
    sqlite3_commit_hook(db().handle(), nullptr, nullptr);
    sqlite3_rollback_hook(db().handle(), nullptr, nullptr);
  }

  connection& db() {
    return *on_.db_;
  }

  sqlite_store& on_;
  transaction work_;
  timespan patience_;
  bool has_ended_ = false;
};

caf::expected<open_transaction_ptr> sqlite_store::begin(timespan patience) {
  return guarded([&]() -> open_transaction_ptr {
    return std::make_unique<handler_transaction>(*this, patience);
  });
}

} // namespace inbox::sqlite
