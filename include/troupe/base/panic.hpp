// base/panic.hpp: how the process ends when a promise of the caller is broken.
#pragma once
#include <string_view>
#include <troupe/base/platform.hpp>

namespace troupe {

/// Ends the process after one line on standard error: `troupe: <words> (<where>)`. For broken
/// contracts only (a `Ret` answered twice, `run` called from inside `run`); whatever can happen to
/// correct code is a value or an exception. May be called from any thread. Never returns.
/// @param words what was broken, as a sentence without a full stop
/// @param where the function, type or place that was misused; may be empty
[[noreturn]] void panic(std::string_view words, std::string_view where = {}) noexcept;

// Classes have other members where TROUPE_DEBUG is set, so a program and its library are built
// alike. Each source of the program names what the library must be; a linker that does not find it
// prints the sentence.
namespace detail {
#if TROUPE_DEBUG
extern const char
    the_program_has_debug_checks_and_the_troupe_library_has_not__build_both_with_or_without_NDEBUG;
[[gnu::used, gnu::retain]] inline const char* const debug_library =
    &the_program_has_debug_checks_and_the_troupe_library_has_not__build_both_with_or_without_NDEBUG;
#else
extern const char
    the_troupe_library_has_debug_checks_and_the_program_has_not__build_both_with_or_without_NDEBUG;
[[gnu::used, gnu::retain]] inline const char* const release_library =
    &the_troupe_library_has_debug_checks_and_the_program_has_not__build_both_with_or_without_NDEBUG;
#endif
}  // namespace detail

}  // namespace troupe
