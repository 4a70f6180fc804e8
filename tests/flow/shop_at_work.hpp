#pragma once

#include "app.hpp"

#include <functional>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace flow {

/// An inbox at work on many events, and what it said about errors.
class shop_at_work {
public:
  /// Number of events that `write_all` writes.
  static constexpr uint32_t count = 300;

  shop_at_work(store_place& place, inbox::options options);

  /// Writes all events, each until it is acknowledged, as a sender does.
  /// Returns false if one never is.
  bool write_all();

  /// Likewise for those from one number to another.
  bool write(uint32_t first, uint32_t last);

  /// Checks that each event was handled and settled once, and drains.
  void check_all_done();

  /// Waits for an error of a class whose text has a part.
  [[nodiscard]] bool wait_for_error(inbox::errc code, const std::string& text);

  record<inbox::uuid> calls;
  record<caf::error> errors;
  record<inbox::delivery_died> died;
  std::unique_ptr<app> shop;

private:
  store_place& place_;
};

/// Something that happens to a store, and how it is mended.
struct fault {
  const char* what;
  std::function<void(store_place&, shop_at_work&)> strike;
  std::function<void(store_place&)> heal;
  /// What the error callback gets meanwhile.
  inbox::errc code;
  /// A part of its text.
  std::string text;
};

/// Lets a fault happen in the midst of work for a while, and checks that there
/// are errors of its class but no storm of them, and that after it everything
/// that was acknowledged gets done.
void survive(const fault& what, store_place& place,
             const inbox::options& options);

} // namespace flow
