#include "local_test_stores.hpp"

#include "../../storage/postgres/address.hpp"

#include <caf/test/dsl.hpp>

// What a URL must not say, found without a server.

using namespace inbox;
using namespace std::string_literals;

namespace {

struct url_case {
  const char* what;
  std::string url;
};

std::string postgres(const std::string& query) {
  return "postgresql://joe:hush@127.0.0.1:1/db?" + query;
}

const url_case bad[] = {
  {"a parameter twice", postgres("sslmode=disable&sslmode=require")},
  {"a parameter twice, once encoded", postgres("sslmode=prefer&ssl%6Dode=x")},
  {"a password twice", postgres("password=hush&password=hush2")},
  {"a mode of TLS that is none", postgres("sslmode=hush")},
  {"a mode of GSS that is none", postgres("gssencmode=hush")},
  {"a channel binding that is none", postgres("channel_binding=hush")},
  {"session attributes that are none", postgres("target_session_attrs=hush")},
  {"a time that is none", postgres("connect_timeout=hush")},
  {"a time beyond all integers", postgres("keepalives_idle=99999999999")},
  {"a time with a rest", postgres("keepalives_count=1x")},
  {"a time for TCP that is none", postgres("tcp_user_timeout=1.5")},
  {"a switch that is none", postgres("keepalives=hush")},
  {"a version of TLS that is none", postgres("ssl_min_protocol_version=hush")},
  {"versions of TLS in no order",
   postgres("ssl_min_protocol_version=TLSv1.3&ssl_max_protocol_version="
            "TLSv1.2")},
  {"an empty mode", postgres("sslmode=")},
  {"an empty time", postgres("keepalives_idle=")},
  {"a NUL", "postgresql://joe:hush@h/d\0b"s},
  {"an encoded NUL", "postgresql://joe:hush@h/d%00b"},
  {"an encoding cut off", "postgresql://joe:hush@h/db%4"},
  {"an unknown parameter", postgres("hush=1")},
  {"a port beyond all ports", "postgresql://joe:hush@h:65536/db"},
  {"a port below zero", "postgresql://joe:hush@h:-1/db"},
  {"SQL for a port", "postgresql://joe:hush@h:5432;drop/db"},
  {"a NUL in a file's name", "sqlite:hush\0.db"s},
  {"nothing but a scheme", "sqlite:"},
  {"a host of SQLite", "sqlite://hush/x.db"},
  {"a line end before the scheme", "\nsqlite:hush.db"},
  {"broken UTF-8 for a scheme", "sqlit\xC3:hush.db"},
  {"an endless scheme", std::string(1 << 20, 'x') + ":hush"},
};

} // namespace

CAF_TEST(what a URL cannot mean is refused before anything is tried) {
  for (auto& [what, url] : bad) {
    CAF_MESSAGE(what);
    store_options options;
    options.url = url;
    auto result = open_store(options);
    CAF_REQUIRE(!result);
    CAF_CHECK_EQUAL(code_of(result.error()), errc::invalid);
    CAF_CHECK_EQUAL(field_of(result.error()), "options.store.url");
    CAF_CHECK_EQUAL(describe(result.error()).find("hush"), std::string::npos);
    CAF_CHECK_LESS(describe(result.error()).size(), 300u);
  }
}

CAF_TEST(what a URL may say about a connection is taken as it is) {
  for (auto* query :
       {"sslmode=verify-full&sslrootcert=%2Fx%20y%2Fz",
        "gssencmode=disable&channel_binding=prefer",
        "target_session_attrs=primary", "connect_timeout=0",
        "keepalives=0&keepalives_idle=5&tcp_user_timeout=0",
        "connect_timeout=%2010%20", "application_name=%27;%20drop%20--",
        "application_name=a%26application_name%3Db", "options=-c%20a%3Db",
        "ssl_min_protocol_version=TLSv1.2&ssl_max_protocol_version=TLSv1.3"}) {
    CAF_MESSAGE(query);
    CAF_CHECK(inbox::postgres::address::parse(postgres(query)));
  }
}

CAF_TEST(a file may have any name that the system allows) {
  temporary_folder folder;
  for (auto& name :
       {"\xC3\xA4 \xF0\x9F\x93\xAC.db"s, "caf\xE9.db"s, "'; drop --"s,
        "a%00b?mode=memory&mode=ro#x"s, "a\nb"s, std::string(240, 'x')}) {
    store_options options;
    options.url = "sqlite:" + folder.file(name);
    CAF_CHECK(open_store(options));
    CAF_CHECK(std::filesystem::exists(folder.file(name)));
  }
  for (auto& name : {std::string(256, 'x'), std::string(100'000, 'x'),
                     "no such folder/x.db"s, ""s}) {
    store_options options;
    options.url = "sqlite:" + folder.file(name);
    auto result = open_store(options);
    CAF_REQUIRE(!result);
    CAF_CHECK_EQUAL(code_of(result.error()), errc::storage_failed);
  }
}
