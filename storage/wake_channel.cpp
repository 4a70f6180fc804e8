#include "wake_channel.hpp"

#include "store_url.hpp"

#include "postgres/open_wake_channel.hpp"

#include "../messages/error.hpp"

#include <utility>

namespace inbox {

wake_channel::~wake_channel() = default;

caf::expected<wake_channel_opener>
find_wake_channel(const store_options& options, const uuid& owner) {
  auto leads_to_postgres = [](const std::string& to) {
    auto url = read_store_url(to);
    return url && url->kind == store_kind::postgres;
  };
  auto url = options.listen_url.empty() ? options.url : options.listen_url;
  if (!options.listen_url.empty() && !leads_to_postgres(url))
    return make_error(errc::invalid, "options.store.listen_url",
                      "must name a PostgreSQL server");
  if (!options.listen || !leads_to_postgres(options.url))
    return wake_channel_opener{};
  auto where = options;
  where.url = std::move(url);
  return wake_channel_opener{
    [where, owner] { return postgres::open_wake_channel(where, owner); }};
}

} // namespace inbox
