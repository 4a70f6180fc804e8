#include "joint_batches.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace inbox {

namespace {

/// How often one is tried that is alone in its transaction: what is in its way,
/// a deadlock for one, goes away.
constexpr int most_tries = 4;

struct job {
  joint_batch batch;
  int tries = 0;
  deferred_check when = deferred_check::by_commit;
};

joint_batch part(const joint_batch& x, size_t begin, size_t end) {
  return {x.begin() + static_cast<ptrdiff_t>(begin),
          x.begin() + static_cast<ptrdiff_t>(end)};
}

class settler {
public:
  explicit settler(const joint_transaction& together) : together_(together) {
    // nop
  }

  caf::expected<settled_jointly> run(joint_batch all) {
    push({std::move(all)});
    while (!jobs_.empty()) {
      auto next = std::move(jobs_.back());
      jobs_.pop_back();
      auto came = together_(next.batch, next.when);
      if (!came)
        return std::move(came.error());
      take(std::move(next), *came);
    }
    return std::move(result_);
  }

private:
  void push(job x) {
    if (!x.batch.empty())
      jobs_.push_back(std::move(x));
  }

  void take(job what, const joint_try& came) {
    auto& batch = what.batch;
    // What else was undone with them is looked at once more.
    if (!came.reason)
      for (auto i : came.lost)
        result_.lost.push_back(batch[i]->lease);
    if (came.committed)
      return;
    if (came.culprit && !came.again) {
      refuse(*batch[*came.culprit], *came.reason);
      // Those before it are in order as far as one can tell. The last one that
      // is pushed comes first.
      push({part(batch, *came.culprit + 1, batch.size()), 0, what.when});
      push({part(batch, 0, *came.culprit), 0, what.when});
    } else if (came.again && what.tries == 0) {
      // Others were in the way, and may be gone.
      what.tries = 1;
      push(std::move(what));
    } else if (came.found_late && what.when != deferred_check::behind_each
               && batch.size() > 1) {
      what.when = deferred_check::behind_each;
      push(std::move(what));
    } else if (came.reason && batch.size() > 1) {
      auto middle = batch.size() / 2;
      push({part(batch, middle, batch.size()), what.tries, what.when});
      push({part(batch, 0, middle), what.tries, what.when});
    } else if (came.reason) {
      if (came.again && ++what.tries < most_tries)
        push(std::move(what));
      else
        refuse(*batch.front(), *came.reason);
    } else {
      push({without(batch, came.lost), 0, what.when});
    }
  }

  static joint_batch without(const joint_batch& batch,
                             const std::vector<size_t>& lost) {
    joint_batch result;
    for (size_t i = 0; i < batch.size(); ++i)
      if (std::find(lost.begin(), lost.end(), i) == lost.end())
        result.push_back(batch[i]);
    return result;
  }

  void refuse(const settlement& x, const std::string& reason) {
    result_.refused.push_back({x.lease, reason});
  }

  const joint_transaction& together_;
  std::vector<job> jobs_;
  settled_jointly result_;
};

} // namespace

caf::expected<settled_jointly>
settle_in_batches(const joint_batch& settlements,
                  const joint_transaction& together) {
  return settler{together}.run(settlements);
}

} // namespace inbox
