// must_not_compile/ok/functions.cpp: every kind of function that a queue takes, and the ways out of
// its rules.
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <utility>
#include <vector>

using namespace troupe;

void free_function(Core&, int) {}

struct Greet {  // its fields are owned
  std::string name;
  int times = 1;
  void operator()() const { std::printf("%s %d\n", name.c_str(), times); }
};
struct Scale {
  int factor;
  void operator()(Reply<int> r) const { std::printf("%d\n", r ? *r * factor : 0); }
};

class Store {
 public:
  void by_reference(Cx<Store>&, std::vector<int>& out) { out.push_back(sum_); }
  void by_const_reference(const std::vector<int>& numbers) {
    sum_ = static_cast<int>(numbers.size());
  }
  void by_pointer(std::vector<int>* out) { out->push_back(sum_); }
  void by_const_pointer(const char* text) { std::puts(text); }
  void by_view(std::string_view text, int sum) { sum_ = sum + static_cast<int>(text.size()); }
  void by_span(std::span<const int> numbers) { sum_ = static_cast<int>(numbers.size()); }
  void immovable(const Store& other) { sum_ = other.sum_; }
  void got(std::string_view label, Reply<int> r) {
    std::printf("%d %d\n", static_cast<int>(label.size()), r ? *r : 0);
  }
  void query(int& counter, Ret<int> ret) { ret(++counter); }

  Store() = default;
  Store(const Store&) = delete;

 private:
  int sum_ = 0;
};

void functions(Runtime& rt, const Actor<Store>& store) {
  Core& core = rt;
  defer(core, [] {});
  defer(core, [](Core&) {});
  defer(core, [](Core&, std::string) {}, "hall" + std::string("way"));
  defer(
      core, [](int, const std::string&, std::unique_ptr<int>) {}, 1, std::string("hall"),
      std::make_unique<int>(1));
  defer(core, free_function, 1);
  defer(core, &free_function, 1);
  defer(core, Greet{"hall", 2});
  lazy(core, Greet{"hall", 2});
  idle(core, [](auto value) { static_cast<void>(value); }, 1);
  after(core, std::chrono::seconds(1), Greet{"later", 1});
  MinTimerKey key;
  timer_min(key, core, rt.now(), free_function, 1);
  call(store, [](Store&) {});
  call(store, [](Store&, Cx<Store>& cx, int) { cx.stop(); }, 1);
  auto ret = ret_do(Scale{3});
  ret(1);
  auto some =
      ret_some_do([](Literal text, int value) { std::printf("%s %d\n", text.c_str(), value); },
                  Literal("value"));
  some(1);
  auto generic = ret_do<int>([](auto reply) { static_cast<void>(reply); });
  generic(1);
  const auto fwd = fwd_do(
      [](const std::string& text, int value) { std::printf("%s %d\n", text.c_str(), value); },
      std::string("value"));
  fwd(1);
}

void unsafe(Runtime& rt, const Actor<Store>& store) {
  Core& core = rt;
  static std::vector<int> numbers;
  static std::string text = "text";
  static const std::string_view view = text;
  static int counter = 0;
  static const Store other;
  call<&Store::by_reference>(store, unsafe_borrow(numbers));
  call<&Store::by_const_reference>(store, unsafe_borrow(numbers));
  call<&Store::by_const_reference>(store, unsafe_borrow(std::as_const(numbers)));
  call<&Store::by_pointer>(store, unsafe_borrow(numbers));
  call<&Store::by_pointer>(store, unsafe_borrow(&numbers));
  call<&Store::by_const_pointer>(store, unsafe_borrow(text.c_str()));
  call<&Store::by_view>(store, unsafe_borrow(view), 1);
  call<&Store::by_view>(store, unsafe_borrow(std::string_view("text")), 1);
  call<&Store::by_span>(store, unsafe_borrow(std::span<const int>(numbers)));
  call<&Store::immovable>(store, unsafe_borrow(other));
  const auto borrowed = unsafe_borrow(numbers);
  call<&Store::by_reference>(store, borrowed);
  lazy<&Store::by_reference>(store, unsafe_borrow(numbers));
  after<&Store::by_view>(store, std::chrono::seconds(1), unsafe_borrow(view), 1);
  auto ret = ret_to<&Store::got>(store, unsafe_borrow(view));
  ret(1);
  const auto fwd = fwd_to<&Store::by_view>(store, unsafe_borrow(view));
  fwd(1);
  call<&Store::query>(store, unsafe_borrow(counter), ret_nop);

  defer(core, [](std::vector<int>& out) { out.push_back(1); }, unsafe_borrow(numbers));
  call(store, [](Store&, std::string_view) {}, unsafe_borrow(view));
  int local = 0;
  defer(core, unsafe_capture([&local] { ++local; }));
  call(store, unsafe_capture([&local](Store&) { ++local; }));
  after(core, std::chrono::seconds(1), unsafe_capture([&local](Core&) { ++local; }));
  auto captured = ret_do<int>(unsafe_capture([&local](Reply<int> r) { local += *r; }));
  captured(1);
  rt.run();
}
