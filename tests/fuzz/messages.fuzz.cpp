// Messages in CAF's binary form, as another node may send them: the first byte
// chooses the type, the rest is its content.

#include "fuzz.hpp"
#include "messages_checks.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/byte_buffer.hpp>

#include <cstring>
#include <utility>

namespace inbox::fuzz {

namespace {

caf::actor_system& system() {
  // Never destroyed: a fuzzer ends in the middle of things.
  static auto& result = *[] {
    auto* config = new caf::actor_system_config;
    config->set("caf.scheduler.max-threads", 1);
    return new caf::actor_system{*config};
  }();
  return result;
}

template <class T>
bool read(const caf::byte_buffer& bytes, T& x) {
  caf::binary_deserializer from{system(), bytes};
  return from.apply(x);
}

template <class T>
caf::byte_buffer write(const T& x) {
  caf::byte_buffer result;
  caf::binary_serializer to{system(), result};
  require(to.apply(x), "what was read can be written");
  return result;
}

template <class T>
void check_message(std::string_view input) {
  // Of the exact size, so that a sanitizer sees its end.
  caf::byte_buffer bytes(input.size());
  if (!input.empty())
    std::memcpy(bytes.data(), input.data(), input.size());
  T x{};
  if (!read(bytes, x))
    return;
  check_value(x);
  // Bytes that CAF does not write, such as a bool of 2, are normal from here
  // on.
  auto first = write(x);
  T copy{};
  require(read(first, copy), "what was written can be read");
  require(write(copy) == first, "a copy has the same bytes");
}

using block = caf::id_block::inbox;
using checker = void (*)(std::string_view);

template <size_t... Is>
checker nth_checker(size_t n, std::index_sequence<Is...>) {
  constexpr checker all[]
    = {check_message<caf::type_by_id_t<block::begin + Is>>...};
  return all[n % sizeof...(Is)];
}

} // namespace

void run(std::string_view input) {
  source in{input};
  auto n = in.byte();
  auto all = std::make_index_sequence<block::end - block::begin>{};
  nth_checker(n, all)(in.rest());
}

} // namespace inbox::fuzz
