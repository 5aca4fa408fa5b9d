// must_not_compile/ok/methods.cpp: every kind of method that can be a handler.
#include <memory>
#include <string>
#include <troupe/core.hpp>
#include <utility>
#include <vector>

using namespace troupe;

class Device {
 public:
  virtual ~Device() = default;
  virtual void reset() {}
  void label(Cx<Device>&, std::string text) { text_ = std::move(text); }

 private:
  std::string text_;
};

class Light : public Device {
 public:
  Light(Cx<Light>& cx, Actor<Device> other) : other_(std::move(other)) {
    call<&Light::hidden>(cx, 1);
  }
  void set(Cx<Light>&, bool) {}
  void set(Cx<Light>&, int) {}
  void set(const std::string&) {}
  void plain(int level) { level_ = level; }
  void constant(Cx<Light>&, int) const {}
  void quiet(Cx<Light>&, int) noexcept {}
  void constant_quiet(int) const noexcept {}
  void lvalue(int) & {}
  void by_const_reference(const std::vector<std::string>&) {}
  void by_rvalue(std::unique_ptr<int>&&) {}
  void hook(void (*)(int)) {}
  void text(Literal) {}
  int result(Cx<Light>&) { return level_; }
  void none() {}
  template <class T> void any(Cx<Light>&, T) {}
  template <int N> void fixed() { level_ = N; }
  void reset() override { level_ = 0; }

 private:
  void hidden(Cx<Light>& cx, int level) {
    level_ = level;
    after<&Light::hidden>(cx, std::chrono::seconds(1), 2);
    call<&Device::reset>(other_);
  }
  Actor<Device> other_;
  int level_ = 0;
};

void use(Runtime& rt) {
  ActorOwn<Device> device = make_actor<Device>(rt, ret_nop);
  ActorOwn<Light> light = make_actor<Light>(rt, ret_nop, device.actor());
  call<with<bool>(&Light::set)>(light, true);
  call<with<int>(&Light::set)>(light, 1);
  call<with<const std::string&>(&Light::set)>(light, "on");
  call<&Light::plain>(light, 1);
  call<&Light::constant>(light, 1);
  call<&Light::quiet>(light, 1);
  call<&Light::constant_quiet>(light, 1);
  call<&Light::lvalue>(light, 1);
  call<&Light::by_const_reference>(light, std::vector<std::string>{"a", "b"});
  call<&Light::by_rvalue>(light, std::make_unique<int>(1));
  call<&Light::hook>(light, [](int) {});
  call<&Light::text>(light, Literal("constant"));
  call<&Light::result>(light);
  lazy<&Light::none>(light);
  idle<&Light::none>(light);
  call<&Light::any<int>>(light, 1);
  call<&Light::any<std::string>>(light, "any");
  call<&Light::fixed<3>>(light);
  call<&Light::reset>(light);
  call<&Device::reset>(light);
  call<&Light::label>(light, "hall");
  const Actor<Device> base = light;
  call<&Device::label>(base, "hall");
  MaxTimerKey limit;
  timer_max<&Light::plain>(limit, light, rt.now(), 1);
  const Fwd<int> fwd = fwd_to<&Light::plain>(light);
  fwd(1);
}
