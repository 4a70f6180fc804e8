#pragma once

#include "../../messages/options.hpp"

#include <cstdlib>
#include <string>

/// Has a store reach the server of the tests, by the pooler between the two if
/// there is one: tests/pooler/run says so by INBOX_TEST_POOLER, parameters of a
/// URL. What tests do past the store always goes to the server itself.
inline void reach_test_server(inbox::store_options& options,
                              const std::string& application = "caf-inbox") {
  auto name = "application_name=" + application;
  options.url = "postgresql://?" + name;
  auto* pooler = std::getenv("INBOX_TEST_POOLER");
  if (pooler == nullptr)
    return;
  options.listen_url = options.url;
  options.url = "postgresql://?" + std::string{pooler} + "&" + name;
}
