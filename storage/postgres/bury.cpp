#include "bury.hpp"

#include "ordering.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace inbox::postgres {

namespace {

// Columns: seq, route, attempts, message, event id, event type, handler key,
// ordering key.
//
// A renewal keeps the token, so the lease is looked at as well.
constexpr auto bury_text = R"(
  update {p}_delivery d
  set progress = 3,
      finished_at = now(),
      lease_token = d.lease_token + 1,
      lease_owner = null,
      lease_until = null,
      message = case when d.lease_owner is not null or d.message is null
                     then 'lease expired on attempt ' || d.attempts || ' of '
                          || $4
                     else d.message end
  from unnest($1::bigint[], $2::integer[], $3::bigint[])
    as x(event_seq, route_id, lease_token)
  join {p}_event e on e.seq = any(array[x.event_seq])
  join {p}_route r on r.id = x.route_id
  where d.event_seq = any(array[x.event_seq])
    and d.route_id = x.route_id
    and d.lease_token = x.lease_token
    and (d.lease_until is null or d.lease_until <= now())
    and d.attempts >= $4
    and d.progress + 0 < 2
  returning d.event_seq, d.route_id, d.attempts::integer, d.message, e.id,
            e.type, r.handler_key, d.ordering_key)";

buried_delivery read_buried(rows& from, int row) {
  buried_delivery result;
  result.route = from.get<int32_t>(row, 1);
  result.attempts = static_cast<uint32_t>(from.get<int32_t>(row, 2));
  result.message = from.get<std::string>(row, 3);
  result.event_id = from.get<uuid>(row, 4);
  result.event_type = from.get<std::string>(row, 5);
  result.handler_key = from.get<std::string>(row, 6);
  return result;
}

} // namespace

caf::expected<std::vector<buried_delivery>>
bury(session& on, const std::vector<lease>& exhausted, int32_t max_attempts) {
  auto sorted = exhausted; // rows are locked in this order
  std::sort(sorted.begin(), sorted.end());
  column<int64_t> seqs;
  column<int32_t> routes;
  column<int64_t> tokens;
  for (auto& x : sorted) {
    seqs.push(x.seq);
    routes.push(x.route);
    tokens.push(x.token);
  }
  auto tx = transaction::begin(on.conn(), on.start());
  if (!tx)
    return std::move(tx.error());
  auto answer = tx->run(on.sql(bury_text),
                        params::of(std::move(seqs), std::move(routes),
                                   std::move(tokens), max_attempts));
  if (!answer)
    return std::move(answer.error());
  std::map<std::pair<event_seq, route_id>, buried_delivery> buried;
  gone_deliveries gone;
  for (auto row = 0; row < answer->size(); ++row) {
    std::pair key{answer->get<int64_t>(row, 0), answer->get<int32_t>(row, 1)};
    buried.emplace(key, read_buried(*answer, row));
    if (auto ordering_key = answer->get_optional<std::string>(row, 7))
      gone.push(key.second, *ordering_key, key.first);
  }
  if (auto err = answer->check())
    return err;
  if (!gone.empty())
    if (auto err = free_next(on, *tx, gone.take()))
      return err;
  if (auto err = tx->commit())
    return err;
  std::vector<buried_delivery> result;
  for (auto& x : exhausted)
    if (auto i = buried.find({x.seq, x.route}); i != buried.end())
      result.push_back(std::move(i->second));
  return result;
}

} // namespace inbox::postgres
