#include "migrate.hpp"

#include "migrations.hpp"
#include "transaction.hpp"

#include "../../messages/error.hpp"

#include <string>
#include <utility>

namespace inbox::postgres {

namespace {

// The name is looked up as any statement would, by the search path. Reading the
// catalogue, and so locking it, has the session notice what others have made
// while it waited: it may remember from before that there was no such table.
constexpr auto find_table = R"(
  select exists (select from pg_class where oid = to_regclass('{p}_schema')))";

constexpr auto read_version = R"(
  select coalesce(max(version), 0) from {p}_schema)";

// Held until the end of the transaction, so it is safe with a pooler. Inboxes
// of the same prefix in two schemas share it, which does not harm.
constexpr auto lock_prefix = "select pg_advisory_xact_lock($1)";

constexpr auto create_schema = R"(
  create table {p}_schema (
    version integer primary key,
    applied_at timestamptz not null default now()))";

constexpr auto write_version = R"(
  insert into {p}_schema (version) values ($1))";

int32_t newest() {
  return static_cast<int32_t>(migrations().size());
}

caf::error mismatch(std::string text) {
  return make_error(errc::schema_mismatch, "store", std::move(text));
}

caf::error not_ours(const std::string& prefix, const std::string& reason) {
  return mismatch("the table " + prefix
                  + "_schema is not one of this library: " + reason);
}

/// Makes sense of the version in a table that exists.
caf::error check_version(int32_t found, const std::string& prefix) {
  if (found < 1)
    return not_ours(prefix, "it has no version");
  if (found > newest())
    return mismatch("the tables " + prefix + "_... have version "
                    + std::to_string(found) + ", this library knows only up to "
                    + std::to_string(newest()));
  return {};
}

class migrator {
public:
  migrator(session& on, transaction tx, missing_tables missing)
    : on_(on),
      tx_(std::move(tx)),
      missing_(missing) {
    // nop
  }

  caf::error run() {
    auto key = static_cast<int64_t>(stable_hash("caf-inbox " + on_.prefix()));
    if (auto err = execute(lock_prefix, params::of(key)))
      return err;
    // Only now: somebody else may have done it while this one was waiting.
    auto version = int32_t{0};
    if (auto err = read(version))
      return err;
    for (; version < newest(); ++version)
      if (auto err = step_from(version))
        return err;
    return tx_.commit();
  }

private:
  caf::error execute(const char* text, params args) {
    auto done = tx_.run(on_.sql(text), std::move(args));
    return done ? caf::error{} : std::move(done.error());
  }

  /// Reads the version, 0 if there are no tables yet: these get begun.
  caf::error read(int32_t& version) {
    auto exists = tx_.run(on_.sql(find_table), {});
    if (!exists)
      return std::move(exists.error());
    if (!exists->get<bool>(0, 0)) {
      if (missing_ == missing_tables::refuse)
        return mismatch("the tables " + on_.prefix()
                        + "_... are not there any more");
      return execute(create_schema, {});
    }
    auto found = tx_.run(on_.sql(read_version), {});
    if (!found && code_of(found.error()) == errc::schema_mismatch)
      return not_ours(on_.prefix(), describe(found.error()));
    if (!found)
      return std::move(found.error());
    version = found->get<int32_t>(0, 0);
    if (found->check())
      return not_ours(on_.prefix(), "its version is not an integer");
    return check_version(version, on_.prefix());
  }

  caf::error step_from(int32_t version) {
    for (auto* text : migrations()[static_cast<size_t>(version)])
      if (auto err = execute(text, {}))
        return err;
    return execute(write_version, params::of(version + 1));
  }

  session& on_;
  transaction tx_;
  missing_tables missing_;
};

} // namespace

caf::error migrate(session& on, missing_tables missing) {
  auto found = on.run(read_version, {}, effect::none);
  if (found) {
    auto version = found->get<int32_t>(0, 0);
    if (!found->check() && version == newest())
      return {};
  } else if (code_of(found.error()) != errc::schema_mismatch) {
    return std::move(found.error());
  }
  auto tx = transaction::begin(on.conn(), on.start());
  if (!tx)
    return std::move(tx.error());
  return migrator{on, std::move(*tx), missing}.run();
}

caf::error check_current(int32_t found, const std::string& prefix) {
  if (auto err = check_version(found, prefix))
    return err;
  if (found < newest())
    return mismatch("the tables " + prefix + "_... have version "
                    + std::to_string(found) + ", this library needs "
                    + std::to_string(newest())
                    + ": an inbox brings them up to date");
  return {};
}

} // namespace inbox::postgres
