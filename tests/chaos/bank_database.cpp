#include "database.hpp"

// What the databases have of the bank.

namespace chaos {

void database::open_bank() {
  run(bank_tables);
  for (int64_t i = 1; i <= accounts; ++i)
    run("insert into account values (" + std::to_string(i) + ", "
        + std::to_string(opening_balance) + ')');
}

void database::read(books& to) {
  for (auto& row : run("select id, balance from account"))
    to.balances[std::stoll(row.at(0))] = std::stoll(row.at(1));
  for (auto& row : run("select " + words_.id + ", e.type, " + words_.payload
                       + " from chaos_event e"))
    if (row.at(1) == "transfer")
      to.transfers[row.at(0)] = from_payload(row.at(2));
    else
      to.receipts[row.at(0)] = row.at(2);
  for (auto& row : run("select transfer from applied"))
    to.applied.push_back(row.at(0));
  for (auto& row : run("select event from receipt"))
    to.filed.push_back(row.at(0));
}

} // namespace chaos
