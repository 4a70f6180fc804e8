#include "local_test_stores.hpp"

#include "../../storage/store_url.hpp"

#include <caf/test/dsl.hpp>

using namespace inbox;

namespace {

/// Returns the error of opening `url`, or no error.
caf::error open_error(const std::string& url) {
  store_options options;
  options.url = url;
  auto result = open_store(options);
  return result ? caf::error{} : result.error();
}

} // namespace

CAF_TEST(a URL that names no store is invalid and not repeated) {
  using namespace std::string_literals;
  for (auto& url :
       {""s, "inbox.db"s, "mysql://u:secret@h/db"s, "host=h password=secret"s,
        "SQLITE:secret"s, "sqlite"s, "memory"s, "sqlite:"s, "sqlite://secret"s,
        "sqlite://"s, "sqlite::memory:"s, "sqlite:a\0secret"s,
        "postgres:secret"s, "postgresql:/secret"s, " sqlite:secret"s}) {
    CAF_MESSAGE(url);
    auto err = open_error(url);
    CAF_CHECK_EQUAL(code_of(err), errc::invalid);
    CAF_CHECK_EQUAL(field_of(err), "options.store.url");
    CAF_CHECK_EQUAL(describe(err).find("secret"), std::string::npos);
  }
}

CAF_TEST(options are checked before anything is opened) {
  temporary_folder folder;
  store_options options;
  options.url = "sqlite:" + folder.file("x.db");
  options.prefix = "x; drop table y";
  auto result = open_store(options);
  CAF_REQUIRE(!result);
  CAF_CHECK_EQUAL(field_of(result.error()), "options.store.prefix");
  CAF_CHECK(!std::filesystem::exists(folder.file("x.db")));
}

CAF_TEST(SQLite files may be relative or absolute) {
  temporary_folder folder;
  auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.file(""));
  CAF_CHECK(!open_error("sqlite:a.db"));
  CAF_CHECK(!open_error("sqlite:./b.db"));
  CAF_CHECK(!open_error("sqlite:file:c.db?mode=ro"));
  CAF_CHECK(!open_error("sqlite:with space & 100% ä?.db"));
  CAF_CHECK(!open_error("sqlite:" + folder.file("d.db")));
  CAF_CHECK(!open_error("sqlite://" + folder.file("e.db")));
  std::filesystem::current_path(before);
  for (auto name : {"a.db", "b.db", "file:c.db?mode=ro",
                    "with space & 100% ä?.db", "d.db", "e.db"})
    CAF_CHECK(std::filesystem::exists(folder.file(name)));
}

CAF_TEST(memory stores may have a name or none) {
  CAF_CHECK(!open_error("memory:"));
  CAF_CHECK(!open_error("memory:some name"));
}

CAF_TEST(texts for logs have no credentials) {
  constexpr const char* table[][2] = {
    {"postgresql://u:p@h:5432/db?x=y", "postgresql://h:5432/db"},
    {"postgres://u:p@h/db", "postgres://h/db"},
    {"postgresql://u@h", "postgresql://h"},
    {"postgresql://h:1,i:2/db", "postgresql://h:1,i:2/db"},
    {"postgresql://u:p@[::1]:5432/db", "postgresql://[::1]:5432/db"},
    {"postgresql://", "postgresql://"},
    {"postgresql:///db?host=/run&password=secret", "postgresql:///db"},
    // Badly formed ones may hide a secret anywhere.
    {"postgresql://u:se@cret@h/db", "postgresql://h/db"},
    {"postgresql://u:se/cret@h/db", "postgresql://h/db"},
    {"postgresql://u:se?cret@h/db", "postgresql://"},
    {"postgresql://h/db?password=se@cret", "postgresql://"},
    {"postgresql://user:secret", "postgresql://"},
    {"postgresql://user:12secret/db", "postgresql://"},
    {"mysql://u:p@h/db", "unknown:"},
    {"host=h password=secret", "unknown:"},
    {"", "unknown:"},
    {"sqlite:/var/lib/inbox.db", "sqlite:/var/lib/inbox.db"},
    {"memory:x", "memory:x"},
  };
  for (auto& [url, text] : table)
    CAF_CHECK_EQUAL(redacted(url), text);
}

CAF_TEST(the system time is that of the system clock in microseconds) {
  auto before = std::chrono::system_clock::now();
  auto time = system_time();
  CAF_CHECK(time >= before - std::chrono::microseconds{1});
  CAF_CHECK(time <= std::chrono::system_clock::now());
}
