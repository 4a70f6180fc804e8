#pragma once

#include "harness.hpp"

/// A handler key, and settlements with effects and events.
class joint_fixture : public fixture {
public:
  route_id mail = add("mail");

  /// Returns one lease per event, from the first.
  std::vector<lease> claim_many(uint32_t count) {
    for (uint32_t n = 1; n <= count; ++n)
      write(make(n));
    std::vector<lease> result;
    for (auto& x : claim(mail).claimed)
      result.push_back(x.lease);
    if (result.size() != count)
      CAF_FAIL("claimed " << result.size());
    return result;
  }

  static settlement done_with(const lease& x, std::vector<sql_effect> effects,
                              std::vector<event> events = {}) {
    settlement result;
    result.lease = x;
    result.effects = std::move(effects);
    result.events = std::move(events);
    return result;
  }

  settled_jointly settle_joint(std::vector<settlement> xs,
                               bool in_doubt = false) {
    return get(db->settle_joint({std::move(xs), in_doubt}));
  }
};
