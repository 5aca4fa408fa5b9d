// task/std_stop.hpp: our stop tokens seen as `std::stop_token`, for code that takes those.
//
// The standard's tokens are shared between threads and counted with atomics; ours are neither. So
// each is its own type, and this joins them where somebody asks. libc++ 19 has no
// `std::stop_token`: there this header is empty.
#pragma once
#include <troupe/task/stop.hpp>
#include <version>

#if defined(__cpp_lib_jthread)
#include <stop_token>

namespace troupe {

/// A `std::stop_token` that follows one of ours: `const StdStop stop(co_await stop_token());` in a
/// task, then `stop.token()` may go to code on any thread. It is stopped when ours is, inside
/// whoever requests that: callbacks of the standard's token that were registered then run there.
/// Keep it as long as the token should follow: once this is destroyed, tokens that it gave are
/// never stopped. Immovable; of the runtime's thread. Cost: one allocation by the standard library.
/// @throws std::bad_alloc when there is no memory
class [[nodiscard("its token follows only as long as it lives")]] StdStop {
 public:
  using troupe_of_one_runtime = void;
  explicit StdStop(StopToken token) : follow_(std::move(token), Request(), source_) {}
  StdStop(const StdStop&) = delete;
  std::stop_token token() const noexcept { return source_.get_token(); }

 private:
  struct Request {
    void operator()(std::stop_source&& source) const noexcept { source.request_stop(); }
  };
  std::stop_source source_;
  StopCallback<Request, std::stop_source> follow_;
};

}  // namespace troupe
#endif
