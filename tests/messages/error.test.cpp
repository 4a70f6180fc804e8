#include "../../messages/all.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/byte_buffer.hpp>
#include <caf/error.hpp>
#include <caf/sec.hpp>
#include <caf/test/dsl.hpp>

using namespace inbox;

CAF_TEST(an error has code and field and text) {
  auto err = make_error(errc::invalid, "event.id", "must not be nil");
  CAF_CHECK_EQUAL(code_of(err), errc::invalid);
  CAF_CHECK_EQUAL(field_of(err), "event.id");
  CAF_CHECK_EQUAL(describe(err), "invalid: event.id: must not be nil");
  CAF_CHECK(err == errc::invalid);
}

CAF_TEST(no error has neither) {
  CAF_CHECK_EQUAL(code_of(caf::error{}), errc{});
  CAF_CHECK_EQUAL(field_of(caf::error{}), "");
  CAF_CHECK_EQUAL(describe(caf::error{}), "no error");
  CAF_CHECK(!is_transient(caf::error{}));
}

CAF_TEST(errors of others are described as they are) {
  for (auto& err : {caf::make_error(caf::sec::request_timeout),
                    caf::make_error(caf::sec::runtime_error, "text")}) {
    CAF_CHECK_EQUAL(code_of(err), errc{});
    CAF_CHECK_EQUAL(field_of(err), "");
    CAF_CHECK_EQUAL(describe(err), to_string(err));
    CAF_CHECK(!is_transient(err));
  }
}

CAF_TEST(an error of ours without our context is described too) {
  for (auto& err : {caf::error{errc::busy}, caf::make_error(errc::busy, 42),
                    caf::make_error(errc::busy, "only text")}) {
    CAF_CHECK_EQUAL(code_of(err), errc::busy);
    CAF_CHECK_EQUAL(field_of(err), "");
    CAF_CHECK_NOT_EQUAL(describe(err).find("busy"), std::string::npos);
    CAF_CHECK(is_transient(err));
  }
}

CAF_TEST(errors of other nodes may have any code and category and context) {
  caf::actor_system_config cfg;
  caf::actor_system sys{cfg};
  // An error as it comes from the network.
  auto received = [&sys](uint8_t code, caf::type_id_t category,
                         const caf::message& context = {}) {
    caf::byte_buffer buffer;
    caf::binary_serializer to{sys, buffer};
    CAF_REQUIRE(to.value(true) && to.value(code) && to.value(category)
                && to.apply(context));
    caf::error result;
    caf::binary_deserializer from{sys, buffer};
    CAF_REQUIRE(from.apply(result));
    CAF_CHECK_EQUAL(from.remaining(), 0u);
    return result;
  };
  auto described = [&](uint8_t code, caf::type_id_t category,
                       const caf::message& context = {}) {
    return describe(received(code, category, context));
  };
  constexpr auto ours = caf::type_id_v<errc>;
  constexpr auto sec = caf::type_id_v<caf::sec>;
  CAF_CHECK_EQUAL(described(2, ours), describe(caf::error{errc::busy}));
  CAF_CHECK_EQUAL(described(1, sec),
                  describe(caf::make_error(caf::sec::unexpected_message)));
  CAF_CHECK_EQUAL(code_of(received(99, ours)), errc{});
  CAF_CHECK_EQUAL(described(99, ours), "inbox::errc 99");
  CAF_CHECK_EQUAL(described(3, caf::type_id_t{65000}), "unknown error 3");
  CAF_CHECK_EQUAL(described(3, caf::type_id_v<write_events>),
                  "inbox::write_events 3");
  // None of them is an enum, but CAF's own function reads an object.
  for (auto category :
       {caf::type_id_v<std::string>, caf::type_id_v<caf::error>,
        caf::type_id_v<caf::message>, caf::type_id_v<caf::actor>})
    CAF_CHECK(!described(200, category).empty());
  auto inner = received(3, caf::type_id_v<std::string>);
  CAF_CHECK_EQUAL(described(2, ours, caf::make_message(inner, "text", 42)),
                  to_string(errc::busy) + "(..., \"text\", 42)");
}

CAF_TEST(codes have names and say whether to try again) {
  struct row {
    errc code;
    const char* name;
    bool transient;
  };
  constexpr row table[] = {
    {errc::invalid, "invalid", false},
    {errc::busy, "busy", true},
    {errc::connection_lost, "connection_lost", true},
    {errc::outcome_unknown, "outcome_unknown", true},
    {errc::timeout, "timeout", true},
    {errc::schema_mismatch, "schema_mismatch", false},
    {errc::lease_lost, "lease_lost", false},
    {errc::stopped, "stopped", false},
    {errc::handler_stuck, "handler_stuck", false},
    {errc::handler_down, "handler_down", false},
    {errc::node_lost, "node_lost", false},
    {errc::storage_failed, "storage_failed", false},
  };
  uint8_t number = 0;
  for (auto& [code, name, transient] : table) {
    CAF_CHECK_EQUAL(static_cast<uint8_t>(code), ++number);
    CAF_CHECK_EQUAL(to_string(code), name);
    errc read{};
    CAF_CHECK(from_string(name, read) && read == code);
    read = errc{};
    CAF_CHECK(from_integer(number, read) && read == code);
    auto err = make_error(code, "store", "text");
    CAF_CHECK_EQUAL(is_transient(err), transient);
    CAF_CHECK_EQUAL(describe(err), std::string{name} + ": store: text");
  }
  errc read{};
  CAF_CHECK(!from_integer(0, read));
  CAF_CHECK(!from_integer(static_cast<uint8_t>(number + 1), read));
  CAF_CHECK(!from_string("no such code", read));
}
