#include "fibers.hpp"

#include <boost/context/fiber.hpp>
#include <boost/context/protected_fixedsize_stack.hpp>

#include <utility>

#ifdef __SANITIZE_ADDRESS__ // GCC
#  define SIMULATION_TELLS_SANITIZER
#elif defined(__has_feature) // Clang
#  if __has_feature(address_sanitizer)
#    define SIMULATION_TELLS_SANITIZER
#  endif
#endif

#ifdef SIMULATION_TELLS_SANITIZER
#  include <sanitizer/common_interface_defs.h>
#endif

namespace simulation {

namespace {

// The deepest is a log line that is formatted in an actor.
constexpr size_t stack_size = 512 * 1024;

} // namespace

class fibers::fiber {
public:
  explicit fiber(fibers& owner) {
    boost::context::protected_fixedsize_stack stacks{stack_size};
    auto stack = stacks.allocate();
    bottom_ = static_cast<char*>(stack.sp) - stack.size;
    size_ = stack.size;
    boost::context::preallocated where{stack.sp, stack.size, stack};
    auto body = [this, &owner](boost::context::fiber&& back) {
      arrive(nullptr);
      other_ = std::move(back);
      owner.loop();
      depart(nullptr, outer_bottom_, outer_size_); // for good
      return std::move(other_);
    };
    other_ = boost::context::fiber{std::allocator_arg, where, stacks, body};
  }

  /// Continues this fiber, until it leaves or ends.
  void enter() {
    void* fake_stack = nullptr;
    depart(&fake_stack, bottom_, size_);
    other_ = std::move(other_).resume();
    arrive(fake_stack);
  }

  /// Goes back to whoever has entered this fiber.
  void leave() {
    void* fake_stack = nullptr;
    depart(&fake_stack, outer_bottom_, outer_size_);
    other_ = std::move(other_).resume();
    arrive(fake_stack);
  }

private:
  // AddressSanitizer has to know on which stack it is.

  void depart([[maybe_unused]] void** fake_stack,
              [[maybe_unused]] const void* bottom,
              [[maybe_unused]] size_t size) {
#ifdef SIMULATION_TELLS_SANITIZER
    __sanitizer_start_switch_fiber(fake_stack, bottom, size);
#endif
  }

  void arrive([[maybe_unused]] void* fake_stack) {
#ifdef SIMULATION_TELLS_SANITIZER
    const void* bottom = nullptr;
    size_t size = 0;
    __sanitizer_finish_switch_fiber(fake_stack, &bottom, &size);
    if (bottom != bottom_) {
      outer_bottom_ = bottom;
      outer_size_ = size;
    }
#endif
  }

  /// What runs next: this fiber seen from outside, the outside seen from here.
  boost::context::fiber other_;
  const void* bottom_ = nullptr;
  size_t size_ = 0;
  const void* outer_bottom_ = nullptr;
  size_t outer_size_ = 0;
};

fibers::fibers(step_function step) : step_{std::move(step)} {
  // nop
}

fibers::~fibers() {
  ending_ = true;
  for (auto* x : idle_)
    x->enter();
}

void fibers::run() {
  done_ = false;
  while (!done_) {
    if (next_ == nullptr && idle_.empty()) {
      all_.push_back(std::make_unique<fiber>(*this));
      idle_.push_back(all_.back().get());
    }
    if (next_ == nullptr) {
      next_ = idle_.back();
      idle_.pop_back();
    }
    current_ = std::exchange(next_, nullptr);
    current_->enter();
  }
}

void fibers::loop() {
  while (!ending_) {
    if (step_())
      continue;
    done_ = true;
    idle_.push_back(current_);
    leave();
  }
}

void fibers::leave() {
  current_->leave();
}

void fibers::suspend() {
  leave();
}

void fibers::wake(fiber* sleeper) {
  next_ = sleeper;
  idle_.push_back(current_);
  leave();
}

} // namespace simulation
