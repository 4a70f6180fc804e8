#include "lockstep.hpp"

#include "../../messages/all.hpp"

#include <caf/deep_to_string.hpp>

#include <boost/uuid/uuid_io.hpp>

using namespace inbox;

// The steps of lockstep: each draws its arguments once, asks every store, and
// turns the answer into a text that is the same for all.

void lockstep::write() {
  // PostgreSQL completes events that are there already in a transaction after
  // that of the new ones, so that their deliveries are due a little later.
  auto all_new = chance(70);
  auto is_new = [this](const event& x) {
    auto found = members_.front().db->find({x.id});
    return found && !found->event;
  };
  std::vector<event> events;
  for (auto count = below(8) + 1; count > 0; --count) {
    auto x = any_event();
    if (!has_own_clock_ || is_new(x) == all_new)
      events.push_back(std::move(x));
  }
  compare("write " + caf::deep_to_string(events), [&](member& at, size_t) {
    auto written = at.db->write(events);
    return written ? caf::deep_to_string(*written) : show_error(written);
  });
}

void lockstep::add_route() {
  std::pair name{any_type(), any_key()};
  route_index index = 0;
  while (index < route_names_.size() && route_names_[index] != name)
    ++index;
  if (index == route_names_.size())
    route_names_.push_back(name);
  compare("add route " + caf::deep_to_string(name), [&](member& at, size_t) {
    auto added = at.db->add({name.first, name.second});
    if (!added)
      return show_error(added);
    auto is_new = at.routes.count(index) == 0;
    auto same = at.routes.emplace(index, added->route).first->second
                == added->route;
    return std::string{is_new ? "new" : same ? "same" : "changed"};
  });
}

void lockstep::remove_route() {
  std::pair name{any_type(), any_key()}; // at times one that is not there
  compare("remove route " + caf::deep_to_string(name), [&](member& at, size_t) {
    auto removed = at.db->remove({name.first, name.second});
    return removed ? std::string{"removed"} : show_error(removed);
  });
}

void lockstep::route_events() {
  auto routes = any_routes();
  auto limit = static_cast<uint32_t>(below(6));
  compare("route events of " + caf::deep_to_string(routes) + " limit "
            + std::to_string(limit),
          [&](member& at, size_t) {
            inbox::route_events request;
            request.limit = limit;
            for (auto i : routes)
              request.routes.push_back(at.routes[i]);
            auto routed = at.db->route(request);
            return routed ? std::to_string(routed->events) : show_error(routed);
          });
}

void lockstep::claim() {
  std::vector<std::pair<route_index, uint32_t>> demand;
  // Perilous ones that are not taken may use up room: there is plenty of it, or
  // nothing has to be alone.
  auto is_large = chance(50);
  for (auto i : any_routes())
    demand.emplace_back(i, static_cast<uint32_t>(is_large ? 900 : below(6)));
  claim_deliveries request;
  request.owner.data[0] = static_cast<uint8_t>(below(2) + 1);
  request.limit = static_cast<uint32_t>(is_large ? 900 : below(9));
  request.lease_duration = hundreds({1, 5, 20});
  // Mostly the same: a limit that is lowered is the exception.
  if (is_large)
    request.max_attempts = chance(80) ? 5 : static_cast<uint32_t>(below(4) + 1);
  else
    request.max_attempts = chance(90) ? 1000 : 1;
  if (is_large && chance(50))
    request.max_perilous = static_cast<uint32_t>(below(4));
  if (chance(30))
    request.max_bytes = below(100);
  auto first = leases_.size();
  compare("claim " + caf::deep_to_string(demand) + " "
            + caf::deep_to_string(request),
          [&](member& at, size_t position) {
            auto copy = request;
            for (auto [i, room] : demand)
              copy.demand.push_back({at.routes[i], room});
            auto claimed = at.db->claim(copy);
            if (!claimed)
              return show_error(claimed);
            for (size_t i = 0; i < claimed->claimed.size(); ++i) {
              if (leases_.size() == first + i)
                leases_.emplace_back(members_.size());
              leases_[first + i][position] = claimed->claimed[i].lease;
            }
            return show(at, *claimed);
          });
}

void lockstep::settle() {
  settle_deliveries request;
  auto chosen = any_leases();
  for (size_t i = 0; i < chosen.size(); ++i) {
    auto& x = request.settlements.emplace_back();
    x.verdict = static_cast<verdict>(below(5));
    x.delay = hundreds({0, 1, 5, 50});
    x.message = chance(20) ? "" : "message " + std::to_string(below(100));
  }
  compare("settle " + caf::deep_to_string(chosen) + " "
            + caf::deep_to_string(request),
          [&](member& at, size_t position) {
            auto copy = request;
            for (size_t i = 0; i < chosen.size(); ++i)
              copy.settlements[i].lease = leases_[chosen[i]][position];
            auto settled = at.db->settle(copy);
            if (!settled)
              return show_error(settled);
            return show(at, settled->lost) + " "
                   + show(at, settled->ended_before);
          });
}

void lockstep::renew() {
  auto chosen = any_leases();
  auto duration = hundreds({1, 5, 20});
  compare("renew " + caf::deep_to_string(chosen) + " for "
            + caf::deep_to_string(duration),
          [&](member& at, size_t position) {
            renew_leases request;
            request.duration = duration;
            for (auto i : chosen)
              request.leases.push_back(leases_[i][position]);
            auto renewed = at.db->renew(request);
            return renewed ? show(at, renewed->lost) : show_error(renewed);
          });
}

void lockstep::erase() {
  erase_events request;
  request.limit = static_cast<uint32_t>(below(15));
  request.older_than = hundreds({0, 10, 50, 100});
  request.unfinished = chance(25);
  if (chance(30))
    request.max_bytes = below(100);
  auto from_start = chance(50);
  compare("erase " + caf::deep_to_string(request)
            + (from_start ? " from the start" : " going on"),
          [&](member& at, size_t) {
            auto copy = request;
            copy.after = from_start ? 0 : at.next_page;
            auto erased = at.db->erase(copy);
            if (!erased)
              return show_error(erased);
            at.next_page = erased->next;
            return std::to_string(erased->events) + " "
                   + std::to_string(erased->deliveries)
                   + (erased->next > 0 ? " more" : " end");
          });
}

void lockstep::find() {
  auto id = any_id();
  compare("find " + to_string(id), [&](member& at, size_t) {
    auto found = at.db->find({id});
    return found ? show(at, *found, false) : show_error(found);
  });
  // Where time stands still it has to fit exactly.
  std::string exact;
  for (auto& x : members_) {
    if (x.place->has_own_clock() || !failure_.empty())
      continue;
    auto found = x.db->find({id});
    auto text = found ? show(x, *found, true) : show_error(found);
    if (exact.empty())
      exact = text;
    else if (text != exact)
      failure_ = "find " + to_string(id) + "\n  " + exact + "\n  " + text;
  }
}

void lockstep::follow() {
  find_trace request{any_id(), static_cast<uint32_t>(below(40) + 1)};
  compare("follow " + caf::deep_to_string(request), [&](member& at, size_t) {
    auto found = at.db->follow(request);
    if (!found)
      return show_error(found);
    // The times are compared by what finds a single event.
    for (auto* part : {&found->ancestors, &found->descendants})
      for (auto& x : *part)
        x.written = {};
    if (found->event)
      found->event->written = {};
    return caf::deep_to_string(*found);
  });
}

void lockstep::summarize() {
  compare("summarize", [&](member& at, size_t) {
    auto summary = at.db->summarize();
    return summary ? caf::deep_to_string(*summary) : show_error(summary);
  });
}

void lockstep::advance() {
  auto interval = hundreds({1, 1, 2, 5, 20});
  log_.push_back("advance " + caf::deep_to_string(interval));
  for (auto& x : members_)
    x.place->advance(
      std::chrono::duration_cast<std::chrono::microseconds>(interval));
}

void lockstep::reopen() {
  auto& x = members_[below(members_.size())];
  log_.push_back(std::string{"reopen "} + x.place->kind());
  if (x.place->is_durable())
    x.db.reset();
  x.db = x.place->open();
}
