#include "tables.hpp"

#include <algorithm>

namespace inbox::memory {

namespace {

/// Tells whether a delivery has to wait for an earlier one of its ordering key.
bool is_blocked(const delivery_row& row) {
  auto& key = row.event->content.ordering_key;
  if (!key)
    return false;
  auto group = row.route->ordered.find(*key);
  return group != row.route->ordered.end()
         && group->second.rows.begin()->first < row.event->seq;
}

} // namespace

// -- routes -------------------------------------------------------------------

route_row& tables::find_or_make_route(const std::string& event_type,
                                      const std::string& handler_key) {
  auto& row = routes[event_type][handler_key];
  if (row.id == 0) {
    row.id = ++last_route_;
    row.event_type = event_type;
    row.handler_key = handler_key;
    routes_by_id_.emplace(row.id, &row);
  }
  return row;
}

route_row* tables::find_route(route_id id) {
  auto i = routes_by_id_.find(id);
  return i != routes_by_id_.end() ? i->second : nullptr;
}

// -- events -------------------------------------------------------------------

event_row& tables::add_event(const event& content, timestamp now) {
  auto seq = ++last_seq_;
  auto& row = events.emplace_hint(events.end(), seq, event_row{})->second;
  row.seq = seq;
  row.content = content;
  row.written = now;
  events_by_id_.emplace(content.id, &row);
  if (content.cause)
    caused[*content.cause].insert(seq);
  return row;
}

event_row* tables::find_event(uuid id) {
  auto i = events_by_id_.find(id);
  return i != events_by_id_.end() ? i->second : nullptr;
}

void tables::erase_event(event_row& row) {
  for (auto& [id, delivery] : row.deliveries) {
    unindex(delivery);
    erase_from_ordered(delivery);
  }
  mark_unrouted(row, false);
  if (auto& cause = row.content.cause) {
    auto i = caused.find(*cause);
    i->second.erase(row.seq);
    if (i->second.empty())
      caused.erase(i);
  }
  events_by_id_.erase(row.content.id);
  events.erase(row.seq);
}

uint32_t tables::fan_out(event_row& row, timestamp now) {
  uint32_t added = 0;
  if (auto i = routes.find(row.content.type); i != routes.end()) {
    for (auto& [key, route] : i->second) {
      if (!route.active || row.deliveries.count(route.id) > 0)
        continue;
      auto& delivery = row.deliveries[route.id];
      delivery.event = &row;
      delivery.route = &route;
      delivery.due = now;
      index(delivery);
      ++added;
    }
  }
  mark_unrouted(row, row.deliveries.empty());
  return added;
}

void tables::mark_unrouted(event_row& row, bool is_unrouted) {
  if (row.unrouted == is_unrouted)
    return;
  row.unrouted = is_unrouted;
  auto& type = row.content.type;
  auto& key = row.content.ordering_key;
  if (is_unrouted) {
    unrouted[type].insert(row.seq);
    if (key)
      unrouted_ordered[{type, *key}].insert(row.seq);
    return;
  }
  unrouted[type].erase(row.seq);
  if (key)
    if (auto i = unrouted_ordered.find({type, *key});
        i != unrouted_ordered.end() && i->second.erase(row.seq) > 0
        && i->second.empty())
      unrouted_ordered.erase(i);
}

// -- deliveries ---------------------------------------------------------------

delivery_row* tables::find_delivery(event_seq seq, route_id route) {
  auto i = events.find(seq);
  if (i == events.end())
    return nullptr;
  auto j = i->second.deliveries.find(route);
  return j != i->second.deliveries.end() ? &j->second : nullptr;
}

void tables::unindex(delivery_row& row) {
  row.route->waiting.erase({row.due, row.event->seq});
  row.route->leased.erase({row.lease_until, row.event->seq});
  if (auto& key = row.event->content.ordering_key)
    if (auto group = row.route->ordered.find(*key);
        group != row.route->ordered.end())
      group->second.leased.erase(row.event->seq);
}

void tables::index(delivery_row& row) {
  auto seq = row.event->seq;
  if (row.is_finished()) {
    erase_from_ordered(row);
    return;
  }
  if (auto& key = row.event->content.ordering_key) {
    auto& group = row.route->ordered[*key];
    if (row.lease_owner)
      group.leased.emplace(seq, &row);
    if (group.rows.emplace(seq, &row).second && group.rows.size() > 1
        && group.rows.begin()->second == &row) {
      // A delivery of an older event was added: the former first one waits.
      auto& second = *std::next(group.rows.begin())->second;
      unindex(second);
      index(second);
    }
  }
  if (row.lease_owner)
    row.route->leased.emplace(std::pair{row.lease_until, seq}, &row);
  else if (!is_blocked(row))
    row.route->waiting.emplace(std::pair{row.due, seq}, &row);
}

claimed_delivery tables::lease_to(uuid owner, delivery_row& row,
                                  timestamp until) {
  unindex(row);
  ++row.lease_token;
  ++row.attempts;
  row.lease_owner = owner;
  row.lease_until = until;
  index(row);
  claimed_delivery result;
  result.lease = {row.event->seq, row.route->id, row.lease_token,
                  row.event->content.ordering_key.has_value()};
  result.event = row.event->content;
  result.attempt = row.attempts;
  return result;
}

bool tables::is_held_up(const delivery_row& row, timestamp now) const {
  auto& key = row.event->content.ordering_key;
  if (!key)
    return false;
  auto seq = row.event->seq;
  if (auto kept = unrouted_ordered.find({row.event->content.type, *key});
      row.route->active && kept != unrouted_ordered.end()
      && *kept->second.begin() < seq)
    return true;
  auto& leased = row.route->ordered.at(*key).leased;
  return std::any_of(leased.upper_bound(seq), leased.end(),
                     [now](auto& x) { return x.second->lease_until > now; });
}

void tables::expire_leases(route_row& route, timestamp now) {
  auto i = route.leased.begin();
  while (i != route.leased.end() && i->first.first <= now) {
    auto& row = *i->second;
    if (is_blocked(row)) {
      ++i;
      continue;
    }
    i = route.leased.erase(i);
    route.waiting.emplace(std::pair{row.due, row.event->seq}, &row);
  }
}

void tables::erase_from_ordered(delivery_row& row) {
  auto& key = row.event->content.ordering_key;
  if (!key)
    return;
  auto i = row.route->ordered.find(*key);
  if (i == row.route->ordered.end()
      || i->second.rows.erase(row.event->seq) == 0)
    return;
  if (i->second.rows.empty()) {
    row.route->ordered.erase(i);
    return;
  }
  // The next one may be free now.
  auto& first = *i->second.rows.begin()->second;
  unindex(first);
  index(first);
}

} // namespace inbox::memory
