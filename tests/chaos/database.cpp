#include "database.hpp"

namespace chaos {

namespace {

/// An id begins with the number of the process that has made it up.
std::string writer_of(const std::string& event_id) {
  return event_id.substr(0, 18);
}

} // namespace

void database::watch() {
  run(words_.watch);
}

int64_t database::unfinished() {
  return std::stoll(run("select (select count(*) from (" + words_.deliveries
                        + R"() d where progress < 2)
           + (select count(*) from chaos_event where unrouted))")
                      .at(0)
                      .at(0));
}

void database::read(history& to) {
  for (auto& row :
       run("select " + words_.id + ", r.handler_key, " + words_.micros + R"(,
           w.progress_before, w.progress_after, w.attempts_before,
           w.attempts_after
    from chaos_watched w
    join chaos_event e on e.seq = w.event_seq
    join chaos_route r on r.id = w.route_id
    order by w.n)"))
    to.transitions.push_back({row.at(0), row.at(1), std::stoll(row.at(2)),
                              std::stoi(row.at(3)), std::stoi(row.at(4)),
                              std::stoll(row.at(5)), std::stoll(row.at(6))});
  for (auto& row : run("select " + words_.id + R"(,
           e.type, r.handler_key, d.event_seq, coalesce(d.ordering_key, ''),
           d.progress, d.attempts
    from ()" + words_.deliveries
                       + R"() d
    join chaos_event e on e.seq = d.event_seq
    join chaos_route r on r.id = d.route_id)"))
    to.deliveries.push_back(
      {row.at(0), row.at(1), row.at(2), std::stoll(row.at(3)), row.at(4),
       std::stoi(row.at(5)), std::stoll(row.at(6)), writer_of(row.at(0))});
}

} // namespace chaos
