// base/callback_test.cpp: what a Callback holds, where, and when it lets go of it.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <troupe/base/callback.hpp>
#include <troupe/base/platform.hpp>

namespace troupe {
namespace callback_test {

struct Counted {
  explicit Counted(int* alive) : alive_(alive) { ++*alive_; }
  Counted(Counted&& other) noexcept : alive_(other.alive_) { ++*alive_; }
  ~Counted() { --*alive_; }
  int operator()(int x) { return x + *alive_; }
  int* alive_;
};

struct Wide : Counted {
  using Counted::Counted;
  std::array<char, 100> bytes = {};
};

struct alignas(64) Aligned {
  std::uintptr_t operator()() const { return reinterpret_cast<std::uintptr_t>(this) % 64; }
};

static_assert(!std::is_copy_constructible_v<Callback<void()>>);
static_assert(std::is_nothrow_move_constructible_v<Callback<void()>>);
static_assert(sizeof(Callback<void()>) == 4 * sizeof(void*));
static_assert(!std::is_constructible_v<Callback<void(int)>, void (*)(std::string)>);
static_assert(!std::is_constructible_v<Callback<int()>, void (*)()>);
static_assert(std::is_constructible_v<Callback<void()>, int (*)()>, "an answer may be ignored");

int twice(int x) { return 2 * x; }

TEST(Callback, CallsFunctionsAndLambdasWithCaptures) {
  Callback<int(int)> callback = twice;
  EXPECT_EQ(callback(21), 42);
  int sum = 0;
  callback = [&sum, step = 1](int x) mutable { return sum += x + step++; };
  EXPECT_EQ(callback(10), 11);
  EXPECT_EQ(callback(10), 23);
  EXPECT_EQ(sum, 23);
}

TEST(Callback, EmptyOnes) {
  EXPECT_FALSE(Callback<void()>());
  EXPECT_FALSE(Callback<void()>(nullptr));
  int (*null)(int) = nullptr;
  EXPECT_FALSE(Callback<int(int)>(null));
  EXPECT_TRUE(Callback<int(int)>(twice));
  Callback<int(int)> moved = twice;
  Callback<int(int)> taker = std::move(moved);
  EXPECT_FALSE(moved);
  EXPECT_TRUE(taker);
}

TEST(CallbackDeathTest, CallOfAnEmptyOneEndsTheProcess) {
  EXPECT_DEATH(Callback<void()>()(), "an empty Callback was called");
}

TEST(Callback, PassesReferencesAndMoveOnlyValues) {
  int value = 1;
  Callback<int&(int&)> same = [](int& x) -> int& { return x; };
  EXPECT_EQ(&same(value), &value);
  Callback<int(std::unique_ptr<int>)> take = [](std::unique_ptr<int> p) { return *p; };
  EXPECT_EQ(take(std::make_unique<int>(7)), 7);
  Callback<std::size_t(std::string)> by_reference = [](const std::string& s) { return s.size(); };
  EXPECT_EQ(by_reference("four"), 4u);
}

template <class F> void holds_exactly_one() {
  int alive = 0;
  {
    Callback<int(int)> first = F(&alive);
    EXPECT_EQ(alive, 1);
    EXPECT_EQ(first(10), 11);
    Callback<int(int)> second = std::move(first);
    EXPECT_EQ(alive, 1);
    EXPECT_EQ(second(10), 11);
    first = std::move(second);
    EXPECT_EQ(alive, 1);
    first = F(&alive);
    EXPECT_EQ(alive, 1);
    first = nullptr;
    EXPECT_EQ(alive, 0);
    second = F(&alive);
  }
  EXPECT_EQ(alive, 0);
}

TEST(Callback, SmallObjectsAreDestroyedOnce) { holds_exactly_one<Counted>(); }
TEST(Callback, BigObjectsAreDestroyedOnce) { holds_exactly_one<Wide>(); }

TEST(Callback, SmallObjectsLiveInside) {
  struct Where {
    const void* operator()() const { return this; }
    void* words[3];
  };
  static_assert(sizeof(Where) == Callback<void()>::inline_size);
  Callback<const void*()> callback = Where{};
  const char* begin = reinterpret_cast<const char*>(&callback);
  const char* at = static_cast<const char*>(callback());
  EXPECT_TRUE(at >= begin && at < begin + sizeof(callback));
}

TEST(Callback, KeepsWideAlignment) { EXPECT_EQ(Callback<std::uintptr_t()>(Aligned{})(), 0u); }

TEST(Callback, WhatIsReplacedIsDestroyedAfterTheNewOneIsIn) {
  struct AsksOnDestruction {
    Callback<int()>* owner;
    int* heard;
    AsksOnDestruction(Callback<int()>* o, int* h) : owner(o), heard(h) {}
    AsksOnDestruction(AsksOnDestruction&& other) noexcept
        : owner(std::exchange(other.owner, nullptr)), heard(other.heard) {}
    ~AsksOnDestruction() {
      if (owner != nullptr) *heard = (*owner)();
    }
    int operator()() const { return 1; }
  };
  int heard = 0;
  Callback<int()> callback;
  callback = AsksOnDestruction(&callback, &heard);
  callback = [] { return 2; };
  EXPECT_EQ(heard, 2);
}

#if TROUPE_EXCEPTIONS
TEST(Callback, ExceptionsPassThrough) {
  Callback<void()> callback = [] { throw 7; };
  EXPECT_THROW(callback(), int);
  EXPECT_TRUE(callback) << "it is still there";
}
#endif

}  // namespace callback_test
}  // namespace troupe
