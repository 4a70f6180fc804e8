#pragma once

#include <type_traits>

namespace inbox {

/// Has a container make a value where it is to be, of parts that are moved
/// once: `xs.emplace_back(in_place{[&] { return pair{a, std::move(b)}; }})`.
/// What has no constructor of its own would be moved once more by `push_back`.
template <class Function>
struct in_place {
  Function make;

  operator std::invoke_result_t<Function&>() {
    return make();
  }
};

template <class Function>
in_place(Function) -> in_place<Function>;

} // namespace inbox
