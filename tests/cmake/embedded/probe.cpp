// Compiles if the application's choice of the first type ID arrived here.

#include <inbox/messages/all.hpp>

#include <type_traits>

constexpr auto first = caf::first_custom_type_id + 1234;

static_assert(caf::id_block::inbox::begin == first);
static_assert(caf::type_id_v<inbox::errc> == first);
static_assert(caf::type_id_v<inbox::written_events> > first);
