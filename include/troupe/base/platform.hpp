// base/platform.hpp: what differs between compilers and builds, in one place. (internal)
//
// Every macro of the library is defined here and begins with TROUPE_. None of them is part of the
// interface, with one exception: a helper that borrows a Share carries TROUPE_BORROWS
// (core/share.hpp). The attributes expand to nothing where the compiler does not know them, so a
// program means the same everywhere; Clang merely checks more of it.
#pragma once

#if __cplusplus <= 202002L
#error "Troupe needs C++23: compile with -std=c++23"
#include "the rest would be noise: give -std=c++23"  // no such file: ends the compilation
#endif

#define TROUPE_INLINE [[gnu::always_inline]] inline
#define TROUPE_COLD [[gnu::cold, gnu::noinline]]

// ---- builds
// TROUPE_DEBUG and TROUPE_ASAN are a property of the built library: an installed one tells them to
// its users.
#ifndef TROUPE_DEBUG
#ifndef NDEBUG
#define TROUPE_DEBUG 1
#else
#define TROUPE_DEBUG 0
#endif
#endif

// What foreign awaitables are handed: a hand-made frame (0), or a real coroutine (1). See
// task/foreign_frame.hpp.
#ifndef TROUPE_CONFORMING_FOREIGN
#define TROUPE_CONFORMING_FOREIGN 0
#endif

// GCC up to 12 destroys an aggregate twice that is made in an expression that awaits.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#define TROUPE_GCC_12 1
#else
#define TROUPE_GCC_12 0
#endif

// Clang compiles what a coroutine needs at the end of the program, behind the function that was
// given the coroutine.
#if defined(__clang__)
#define TROUPE_CLANG 1
#define TROUPE_RAW_PLACE ::std::source_location::current()  // see base/code_place.hpp
#else
#define TROUPE_CLANG 0
#define TROUPE_RAW_PLACE __builtin_source_location()
#endif

#ifdef TROUPE_ASAN
#elif defined(__SANITIZE_ADDRESS__)
#define TROUPE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TROUPE_ASAN 1
#endif
#endif
#ifndef TROUPE_ASAN
#define TROUPE_ASAN 0
#endif

#if TROUPE_ASAN
#include <sanitizer/asan_interface.h>
#define TROUPE_POISON(address, bytes) ASAN_POISON_MEMORY_REGION(address, bytes)
#define TROUPE_UNPOISON(address, bytes) ASAN_UNPOISON_MEMORY_REGION(address, bytes)
#else
#define TROUPE_POISON(address, bytes) ((void)0)
#define TROUPE_UNPOISON(address, bytes) ((void)0)
#endif

// ---- exceptions: without them a handler that would throw ends the process (the standard library's
// own rule)
#if defined(__cpp_exceptions)
#define TROUPE_EXCEPTIONS 1
#define TROUPE_TRY try
#define TROUPE_CATCH_ALL catch (...)
#define TROUPE_THROW(...) throw __VA_ARGS__
#define TROUPE_RETHROW throw
#else
#define TROUPE_EXCEPTIONS 0
#define TROUPE_TRY if constexpr (true)
#define TROUPE_CATCH_ALL else
#define TROUPE_THROW(...) \
  ::troupe::panic("an exception was needed in a build without exceptions", #__VA_ARGS__)
#define TROUPE_RETHROW ((void)0)
#endif

// ---- Clang's checks: -Wthread-safety for borrows of shares, -Wconsumed for a Ret that is used
// twice
#if defined(__clang__)
#define TROUPE_TSA(x) __attribute__((x))
#else
#define TROUPE_TSA(x)
#endif
#define TROUPE_CAPABILITY(name) TROUPE_TSA(capability(name))
#define TROUPE_SCOPED_CAPABILITY TROUPE_TSA(scoped_lockable)
#define TROUPE_ACQUIRE(...) TROUPE_TSA(acquire_capability(__VA_ARGS__))
#define TROUPE_ACQUIRE_SHARED(...) TROUPE_TSA(acquire_shared_capability(__VA_ARGS__))
#define TROUPE_RELEASE(...) TROUPE_TSA(release_capability(__VA_ARGS__))
#define TROUPE_RELEASE_GENERIC(...) TROUPE_TSA(release_generic_capability(__VA_ARGS__))
#define TROUPE_EXCLUDES(...) TROUPE_TSA(locks_excluded(__VA_ARGS__))
/// Behind the parameters of a function that borrows a Share: Clang then refuses to call it under a
/// borrow.
#define TROUPE_BORROWS TROUPE_TSA(locks_excluded(::troupe::detail::borrow_token))
#define TROUPE_CONSUMABLE(state) TROUPE_TSA(consumable(state))
#define TROUPE_CALLABLE_WHEN(...) TROUPE_TSA(callable_when(__VA_ARGS__))
#define TROUPE_SET_TYPESTATE(state) TROUPE_TSA(set_typestate(state))
#define TROUPE_PARAM_TYPESTATE(state) TROUPE_TSA(param_typestate(state))
#define TROUPE_RETURN_TYPESTATE(state) TROUPE_TSA(return_typestate(state))
#if defined(__clang__)
#define TROUPE_LIFETIMEBOUND [[clang::lifetimebound]]
#else
#define TROUPE_LIFETIMEBOUND
#endif
