// core/end_report.cpp: what the log and the failure hook hear of an actor's end.
#include "end_report.hpp"

#include <troupe/core/log.hpp>
#include <troupe/core/throw_later.hpp>

#include "extras.hpp"

namespace troupe::detail {

// Every failure is told to the log, at Error, and to the hook: also when nobody asked to hear of
// the end.
void report_failure(Box& b, const StopCause& cause) noexcept {
  if (cause != StopCause::failed) return;
  Core& core = b.core();
  const std::string_view name = b.name();
  error(LogAs(core, b.id()), cause.error().text(), kv("actor", b.type->name),
        kv("name", name.empty() ? std::optional<std::string_view>{} : name));
  if (const Extras* extras = b.kernel().extras;
      extras && extras->failure_hook) {  // which the sink may just have set
    const auto hook = extras->failure_hook;
    TROUPE_TRY { (*hook)(core, FailureReport{b.id(), b.type->name, name, cause.error()}); }
    TROUPE_CATCH_ALL { throw_later(core, std::current_exception()); }
  }
}

void report_close(Box& b, const StopCause& cause) noexcept {
  Kernel& k = b.kernel();
  const std::uint64_t id = b.id();
  static_assert(static_cast<int>(SpanEnd::lost) == static_cast<int>(StopCause::lost));
  log_span_close(k.logger, k.core, k.now, id, static_cast<SpanEnd>(cause.kind()),
                 cause.error().text());
  if (b.named) k.extras->names.erase(id);
  b.named = false;
}

}  // namespace troupe::detail
