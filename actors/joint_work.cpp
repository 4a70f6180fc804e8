#include "joint_work.hpp"

#include "../messages/emitted_id.hpp"
#include "../messages/error.hpp"
#include "../messages/settlement.hpp"

namespace inbox {

namespace {

/// An attempt that is repeated may emit something else at the same place, which
/// would be taken for a duplicate.
caf::error give_ids(outcome& x, const uuid& cause,
                    const std::string& handler_key) {
  for (size_t i = 0; i < x.events.size(); ++i) {
    auto& id = x.events[i].id;
    if (!id.is_nil())
      continue;
    if (!is_final(x.verdict))
      return make_error(errc::invalid, "events[" + std::to_string(i) + "].id",
                        "must not be nil if the delivery goes on");
    id = emitted_id(cause, handler_key, i);
  }
  return {};
}

/// An event that the handler has named like its cause is that cause once more,
/// and a duplicate.
void give_causes(outcome& x, const uuid& cause) {
  for (auto& entry : x.events)
    if (!entry.cause && entry.id != cause)
      entry.cause = cause;
}

} // namespace

outcome with_joint_work(outcome x, const uuid& cause,
                        const std::string& handler_key,
                        uint64_t payload_limit) {
  if (!keeps_work(x.verdict)) {
    x.effects.clear();
    x.events.clear();
    return x;
  }
  auto err = give_ids(x, cause, handler_key);
  give_causes(x, cause);
  if (!err)
    err = check(x.effects);
  if (!err)
    err = check(x.events, payload_limit);
  return err ? failed("what the handler answered is " + describe(err)) : x;
}

} // namespace inbox
