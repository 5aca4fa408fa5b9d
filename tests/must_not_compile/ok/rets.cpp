// must_not_compile/ok/rets.cpp: where a Ret may go, and how it may be answered.
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <utility>
#include <vector>

using namespace troupe;

class Keeper {
 public:
  // ---- into a container, a member, a lambda
  void push(Cx<Keeper>&, Ret<int> ret) { waiting_.push_back(std::move(ret)); }
  void emplace(Cx<Keeper>&, Ret<int> ret) { waiting_.emplace_back(std::move(ret)); }
  void keep(Cx<Keeper>&, Ret<int> ret) { one_ = std::move(ret); }
  void keep_perhaps(Cx<Keeper>&, Ret<int> ret) { perhaps_ = std::move(ret); }
  void keep_named(Cx<Keeper>&, std::string name, Ret<int> ret) {
    named_.emplace(std::move(name), std::move(ret));
  }
  void keep_pooled(Cx<Keeper>&, Ret<int> ret) {
    pooled_ = std::make_unique<Ret<int>>(std::move(ret));
  }
  void enclose(Cx<Keeper>&, Ret<int> ret) {
    auto answer = [r = std::move(ret)](int value) mutable { r(value); };
    answer(1);
  }
  void bind(Cx<Keeper>& cx, Ret<int> ret) {
    after(cx, std::chrono::seconds(1), [](Ret<int> r) { r(1); }, std::move(ret));
  }
  void pass_on(Cx<Keeper>& cx, Ret<int> ret) { call<&Keeper::keep>(cx, std::move(ret)); }
  void limit(Cx<Keeper>& cx, Ret<int> ret) {
    waiting_.push_back(ret.with_timeout(cx, std::chrono::seconds(2)));
  }

  // ---- out of them
  void answer_all() {
    for (auto& ret : waiting_) ret(1);
    waiting_.clear();
  }
  void answer_taken() {
    for (auto& ret : std::exchange(waiting_, {})) ret(1);
  }
  void answer_last() {
    auto ret = std::move(waiting_.back());
    waiting_.pop_back();
    ret(3);
  }
  void answer_kept() {
    if (one_) one_(1);
    if (perhaps_) (*perhaps_)(1);
  }

  // ---- by reference
  void answer_here(Ret<int>& ret) { ret(1); }
  void by_reference(Cx<Keeper>&, Ret<int> ret) { answer_here(ret); }
  void by_rvalue(Ret<int>&& ret) { ret(1); }
  void through_rvalue(Cx<Keeper>&, Ret<int> ret) { by_rvalue(std::move(ret)); }
  template <class F> void through(Ret<int> ret, F f) { f(std::move(ret)); }

  // ---- on branches, in a switch, a loop, a try
  void branch(Cx<Keeper>&, bool odd, Ret<int> ret) {
    if (odd)
      ret(1);
    else
      ret(2);
  }
  void early(Cx<Keeper>&, bool odd, Ret<int> ret) {
    if (odd) {
      ret(1);
      return;
    }
    ret(2);
  }
  void perhaps(Cx<Keeper>&, bool odd, Ret<int> ret) {
    if (odd) ret(1);
  }
  void either(Cx<Keeper>&, bool odd, Ret<int> ret) { odd ? ret(1) : ret(2); }
  void cases(Cx<Keeper>&, int kind, Ret<int> ret) {
    switch (kind) {
      case 0:
        ret(1);
        break;
      case 1:
        ret(2);
        return;
      case 2:
        waiting_.push_back(std::move(ret));
        break;
      default:
        ret(3);
    }
  }
  void cases_then(Cx<Keeper>&, int kind, Ret<int> ret) {
    switch (kind) {
      case 0:
        ret(1);
        return;
      case 1:
        waiting_.push_back(std::move(ret));
        return;
    }
    ret(3);
  }
  void keep_or_answer(Cx<Keeper>&, bool now, Ret<int> ret) {
    if (!now) {
      waiting_.push_back(std::move(ret));
      return;
    }
    ret(1);
  }
  void search(Cx<Keeper>&, int wanted, Ret<int> ret) {
    for (int i = 0; i < 10; ++i) {
      if (i == wanted) {
        ret(i);
        return;
      }
    }
    ret(-1);
  }
  void guarded(Cx<Keeper>&, Ret<std::string> ret) {
    try {
      ret(std::to_string(std::stoi("7")));
    } catch (const std::exception&) {}
  }
  void caught(Cx<Keeper>&, Ret<int> ret) {
    int value = 0;
    try {
      value = std::stoi("x");
    } catch (const std::exception&) {
      ret(-1);
      return;
    }
    ret(value);
  }
  void fails(Cx<Keeper>&, bool well, Ret<int> ret) {
    if (well)
      ret(1);
    else
      ret.fail(ActorFail(Why::cancelled));
  }
  void if_wanted(Cx<Keeper>&, Ret<int> ret) {
    if (ret.is_wanted()) ret(1);
  }
  void if_owed(Cx<Keeper>&, Ret<int> ret) {
    if (ret) ret(1);
  }

  // ---- one after the other through one name
  void replace(Cx<Keeper>&, Ret<int> first, Ret<int> second) {
    first(1);
    first = std::move(second);
    first(2);
  }
  Ret<int> give(Ret<int> ret) { return ret; }
  void local(Cx<Keeper>&) {
    auto ret = ret_do([](Reply<int>) {});
    ret(1);
    Ret<int> nobody = ret_nop;
    nobody(1);
  }

 private:
  std::vector<Ret<int>> waiting_;
  Ret<int> one_ = nullptr;
  std::optional<Ret<int>> perhaps_;
  std::map<std::string, Ret<int>> named_;
  std::unique_ptr<Ret<int>> pooled_;
};

void use(Cx<Keeper>& cx, Actor<Keeper> keeper, Ret<int> ret) {
  call<&Keeper::branch>(keeper, true, std::move(ret));
  call<&Keeper::guarded>(cx, ret_nop);
  call<&Keeper::keep_named>(keeper, "hall", ret_do([](Literal, Reply<int>) {}, Literal("hall")));
  call<&Keeper::keep>(keeper, ret_panic("nobody answers this"));
}
