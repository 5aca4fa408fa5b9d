// core/log.hpp: the log statements.
//
//   info(cx, "connected", kv("peer", name), kv("port", port));
//
// Arguments are evaluated as in any call; nothing is shown, formatted or copied unless the record
// passes the filter, and a level below `log_floor` leaves no code at all. A text or value that is
// expensive to make may be given as a function.
#pragma once
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <troupe/base/platform.hpp>
#include <troupe/core/log_level.hpp>
#include <troupe/core/log_record.hpp>
#include <troupe/core/log_value.hpp>
#include <troupe/core/logger.hpp>
#include <type_traits>

namespace troupe {

class Core;

/// The core behind the first argument of a log statement: `Core&` itself, or what converts to it
/// (`Cx<A>&`). Another type joins in with an overload of its own, found by argument-dependent
/// lookup.
template <class C>
  requires std::is_convertible_v<C&, Core&>
Core& core_of_log(C& context) noexcept {
  return context;
}

/// The id that records get from that argument: what its `id()` says, else 0.
template <class C>
  requires std::is_convertible_v<C&, Core&>
std::uint64_t log_id(C& context) noexcept {
  if constexpr (requires { static_cast<std::uint64_t>(context.id()); }) {
    return static_cast<std::uint64_t>(context.id());
  } else {
    return 0;
  }
}

/// What a log statement takes as its first argument.
template <class C>
concept log_context = requires(C& context) {
  core_of_log(context).logger().allows(LogLevel::info);
  { log_id(context) } -> std::convertible_to<std::uint64_t>;
};

/// The message of a log statement: a text, or a function that makes one and is called only if the
/// record passes.
template <class T>
concept log_message = std::is_convertible_v<const T&, std::string_view> || requires(const T& make) {
  { make() } -> std::convertible_to<std::string_view>;
};

/// Logs in the name of another id: `info(LogAs(cx, child_id), "adopted")`. Lives within one
/// statement.
template <class C> class LogAs {
 public:
  LogAs(C& context, std::uint64_t id) noexcept : context_(context), id_(id) {}

  /// The core of the context.
  friend auto& core_of_log(const LogAs& as) noexcept { return core_of_log(as.context_); }
  /// The id that was given.
  friend std::uint64_t log_id(const LogAs& as) noexcept { return as.id_; }

 private:
  C& context_;
  std::uint64_t id_;
};

namespace detail {

template <class C, class... Ts>
TROUPE_COLD void log_passed(C& core, LogRecord record, const Kv<Ts>&... fields) {
  if constexpr (requires { record.systime = core.systime(); }) record.systime = core.systime();
  record.now = core.now();
  const auto scan = [&]([[maybe_unused]] LogVisitor& visitor) { (fields(visitor), ...); };
  record.fields = LogFields(scan);
  core.logger().log(core, record);
}

template <class C, class Text, class... Ts>
TROUPE_INLINE void log_at(C& context, std::uint64_t id, LogLevel level, std::string_view target,
                          const Text& text, const Kv<Ts>&... fields) {
  auto& core = core_of_log(context);
  if (!core.logger().allows(level)) [[likely]]
    return;
  if constexpr (std::is_convertible_v<const Text&, std::string_view>) {
    log_passed(core, {.id = id, .level = level, .target = target, .text = text}, fields...);
  } else {
    const auto& made = text();
    log_passed(core, {.id = id, .level = level, .target = target, .text = made}, fields...);
  }
}

}  // namespace detail

/// Logs a record of any level for a part of the program. Delivered before it returns, except inside
/// a sink (`Logger`).
/// @param context a `Cx<A>&` (records get the actor's id) or a `Core&` (id 0)
/// @param target the part of the program, such as "net"; may be empty
/// @throws what a function given as `text` throws
template <class C, class Text, class... Ts>
  requires log_context<C> && log_message<Text>
void log(C&& context, LogLevel level, std::string_view target, const Text& text,
         const Kv<Ts>&... fields) {
  if (level >= log_floor) detail::log_at(context, log_id(context), level, target, text, fields...);
}

/// Logs at level `trace`: what only the author of the code wants to know.
template <class C, class Text, class... Ts>
  requires log_context<C> && log_message<Text>
void trace(C&& context, const Text& text, const Kv<Ts>&... fields) {
  if constexpr (LogLevel::trace >= log_floor)
    troupe::log(context, LogLevel::trace, {}, text, fields...);
}

/// Logs at level `debug`: what helps to find a mistake.
template <class C, class Text, class... Ts>
  requires log_context<C> && log_message<Text>
void debug(C&& context, const Text& text, const Kv<Ts>&... fields) {
  if constexpr (LogLevel::debug >= log_floor)
    troupe::log(context, LogLevel::debug, {}, text, fields...);
}

/// Logs at level `info`: what goes on.
template <class C, class Text, class... Ts>
  requires log_context<C> && log_message<Text>
void info(C&& context, const Text& text, const Kv<Ts>&... fields) {
  if constexpr (LogLevel::info >= log_floor)
    troupe::log(context, LogLevel::info, {}, text, fields...);
}

/// Logs at level `warn`: what was not expected and can be lived with.
template <class C, class Text, class... Ts>
  requires log_context<C> && log_message<Text>
void warn(C&& context, const Text& text, const Kv<Ts>&... fields) {
  if constexpr (LogLevel::warn >= log_floor)
    troupe::log(context, LogLevel::warn, {}, text, fields...);
}

/// Logs at level `error`: what went wrong.
template <class C, class Text, class... Ts>
  requires log_context<C> && log_message<Text>
void error(C&& context, const Text& text, const Kv<Ts>&... fields) {
  if constexpr (LogLevel::error >= log_floor)
    troupe::log(context, LogLevel::error, {}, text, fields...);
}

/// Logs at level `audit`: a fact for the trail, `tag` by name and the rest in fields.
template <class C, class Tag, class... Ts>
  requires log_context<C> && log_message<Tag>
void audit(C&& context, const Tag& tag, const Kv<Ts>&... fields) {
  if constexpr (LogLevel::audit >= log_floor)
    troupe::log(context, LogLevel::audit, {}, tag, fields...);
}

/// Begins a span below the one that `context` stands for: logs a record of level `open` with text
/// `tag`, the fields, and a field `parent` unless that is 0.
/// @returns the span's id, which is allocated also if nobody listens
template <class C, class... Ts>
  requires log_context<C>
std::uint64_t open_span(C&& context, std::string_view tag, const Kv<Ts>&... fields) {
  const std::uint64_t id = core_of_log(context).logger().new_id();
  const std::uint64_t parent = log_id(context);
  if constexpr (LogLevel::open >= log_floor) {
    const std::optional<std::uint64_t> shown = parent != 0 ? std::optional(parent) : std::nullopt;
    detail::log_at(context, id, LogLevel::open, {}, tag, troupe::kv("parent", shown), fields...);
  }
  return id;
}

/// Ends the span `id`: logs a record of level `close` with a text, which may be empty, and the
/// fields.
template <class C, class Text, class... Ts>
  requires log_context<C> && log_message<Text>
void close_span(C&& context, std::uint64_t id, const Text& text, const Kv<Ts>&... fields) {
  if constexpr (LogLevel::close >= log_floor) {
    detail::log_at(context, id, LogLevel::close, {}, text, fields...);
  }
}

}  // namespace troupe
