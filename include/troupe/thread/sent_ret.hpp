// thread/sent_ret.hpp: a SendableRet that goes along with a call, to become a Ret. (internal)
#pragma once
#include <troupe/core/drop_scope.hpp>
#include <troupe/thread/far_ret.hpp>
#include <troupe/thread/sendable_ret.hpp>
#include <utility>

namespace troupe::detail {

template <class... T> class SentRet {
 public:
  explicit SentRet(SendableRet<T...>&& ret) noexcept : ret_(std::move(ret)) {}
  SentRet(SentRet&&) noexcept = default;
  SentRet& operator=(SentRet&&) = delete;
  ~SentRet() {  // the call was refused, or found its actor gone
    if (ret_) ret_.fail(DropScope::reason());
  }
  Ret<T...> arrive() noexcept { return std::move(ret_); }

 private:
  SendableRet<T...> ret_;
};
template <class... T> struct Crossed<SentRet<T...>> {
  static constexpr std::size_t rets = 0, fwds = 0;
  static constexpr bool hears = true;
  static SentRet<T...>&& cross(Lane&, Lane&, SentRet<T...>&& ret) noexcept {
    return std::move(ret);
  }
};
template <class... T> Ret<T...> arrived(const Box*, SentRet<T...>&& ret) noexcept {
  return ret.arrive();
}

}  // namespace troupe::detail
