// Events in one value, as the server puts them together: somebody may have
// changed the tables.

#include "fuzz.hpp"

#include "../support/packed_form.hpp"

#include "../../storage/postgres/event_pack.hpp"

#include <algorithm>
#include <memory>
#include <string>

namespace inbox::fuzz {

void run(std::string_view input) {
  // Memory of its exact size, so that a sanitizer sees its end.
  std::unique_ptr<char[]> bytes{new char[input.size()]};
  std::copy(input.begin(), input.end(), bytes.get());
  std::string_view rest{bytes.get(), input.size()};
  payload_blocks payloads;
  while (!rest.empty()) {
    auto before = rest;
    event_seq seq = 0;
    event x;
    if (!postgres::unpack_seq(rest, seq)
        || !postgres::unpack(rest, x, payloads))
      return;
    auto taken = before.substr(0, before.size() - rest.size());
    require(taken.size() + rest.size() == before.size() && !taken.empty(),
            "an event is taken off the front");
    auto plain = test::packed_form(seq, x);
    require(taken.size() >= plain.size(), "an event is in what was taken");
    auto ends_alike = taken.substr(taken.size() - x.payload.size())
                      == x.payload.view();
    require(ends_alike, "its payload comes last");
    auto is_plain = !x.date && !x.ordering_key && x.headers.empty() && !x.cause;
    require(taken.size() > plain.size() || (is_plain && taken == plain),
            "what has nothing else has one form");
  }
}

} // namespace inbox::fuzz
