#include "done_together.hpp"

#include <utility>

namespace inbox::postgres {

void done_together::push(const lease& x) {
  if (count_ == 0 || x.token != current_.token || x.route != current_.route) {
    if (count_ > 0)
      last_.push(count_);
    current_ = x;
    tokens_.push(x.token);
    routes_.push(x.route);
    first_.push(count_ + 1);
  }
  seqs_.push(x.seq);
  ++count_;
}

void done_together::move_to(params& args) {
  if (count_ > 0)
    last_.push(count_);
  args.add(std::move(seqs_));
  args.add(std::move(tokens_));
  args.add(std::move(routes_));
  args.add(std::move(first_));
  args.add(std::move(last_));
}

} // namespace inbox::postgres
