// base/step.hpp: the places between which a test may stop a thread. (internal)
//
// Code that several threads run at once names its steps: in front of each atomic operation or lock
// by which one side learns of the other. A test scripts in which order the steps of two sides run
// (tests/support/interleave.hpp), and so goes through all orders there are. Release builds have no
// trace of it.
#pragma once
#include <troupe/base/platform.hpp>

namespace troupe::detail {

#if TROUPE_DEBUG
// Of a thread that a test has in hand. It may return when another thread has gone on. `blocked`:
// this thread looks for what only another one can do, and looks again when the hook returns.
using StepHook = void (*)(bool blocked) noexcept;
inline constinit thread_local StepHook step_hook = nullptr;
inline void step(bool blocked = false) noexcept {
  if (step_hook) [[unlikely]]
    step_hook(blocked);
}
// Whether this thread must not block, but do steps in which it is blocked.
inline bool is_scripted() noexcept { return step_hook != nullptr; }
#else
inline void step(bool /*blocked*/ = false) noexcept {}
constexpr bool is_scripted() noexcept { return false; }
#endif

}  // namespace troupe::detail
