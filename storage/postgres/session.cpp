#include "session.hpp"

#include <utility>

namespace inbox::postgres {

session::session(conn_ptr conn, const store_options& options)
  : conn_(std::move(conn), options),
    prefix_(options.prefix),
    patience_(options.deadline) {
  // nop
}

const statement& session::sql(const char* text) {
  auto i = statements_.find(text);
  if (i == statements_.end())
    i = statements_.emplace(text, statement{text, prefix_}).first;
  return i->second;
}

deadline session::start() const {
  return after(patience_);
}

caf::expected<rows> session::run(const char* text, params args, effect what,
                                 deadline until, planning how) {
  std::vector<step> steps;
  steps.push_back({&sql(text), std::move(args)});
  auto results = conn_.run(std::move(steps), what, until, how);
  if (!results)
    return std::move(results.error());
  return std::move(results->front());
}

caf::expected<rows> session::run(const char* text, params args, effect what) {
  return run(text, std::move(args), what, start());
}

} // namespace inbox::postgres
