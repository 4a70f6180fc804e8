#include "rows_sqlite_tables.hpp"

#include "../../messages/options.hpp"
#include "../../storage/sqlite/open_sqlite_store.hpp"

#include <sqlite3.h>

#include <cmath>
#include <cstring>
#include <utility>

#include <unistd.h>

namespace inbox::fuzz {

namespace {

constexpr int64_t now = 1'700'000'000'000'000;

timestamp fixed_time() {
  return timestamp{std::chrono::microseconds{now}};
}

store_ptr open_file(const std::filesystem::path& file) {
  auto result = open_sqlite_store(file.string(), {}, fixed_time);
  require(bool{result}, "the store opens");
  return std::move(*result);
}

std::string hex(std::string_view bytes) {
  std::string result;
  for (auto c : bytes)
    for (auto half : {(c >> 4) & 0xF, c & 0xF})
      result += "0123456789abcdef"[half];
  return result;
}

std::string blob(std::string_view bytes) {
  return "x'" + hex(bytes) + "'";
}

std::string text(std::string_view bytes) {
  return "cast(" + blob(bytes) + " as text)";
}

// The statements that made a store's tables, without what keeps odd values out.
constexpr auto schema_text = R"(
select case type when 'index' then sql else
  replace(replace(replace(sql, ' not null', ''), ', strict', ''), ' strict', '')
  end
from sqlite_master
where sql is not null and name not like 'sqlite\_%' escape '\'
order by type desc)";

} // namespace

void odd_tables::closer::operator()(sqlite3* db) const noexcept {
  sqlite3_close_v2(db);
}

odd_tables::odd_tables() {
  auto pattern
    = (std::filesystem::temp_directory_path() / "fuzz-XXXXXX").string();
  require(mkdtemp(pattern.data()) != nullptr, "there is a folder");
  folder_ = pattern;
  open_file(folder_ / "usual.db");
  auto usual = open("usual.db");
  db_ = open("odd.db");
  std::string script = "pragma journal_mode = wal; pragma synchronous = off;";
  auto add = [](void* to, int, char** values, char**) {
    *static_cast<std::string*>(to) += values[0] + std::string{";\n"};
    return 0;
  };
  require(sqlite3_exec(usual.get(), schema_text, add, &script, nullptr)
            == SQLITE_OK,
          "the schema can be read");
  script += "attach '" + (folder_ / "usual.db").string()
            + "' as usual;"
              "insert into inbox_schema select * from usual.inbox_schema;"
              "detach usual;";
  require(execute(db_.get(), script), "the tables can be made");
  store_ = open_file(folder_ / "odd.db");
}

odd_tables::~odd_tables() {
  store_.reset();
  db_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

odd_tables::database odd_tables::open(const std::string& name) const {
  sqlite3* db = nullptr;
  auto code = sqlite3_open((folder_ / name).c_str(), &db);
  database result{db};
  require(code == SQLITE_OK, "the file opens");
  return result;
}

bool odd_tables::execute(sqlite3* db, const std::string& sql) {
  return sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
}

uuid odd_tables::nth_id(uint8_t n) {
  uuid result{};
  result.data[0] = 0xA5;
  result.data[15] = n;
  return result;
}

odd_tables::literal odd_tables::next_value(source& in) {
  auto kind = in.byte() % 6;
  switch (kind) {
    case 1:
      return std::to_string(static_cast<int8_t>(in.byte()));
    case 2: {
      // SQL has no literal for the least one.
      auto number = in.integer(8);
      return "(" + std::to_string(number + (number < 0))
             + (number < 0 ? " - 1)" : ")");
    }
    case 3: {
      auto bits = in.integer(8);
      double number = 0;
      std::memcpy(&number, &bits, sizeof(number));
      char buffer[64];
      std::snprintf(buffer, sizeof(buffer), "%.17e", number);
      return std::isfinite(number) ? buffer : "9e999";
    }
    case 4:
    case 5: {
      auto bytes = in.bytes(in.byte());
      has_nil_ = has_nil_ || bytes == std::string(16, '\0');
      return kind == 4 ? text(bytes) : blob(bytes);
    }
    default:
      return "null";
  }
}

std::vector<odd_tables::table> odd_tables::usual_rows() {
  auto id = [](uint8_t n) {
    auto x = nth_id(n);
    return blob({reinterpret_cast<const char*>(x.data), x.size()});
  };
  auto then = std::to_string(now - 1'000'000);
  auto later = std::to_string(now + 1'000'000);
  auto key = text("key");
  return {
    {"route",
     {{"1", text("order"), text("mail"), "1"},
      {"2", text("order"), text("log"), "1"}}},
    // seq, id, type, written_at, unrouted, date, ordering_key, headers,
    // payload, cause
    {"event",
     {{"1", id(1), text("order"), then, "0", then, key, text(R"({"a":"b"})"),
       blob("payload"), "null"},
      {"2", id(2), text("order"), then, "1", "null", "null", "null", blob(""),
       id(1)}}},
    // event_seq, route_id, progress, attempts, due, lease_owner, lease_token,
    // lease_until, finished_at, ordering_key, message, blocked
    {"delivery",
     {{"1", "1", "0", "0", then, "null", "0", "null", "null", key, "null", "0"},
      {"1", "2", "1", "2", then, id(8), "3", then, "null", key, text("no"),
       "0"},
      {"2", "1", "2", "1", then, "null", "1", "null", later, "null", "null",
       "0"}}},
  };
}

bool odd_tables::fill(source in) {
  has_nil_ = false;
  auto tables = usual_rows();
  std::vector<literal*> cells;
  for (auto& entry : tables)
    for (auto& row : entry.rows)
      for (auto& cell : row)
        cells.push_back(&cell);
  for (int i = 0; i < 16 && !in.empty(); ++i) {
    auto& cell = *cells[in.byte() % cells.size()];
    cell = next_value(in);
  }
  std::string script = "begin immediate;";
  for (auto& entry : tables) {
    script += "delete from inbox_" + entry.name + ";";
    for (auto& row : entry.rows) {
      std::string values;
      for (auto& cell : row)
        values += (values.empty() ? "" : ",") + cell;
      script += "insert into inbox_" + entry.name + " values (" + values + ");";
    }
  }
  if (execute(db_.get(), script + "commit;"))
    return true;
  execute(db_.get(), "rollback");
  return false;
}

} // namespace inbox::fuzz
