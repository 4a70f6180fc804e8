// What databases answer, with values that this library did not write. The first
// byte chooses: headers as JSON, rows of PostgreSQL, tables of SQLite.

#include "rows_parts.hpp"

#include "../../storage/headers_json.hpp"

namespace inbox::fuzz {

namespace {

void check_headers(std::string_view json) {
  auto headers = headers_from_json(json);
  auto written = headers_to_json(headers);
  require(written.has_value() == !headers.empty(), "no headers have no JSON");
  require(!written || headers_from_json(*written) == headers,
          "headers come back as they were");
}

} // namespace

void check_read(const event& x) {
  check_headers(headers_to_json(x.headers).value_or(""));
}

void check_read(const delivery_info& x) {
  status copy{};
  require(from_string(to_string(x.status), copy) && copy == x.status,
          "a delivery has one of the statuses");
  require((x.status == status::in_progress)
            == (x.lease_owner.has_value() && !is_final(x.status)),
          "what is in progress has an owner");
}

void run(std::string_view input) {
  source in{input};
  switch (in.byte()) {
    case 'h':
      check_headers(in.rest());
      break;
    case 'p':
      check_postgres_rows(in);
      break;
    case 's':
      check_sqlite_rows(in);
      break;
    default:
      break;
  }
}

} // namespace inbox::fuzz
