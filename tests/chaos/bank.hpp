#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// A bank whose accounts are in the database of the inbox. An event "transfer"
/// moves money from one to another; its handler emits an event "receipt".

namespace chaos {

struct transfer {
  int64_t from = 0;
  int64_t to = 0;
  int64_t amount = 0;
  /// How long its effects take by themselves.
  int64_t milliseconds = 0;
};

/// Accounts are numbered from 1.
constexpr int64_t accounts = 20;

/// What each has at the beginning: little enough that some transfers find too
/// little.
constexpr int64_t opening_balance = 1'000;

/// Returns the payload of a transfer.
[[nodiscard]] std::string to_payload(const transfer& x);

/// Throws std::runtime_error if it is none.
[[nodiscard]] transfer from_payload(std::string_view payload);

/// The tables. Nothing in `applied` and `receipt` is unique, so that what is
/// done twice is there twice. The CHECK is looked at by each statement, the
/// foreign key by the commit.
constexpr auto bank_tables = R"(
  create table account (
    id integer primary key,
    balance bigint not null check (balance >= 0));
  create table applied (
    transfer text not null,
    amount bigint not null,
    creditor integer not null
      references account (id) deferrable initially deferred);
  create table receipt (event text not null))";

} // namespace chaos
