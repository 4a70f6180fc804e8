// What others notify: anybody in the database may do that, with any text.

#include "fuzz.hpp"

#include "../../storage/postgres/wake_text.hpp"

namespace inbox::fuzz {

void run(std::string_view input) {
  auto heard = postgres::read_wake_up(input);
  auto& types = heard.event_types;
  require(types.size() <= wake_up::most_types, "a hint names few types");
  auto text = postgres::write_wake_up(heard);
  require(text.size() < 8000, "a text is short enough for the server");
  auto again = postgres::read_wake_up(text).event_types;
  require(again == types || (text.empty() && again.empty()),
          "what was heard can be told again");
}

} // namespace inbox::fuzz
