// thread/waker.cpp: what a Waker's receiver hears.
#include <troupe/thread/waker.hpp>

namespace troupe::detail {

const HomeCell::Ops WakerCell::ops{
    [](HomeCell& self, std::uint32_t bits) {
      const Fwd<WakerNotice> fwd = static_cast<WakerCell&>(self).fwd;
      if (bits & woken) fwd(WakerNotice::woken);
      if (bits & away_gone) fwd(WakerNotice::gone);
    },
    [](HomeCell& self) noexcept { static_cast<WakerCell&>(self).fwd = {}; },
    [](HomeCell& self) noexcept { delete static_cast<WakerCell*>(&self); }};

}  // namespace troupe::detail
