// base/code_place.cpp: a place as text.
#include <troupe/base/code_place.hpp>

#include <algorithm>
#include <cstdio>

namespace troupe::detail {

PlaceText::PlaceText(const CodePlace& at) noexcept {
  const int n =
      std::snprintf(text_, sizeof(text_), "%.*s, %.*s:%u", static_cast<int>(at.function().size()),
                    at.function().data(), static_cast<int>(at.file().size()), at.file().data(),
                    static_cast<unsigned>(at.line()));
  size_ = std::min(static_cast<std::size_t>(std::max(n, 0)), sizeof(text_) - 1);
}

}  // namespace troupe::detail
