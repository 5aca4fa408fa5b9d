// support/throwing.hpp: a value whose moves throw when a test says so.
#pragma once
#include <stdexcept>
#include <troupe/base/platform.hpp>
#include <utility>

namespace troupe_test {

/// Its move with that number, from 1, throws `std::runtime_error("move")`; 0: none does.
class Touchy {
 public:
  explicit Touchy(int number = 0) noexcept : number_(number) { ++live; }
  Touchy(Touchy&& other) noexcept(false) : number_(other.number_) {
    if (throws_at != 0 && --throws_at == 0) TROUPE_THROW(std::runtime_error("move"));
    ++live;
  }
  Touchy& operator=(Touchy&&) = delete;
  ~Touchy() { --live; }
  int number() const noexcept { return number_; }

  static inline int throws_at = 0, live = 0;

 private:
  int number_;
};

}  // namespace troupe_test
