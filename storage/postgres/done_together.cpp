#include "done_together.hpp"

namespace inbox::postgres {

void done_together::push(const lease& x) {
  seqs_[{x.token, x.route}].push_back(x.seq);
}

void done_together::add_to(params& args) const {
  column<int64_t> all;
  column<int64_t> token;
  column<int32_t> route;
  column<int32_t> first;
  column<int32_t> last;
  int32_t count = 0;
  for (auto& [claim, seqs] : seqs_) {
    token.push(claim.first);
    route.push(claim.second);
    first.push(count + 1);
    for (auto seq : seqs)
      all.push(seq);
    count += static_cast<int32_t>(seqs.size());
    last.push(count);
  }
  args.add(std::move(all));
  args.add(std::move(token));
  args.add(std::move(route));
  args.add(std::move(first));
  args.add(std::move(last));
}

} // namespace inbox::postgres
