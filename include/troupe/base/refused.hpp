// base/refused.hpp: what a refused function returns and takes, so that the compiler names one
// mistake only. (internal)
//
// GCC and Clang go on behind an error. Whatever is done with the result of a refused function goes
// through, or a second error would hide the first.
#pragma once
#include <troupe/base/platform.hpp>

namespace troupe::detail {

struct RefusedPart {
  template <class T> operator T() const;
  template <class Strand> RefusedPart enter(Strand&) const;  // can be awaited
  RefusedPart reply() const;
  RefusedPart value() const;
};
struct Refused : RefusedPart {  // can be taken apart, as a pipe is
  RefusedPart one, other;
};

// A parameter of a deleted function that takes what the others of its name do not. Such functions
// are templates, so each function of another library is a better match.
struct Any {
  Any() = default;
  template <class X> Any(X&&);
};
// The same of one that takes a braced list, which has no type to deduce, or nothing.
struct Braced {
  Braced() = default;
  template <class... X> Braced(X&&...);
};

// A closure that a function has refused: its coroutine does not refuse it once more. Where the
// first has happened, a friend is defined that the second looks for.
#if TROUPE_CLANG
template <class F> struct MayBeRefused {
  friend auto was_refused(MayBeRefused<F>);
};
template <class F> struct IsRefused {
  friend auto was_refused(MayBeRefused<F>) { return true; }
};
template <class F>
concept refused_before = requires { was_refused(MayBeRefused<F>()); };
#else
template <class F> struct IsRefused {};
template <class F>
concept refused_before = false;
#endif

}  // namespace troupe::detail
