#include "nodes.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <thread>
#include <vector>

namespace {

/// Writes until there is an answer that says something: to write the same id
/// again is harmless.
caf::expected<inbox::receipt> write(inbox::client& box, inbox::event x) {
  for (;;) {
    auto receipt = box.write(x);
    if (receipt || !inbox::is_transient(receipt.error()))
      return receipt;
  }
}

/// Tells whether all handler keys are done with an event. There may be none
/// yet.
bool is_done(const inbox::event_record& x) {
  return !x.deliveries.empty()
         && std::all_of(x.deliveries.begin(), x.deliveries.end(), [](auto& y) {
              return y.status == inbox::status::done;
            });
}

} // namespace

int run_writer(caf::actor_system& sys, const inbox::endpoint& where,
               unsigned count) {
  auto actor = inbox::spawn_remote_inbox(sys, where);
  if (!actor)
    return fail(actor.error());
  inbox::client box{sys, *actor};
  std::vector<inbox::uuid> written;
  caf::error failure;
  for (unsigned i = 0; i < count && !failure; ++i) {
    auto id = inbox::make_id();
    auto event = inbox::make_event(id, "order", std::to_string(i));
    auto receipt = write(box, std::move(*event));
    if (receipt)
      written.push_back(id);
    else
      failure = std::move(receipt.error());
  }
  size_t repeated = 0;
  for (auto& id : written) {
    auto found = box.find(id);
    while (!found || !is_done(*found)) {
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
      found = box.find(id);
    }
    repeated += found->deliveries.front().attempts > 1 ? 1 : 0;
  }
  static_cast<void>(box.drain());
  if (failure)
    return fail(failure);
  nlohmann::ordered_json result;
  result["done"] = written.size();
  result["repeated"] = repeated;
  std::cout << result.dump() << std::endl;
  return EXIT_SUCCESS;
}
