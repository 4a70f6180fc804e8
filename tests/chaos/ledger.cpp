#include "workload.hpp"

#include <random>

namespace chaos {

namespace {

/// Some events share an ordering key with those of others, some payloads are
/// large, and some say that they take long.
class ledger_source {
public:
  ledger_source(int process, uint64_t seed) : process_{process}, random_{seed} {
    // nop
  }

  std::vector<inbox::event> operator()() {
    std::vector<inbox::event> result(1 + random_() % 20);
    for (auto& x : result) {
      x.id = make_id(process_, ++count_);
      x.type = random_() % 3 > 0 ? "order" : "refund";
      auto size = random_() % 50 == 0 ? 20'000 : random_() % 300;
      x.payload = inbox::payload{std::string(size, 'x')};
      // Whoever takes such a one over from a paused process is at it still when
      // that wakes up.
      if (random_() % 40 == 0)
        x.headers[duration_header] = std::to_string(600 + random_() % 700);
      if (random_() % 4 == 0)
        x.ordering_key = "customer " + std::to_string(random_() % 40);
    }
    return result;
  }

private:
  int process_;
  uint32_t count_ = 0;
  std::mt19937_64 random_;
};

class ledger : public workload {
public:
  const routes& all_routes() const override {
    static const routes result{{"order", {"mail", "stock"}},
                               {"refund", {"mail"}}};
    return result;
  }

  uint32_t max_attempts() const override {
    // Each process that is killed costs those that it had claimed an attempt.
    return 10'000;
  }

  event_source make_source(int process, uint64_t seed) const override {
    return ledger_source{process, seed};
  }

  inbox::outcome answer(const inbox::delivery&) override {
    return inbox::done();
  }
};

} // namespace

workload_ptr make_ledger() {
  return std::make_unique<ledger>();
}

} // namespace chaos
