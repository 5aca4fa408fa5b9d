// base/relax.hpp: a pause between two looks at what another thread will change. (internal)
#pragma once

namespace troupe::detail {

// Some ten nanoseconds or more, in which the processor leaves the memory and its other half alone.
inline void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace troupe::detail
