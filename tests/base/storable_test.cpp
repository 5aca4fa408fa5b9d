// tests/base/storable_test.cpp: what a queue may hold, type by type. All of it is checked at
// compile time.
#include <gtest/gtest.h>

#include <any>
#include <array>
#include <atomic>
#include <bitset>
#include <chrono>
#include <complex>
#include <coroutine>
#include <deque>
#include <exception>
#include <expected>
#include <filesystem>
#include <forward_list>
#include <functional>
#include <future>
#include <initializer_list>
#include <iterator>
#include <list>
#include <map>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <optional>
#include <queue>
#include <ranges>
#include <regex>
#include <set>
#include <shared_mutex>
#include <span>
#include <stack>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <troupe/base/storable.hpp>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <valarray>
#include <variant>
#include <vector>

using namespace troupe;

namespace storable_test {

template <class... T> inline constexpr bool all = (Storable<T> && ...);
template <class... T> inline constexpr bool any = (Storable<T> || ...);
// What cannot be moved is never Storable; these ask for the rule alone.
template <class... T> inline constexpr bool owns = (bool(storable<T>) && ...);

struct Empty {};
struct Opaque {
  explicit Opaque(int*) {}
  int* hidden = nullptr;
};
enum class Color { red };

// ---- scalars
static_assert(
    all<bool, char, int, unsigned long, double, Color, std::byte, std::nullptr_t, const int>);
static_assert(
    all<void (*)(), int (*)(int*), void (*)() noexcept, int Opaque::*, void (Opaque::*)() const>);
static_assert(!any<int*, const char*, void*, Opaque*, int**, int* const, void (**)()>);
static_assert(!any<int&, const int&, int&&, std::string&, const std::string&, void (&)()>);
static_assert(!any<void, void()>);
static_assert(owns<int[3], int[2][2]> && !any<int[3]> && !owns<int* [3]>);

// ---- views, iterators and other borrowers of the standard
static_assert(!any<std::string_view, std::wstring_view, std::u8string_view, std::u16string_view,
                   std::u32string_view>);
static_assert(!any<std::span<int>, std::span<const char>, std::span<int, 4>, std::span<int, 1>>);
static_assert(!any<std::reference_wrapper<int>, std::reference_wrapper<const std::string>,
                   std::reference_wrapper<void()>, std::initializer_list<int>>);
static_assert(!any<std::vector<int>::iterator, std::vector<int>::const_iterator,
                   std::vector<bool>::iterator, std::string::iterator, std::list<int>::iterator,
                   std::map<int, int>::iterator, std::unordered_set<int>::const_iterator,
                   std::deque<int>::iterator, std::array<int, 2>::iterator,
                   std::forward_list<int>::iterator, std::reverse_iterator<int*>,
                   std::move_iterator<int*>, std::back_insert_iterator<std::string>,
                   std::istream_iterator<int>, std::counted_iterator<int*>>);
static_assert(
    !any<std::filesystem::directory_iterator, std::sregex_iterator, std::smatch, std::ssub_match>);
static_assert(!any<std::coroutine_handle<>, std::unique_lock<std::mutex>,
                   std::shared_lock<std::shared_mutex>>);
static_assert(!owns<std::lock_guard<std::mutex>>);
static_assert(!any<std::pmr::string, std::pmr::vector<int>, std::pmr::polymorphic_allocator<int>>);
#if defined(__cpp_lib_atomic_ref)
static_assert(!any<std::atomic_ref<int>, std::optional<std::atomic_ref<int>>>);
#endif
static_assert(!any<std::slice_array<int>, std::gslice_array<int>, std::mask_array<int>,
                   std::indirect_array<int>>);
static_assert(!any<std::promise<int&>, std::future<int&>, std::shared_future<int&>,
                   std::shared_future<const int&>, std::vector<std::future<int&>>>);
static_assert(!any<std::promise<int*>, std::future<int*>, std::shared_future<std::string_view>>);

using Numbers = std::vector<int>;
struct Twice {
  int operator()(int x) const { return 2 * x; }
};
static_assert(
    !any<std::ranges::ref_view<Numbers>, std::ranges::subrange<int*>, std::views::all_t<Numbers&>,
         decltype(std::declval<Numbers&>() | std::views::take(2)),
         decltype(std::declval<Numbers&>() | std::views::transform(Twice{})),
         decltype(std::declval<Numbers&>() | std::views::reverse),
         std::ranges::basic_istream_view<int, char>, std::ranges::iota_view<int*, int*>,
         std::ranges::single_view<int*>, std::ranges::single_view<std::string_view>>);
static_assert(all<std::ranges::owning_view<Numbers>, std::ranges::single_view<int>,
                  std::ranges::single_view<std::string>, std::ranges::empty_view<int>,
                  std::ranges::iota_view<int>, std::ranges::iota_view<int, long>>);
static_assert(!any<std::ranges::owning_view<std::vector<int*>>>);

// ---- callables that hide what they captured
static_assert(
    !any<std::function<void()>, std::function<int(std::string, int)>, std::packaged_task<void()>>);
#if defined(__cpp_lib_move_only_function)
static_assert(
    !any<std::move_only_function<void()>, std::move_only_function<int(int) const noexcept>>);
#endif
template <class Signature, std::size_t Room> struct InplaceFunction {
  InplaceFunction() {}
  char room[Room];
};
static_assert(!any<InplaceFunction<void(int), 32>>);

// ---- owners of the standard, and what they own
template <template <class> class Of>
inline constexpr bool follows =
    all<Of<int>, Of<std::string>> && !any<Of<int*>, Of<std::string_view>>;
template <class T> using Expected = std::expected<T, std::string>;
template <class T> using Unexpected = std::expected<int, T>;
template <class T> using Pair = std::pair<int, T>;
template <class T> using Tuple = std::tuple<int, T, char>;
template <class T> using Array = std::array<T, 3>;
template <class T> using Variant = std::variant<std::monostate, int, std::vector<T>>;
template <class T> using Map = std::map<int, T>;
template <class T> using Deep = std::optional<std::vector<std::pair<int, std::shared_ptr<T>>>>;
template <class T> using Unique = std::unique_ptr<T>;
template <class T> using UniqueArray = std::unique_ptr<T[]>;
static_assert(follows<std::optional> && follows<Expected> && follows<Unexpected> && follows<Pair> &&
              follows<Tuple> && follows<Array> && follows<Variant> && follows<Deep>);
static_assert(follows<Unique> && follows<UniqueArray> && follows<std::shared_ptr> &&
              follows<std::weak_ptr>);
static_assert(owns<std::vector<int>, std::deque<int>, std::list<int>, std::forward_list<int>,
                   std::set<int>, std::multiset<int>, Map<int>, std::multimap<int, int>,
                   std::unordered_map<int, int>, std::unordered_set<std::string>, std::stack<int>,
                   std::queue<int>, std::priority_queue<int>>);
static_assert(!any<std::vector<int*>, std::deque<int*>, std::list<int*>, std::forward_list<int*>,
                   std::set<int*>, std::multiset<int*>, Map<int*>, std::map<int*, int>,
                   std::unordered_map<std::string_view, int>, std::unordered_set<int*>,
                   std::stack<int*>, std::queue<int*>, std::priority_queue<int*>>);
static_assert(!any<std::pair<int&, int>, std::tuple<int&>, std::tuple<const int&, int>>);
static_assert(all<std::expected<void, int>, std::tuple<>, std::variant<int>, std::shared_ptr<void>,
                  std::shared_ptr<const int>, std::unique_ptr<int, void (*)(int*)>>);
static_assert(!any<std::expected<void, int*>,
                   std::unique_ptr<int, std::reference_wrapper<std::default_delete<int>>>>);
static_assert(
    all<std::chrono::nanoseconds, std::chrono::steady_clock::time_point, std::string, std::u8string,
        std::filesystem::path, std::bitset<8>, std::complex<float>, std::error_code,
        std::exception_ptr, std::future<int>, std::promise<int>, std::shared_future<std::string>,
        std::future<void>, std::promise<void>, std::thread, std::thread::id, std::any>);
static_assert(owns<std::atomic<int>, std::valarray<int>> && !owns<std::atomic<int*>> &&
              !owns<std::valarray<int*>>);

// What cannot be moved, throws when moved, or is over-aligned.
struct alignas(32) Wide {
  int x[8];
};
struct ThrowsOnMove {
  ThrowsOnMove(ThrowsOnMove&&) {}
};
static_assert(!any<std::mutex, std::atomic<int>, Wide, ThrowsOnMove>);
static_assert(owns<ThrowsOnMove>);

// ---- what may outlive its turn: its move may throw, and nothing at all may
static_assert(
    Keepable<> &&
    Keepable<void, int, std::string, std::unique_ptr<int>, std::deque<int>, ThrowsOnMove>);
static_assert(!Keepable<int*> && !Keepable<int, std::string_view> &&
              !Keepable<const std::string&> && !Keepable<Wide>);

// ---- structs
struct Plain {
  int a;
  std::string b;
  std::vector<std::string> c;
};
struct WithPointer {
  int a;
  const char* b;
};
struct WithView {
  std::string_view text;
};
struct Nested {
  Plain plain;
  WithView view;
};
struct WithReference {
  int& r;
};
struct WithLateReference {
  int a;
  int b;
  const std::string& r;
};
int global = 0;
struct WithDefaultReference {
  int a = 0;
  int& r = global;
};
struct WithArray {
  int a;
  char name[16];
};
struct WithPointerArray {
  int a;
  char* name[1];
};
struct WithBits {
  unsigned a : 3;
  unsigned b : 5;
  int c;
};
struct Based : Plain {
  int d;
};
struct BasedOnEmpty : Empty {
  int d;
};
union Number {
  int i;
  float f;
};
struct WithUnion {
  int a;
  Number n;
};
struct WithAnonymousUnion {
  int kind;
  union {
    int i;
    float f;
  };
};
struct WithNonDefault {  // its field cannot be left out
  int a;
  Opaque b;
  std::unique_ptr<int> c;
  std::optional<int> d;
  std::any e;
  std::variant<int, std::string> f;
  Empty g;
  std::function<void()>* no_more = nullptr;
};
struct WithHardToConvert {
  int a;
  Opaque b;
  std::unique_ptr<int> c;
  std::optional<std::any> d;
  std::any e;
  std::variant<int, std::string> f;
  Empty g;
  std::expected<int, std::string> h;
  std::string i = "default";
  const int j = 3;
};
struct WithFunction {
  std::function<void()> f;
};
struct Sixteen {
  int a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p;
};
struct SixteenWithView {
  int a, b, c, d, e, f, g, h, i, j, k, l, m, n, o;
  std::string_view p;
};
struct Seventeen {
  int a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q;
};
struct Immovable {
  int a = 0;
  std::mutex m;
};
static_assert(all<Empty, Opaque, Plain, std::vector<Plain>, WithBits, WithHardToConvert, Sixteen>);
static_assert(
    !any<WithPointer, WithView, Nested, std::optional<Nested>, WithReference, WithLateReference,
         WithDefaultReference, WithPointerArray, WithNonDefault, WithFunction, SixteenWithView>);
static_assert(!any<WithArray, Based, BasedOnEmpty, Number, WithUnion, WithAnonymousUnion,
                   Seventeen>);  // not taken apart
static_assert(owns<Immovable> && !any<Immovable>);

// What cannot be taken apart may outlive its turn all the same; what shows a borrow may not.
static_assert(
    Keepable<WithArray, Based, BasedOnEmpty, Number, WithUnion, WithAnonymousUnion, Seventeen>);
static_assert(
    Keepable<Immovable, Plain, Sixteen, std::optional<WithArray>, std::vector<Seventeen>>);
static_assert(!Keepable<WithPointer> && !Keepable<WithView> && !Keepable<Nested> &&
              !Keepable<WithFunction> && !Keepable<SixteenWithView> &&
              !Keepable<std::optional<Nested>> && !Keepable<std::vector<WithPointer>>);

template <class... F> using Fields = detail::FieldTypes<F...>;
static_assert(
    std::is_same_v<detail::fields_of<Plain>, Fields<int, std::string, std::vector<std::string>>>);
static_assert(std::is_same_v<detail::fields_of<WithBits>, Fields<unsigned, unsigned, int>>);

// A class that contains itself.
struct Tree {
  int value;
  std::vector<Tree> children;
  std::map<std::string, std::unique_ptr<Tree>> named;
};
struct Left;
struct Right {
  std::vector<Left> lefts;
  int n;
};
struct Left {
  std::shared_ptr<Right> right;
};
struct TreeWithView {
  std::string_view value;
  std::vector<TreeWithView> children;
};
static_assert(all<Tree, Left, Right> && !any<TreeWithView>);
class Json {
 public:
  using value_type = Json;
  using allocator_type = std::allocator<Json>;
};
static_assert(all<Json>);

// An unknown class behind a pointer is trusted.
class Hidden;
static_assert(all<std::shared_ptr<Hidden>>);

// ---- the user's word
struct MyBuffer {
  char text[16];
};
class MyView {
 public:
  explicit MyView(const std::string& s) : s_{&s} {}

 private:
  [[maybe_unused]] const std::string* s_;
};
template <class T> struct MyHandle {
  T* raw;
};
struct HoldsMine {
  MyBuffer buffer;
  MyHandle<int> handle;
};
class Token {
 public:
  using troupe_not_storable = void;
};
class DerivedToken : public Token {};

}  // namespace storable_test

template <> inline constexpr bool troupe::storable<storable_test::MyBuffer> = true;
template <> inline constexpr bool troupe::storable<storable_test::MyView> = false;
template <class T> inline constexpr bool troupe::storable<storable_test::MyHandle<T>> = true;

namespace storable_test {

static_assert(all<MyBuffer, const MyBuffer, MyHandle<int>, std::vector<MyBuffer>, HoldsMine>);
static_assert(!any<MyView, std::vector<MyView>, std::tuple<int, MyView>>);
static_assert(!any<Token, DerivedToken, std::optional<Token>>);

// ---- functions
struct Adder {
  int by;
  int operator()(int x) const { return x + by; }
};
struct Printer {
  std::string_view prefix;
  void operator()() const {}
};
class Counter {
 public:
  explicit Counter(int n) : n_{n} {}
  void operator()() { ++n_; }

 private:
  int n_;
};
class SaidCounter : public Counter {
 public:
  using Counter::Counter;
};
struct Less {
  bool operator()(int a, int b) const { return a < b; }
};

}  // namespace storable_test

template <> inline constexpr bool troupe::storable<storable_test::SaidCounter> = true;

namespace storable_test {

template <class F> inline constexpr bool accepted(const F&) { return Captureless<F>; }
template <class T> inline constexpr bool held(const T&) { return Storable<T>; }

static_assert(Captureless<void (*)()> && Captureless<int (*)(int) noexcept> && Captureless<Adder> &&
              Captureless<Less> && Captureless<SaidCounter>);
static_assert(!Captureless<Printer> && !Captureless<Counter> &&
              !Captureless<std::function<void()>> && !Captureless<int> && !Captureless<int*> &&
              !Captureless<void (&)()>);
static_assert(!Captureless<decltype(std::bind(Twice{}, 3))> &&
              !Captureless<decltype(std::mem_fn(&Adder::by))>);

TEST(Storable, TellsLambdasWithCapturesFromThoseWithout) {
  int x = 1;
  const std::string s = "s";
  const Empty e;
  auto none = [] { return 1; };
  auto generic = [](auto... a) { return sizeof...(a); };
  auto by_reference = [&x] { return x; };
  auto by_value = [x] { return x; };
  auto by_value_mutable = [x]() mutable { return ++x; };
  auto moved = [s] { return s; };
  auto default_capture = [&] { return x + int(s.size()); };
  auto of_empty = [e] { return &e; };
  auto generic_capture = [&x](auto y) { return x + y; };
  EXPECT_TRUE(accepted(none) && accepted(generic) && held(none) && held(generic));
  EXPECT_FALSE(accepted(by_reference) || accepted(by_value) || accepted(by_value_mutable) ||
               accepted(moved) || accepted(default_capture) || accepted(of_empty) ||
               accepted(generic_capture));
  // Nor may one travel as an argument.
  EXPECT_FALSE(held(by_reference) || held(by_value) || held(by_value_mutable) || held(moved) ||
               held(default_capture) || held(generic_capture));
}

// A callable that holds callables: in a container, or bound.
static_assert(all<std::set<int, std::greater<>>, std::map<int, int, bool (*)(int, int)>,
                  std::unordered_set<int>, std::priority_queue<int, std::vector<int>, Less>>);
static_assert(!any<std::set<int, std::function<bool(int, int)>>,
                   std::map<int, int, std::function<bool(int, int)>>,
                   std::unordered_map<int, int, std::function<std::size_t(int)>>,
                   std::unordered_set<int, std::hash<int>, std::function<bool(int, int)>>,
                   std::priority_queue<int, std::vector<int>, std::function<bool(int, int)>>>);
static_assert(owns<decltype(std::bind_front(std::declval<void (*)(int)>(), 1))>);
static_assert(owns<decltype(std::bind_front(&Adder::operator(), std::make_unique<Adder>()))>);
static_assert(
    !owns<decltype(std::bind_front(&Adder::operator(), std::declval<Adder*>()))> &&
    !owns<decltype(std::bind_front(std::declval<void (*)(int*)>(), std::declval<int*>()))>);

// The type of the elements is looked at once: an array may be of any size.
static_assert(all<std::array<char, 300>, std::array<std::string, 5000>,
                  std::array<std::array<int, 100000>, 2>>);
static_assert(!any<std::array<char*, 300>, std::array<std::string_view, 1>>);

TEST(Storable, LooksAtTheComparisonOfAContainer) {
  int sign = 1;
  auto less = [&sign](int a, int b) { return sign * a < sign * b; };
  auto plain = [](int a, int b) { return a < b; };
  EXPECT_FALSE(held(std::set<int, decltype(less)>(less)));
  EXPECT_FALSE(held(std::not_fn(less)));
  EXPECT_TRUE(held(std::set<int, decltype(plain)>(plain)));
}

TEST(Storable, ConceptsNamedForErrorsSayTheSame) {
  EXPECT_TRUE((no_argument_borrows<int, std::string>));
  EXPECT_FALSE((no_argument_borrows<int, std::string_view>));
  EXPECT_TRUE(no_argument_borrows<>);
  EXPECT_TRUE(function_captures_nothing<void (*)()>);
}

}  // namespace storable_test
