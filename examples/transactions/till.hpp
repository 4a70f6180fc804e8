#pragma once

#include <inbox/inbox.hpp>

#include <memory>
#include <string>

/// A shop's own connection to the database in which it keeps its sales. Throws
/// `std::runtime_error` with what the database says.
class till {
public:
  virtual ~till() = default;

  virtual void run(const std::string& sql) = 0;

  /// Writes an event in the transaction that is open.
  virtual inbox::receipt write(const inbox::event& x) = 0;

  /// Returns the only number that a query answers.
  virtual long number(const std::string& sql) = 0;
};

/// Opens one to the database that a store's URL names: "sqlite:FILE" or
/// "postgresql://...".
std::unique_ptr<till> open_till(const std::string& url);
