#pragma once

#include "fuzz.hpp"

#include "../../messages/delivery.hpp"
#include "../../messages/event.hpp"

namespace inbox::fuzz {

/// Reads rows of a statement's answer, in PostgreSQL's binary form.
void check_postgres_rows(source in);

/// Reads tables of a SQLite file that others have changed.
void check_sqlite_rows(source in);

/// What holds for an event that a store has read without an error.
void check_read(const event& x);

/// Likewise for a delivery.
void check_read(const delivery_info& x);

} // namespace inbox::fuzz
