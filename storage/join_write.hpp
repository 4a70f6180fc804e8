#pragma once

#include "../messages/event.hpp"
#include "../messages/requests.hpp"

#include <caf/expected.hpp>

#include <cstdint>
#include <string>
#include <vector>

// As in libpq-fe.h and sqlite3.h, which are not needed to include this.
struct pg_conn;
struct sqlite3;

namespace inbox {

/// The inbox that a joined write is for.
struct join_options {
  /// As `store_options::prefix`.
  std::string prefix = "inbox";
  /// As `options::payload_limit`.
  uint64_t payload_limit = 16 * 1024 * 1024;
};

/// Checks the parts of `join_options` and names them "options....".
[[nodiscard]] caf::error check(const join_options& x);

/// Likewise, and events that are to be written with them.
[[nodiscard]] caf::error check(const join_options& x,
                               const std::vector<event>& events);

/// Writes events in the transaction that is open on a connection of the
/// application's own, with the fan-out, the dedupe and the receipts of every
/// other write. They are there once that transaction commits, and never if it
/// does not; so a receipt counts from the commit on. Needs no actor and no
/// running inbox, but its tables. What is durable is up to the connection: the
/// inbox's own have `synchronous_commit` on, and `synchronous = full`.
///
/// All or nothing: on an error the transaction is as it was before the call,
/// by a savepoint, and may go on, unless the error says otherwise. Blocks; how
/// long is up to the connection's own settings (`statement_timeout`,
/// `sqlite3_busy_timeout`).
///
/// Until the transaction ends, whoever writes the same ids waits for it, and so
/// does who adds or removes a handler key. An inbox finds the events at its
/// next iteration; tell it after the commit to have it look at once:
/// `announce_events`, or `announce` from a process without one.
///
/// Fails with `errc::invalid` (a bad event, or "connection": no transaction is
/// open, or one that only reads), `errc::schema_mismatch` (the tables are
/// missing, or of another version), `errc::busy` (a lock, or a transaction that
/// is to be repeated as a whole: of a level above read committed, or in a
/// deadlock), `errc::timeout`, `errc::connection_lost` (nothing was committed),
/// `errc::storage_failed`.
[[nodiscard]] caf::expected<written_events>
join_write(pg_conn* connection, const std::vector<event>& events,
           const join_options& how = {});

/// Likewise for SQLite. The connection has opened the file of the inbox as its
/// main database. In a transaction that was begun as deferred, the first write
/// may find the file locked, or changed since it was read: `errc::busy`.
[[nodiscard]] caf::expected<written_events>
join_write(sqlite3* connection, const std::vector<event>& events,
           const join_options& how = {});

/// Has inboxes that listen look for events of these types at once (of any, if
/// there are none), as NOTIFY does; for PostgreSQL only, elsewhere they look by
/// themselves. To be called after the commit, with no transaction open: within
/// one, all of a database's commits that notify would wait for one another.
/// What fails is a hint that is missed, no more.
[[nodiscard]] caf::error announce(pg_conn* connection,
                                  const std::vector<std::string>& event_types,
                                  const join_options& how = {});

} // namespace inbox
