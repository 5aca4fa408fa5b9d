// base/panic.hpp: how the process ends when a promise of the caller is broken.
#pragma once
#include <string_view>

namespace troupe {

/// Ends the process after one line on standard error: `troupe: <words> (<where>)`. For broken contracts only (a `Ret`
/// answered twice, `run` called from inside `run`); whatever can happen to correct code is a value or an exception.
/// May be called from any thread. Never returns.
/// @param words what was broken, as a sentence without a full stop
/// @param where the function, type or place that was misused; may be empty
[[noreturn]] void panic(std::string_view words, std::string_view where = {}) noexcept;

}  // namespace troupe
