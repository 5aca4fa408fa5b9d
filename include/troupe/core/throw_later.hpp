// core/throw_later.hpp: what becomes of exceptions that fail nobody: out of the functions of Rets,
// Fwds and hooks. (internal)
#pragma once
#include <exception>
#include <string_view>

namespace troupe {

class Core;

namespace detail {
/// Queues a record that throws it out of the run. Where there is no room for one, the end of the
/// run throws the first, and the log hears of the others; where the runtime ends, the log hears.
void throw_later(Core& core, std::exception_ptr error) noexcept;
/// What no next run throws, to the log.
void tell_pending(Core& core) noexcept;
/// An error that nobody else hears of, to the log.
void unheard(Core& core, const std::exception_ptr& what, std::string_view where) noexcept;
/// Inside a catch, for the function of a Ret or a Fwd: inside a run the exception is thrown later;
/// outside of any it reaches who answered, or ends the process where the function was told of a
/// drop.
void body_threw(bool dropped);
}  // namespace detail

}  // namespace troupe
