// examples/asking.cpp: async code calls actors, actors call async code, and both run side by side.
#include <cstdio>
#include <map>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;
using namespace std::chrono_literals;

class Prices {
 public:
  int cached(std::string item) { return prices_[item]; }  // answers by returning
  void watch(std::string item, Ret<int> ret) {            // answers through a Ret, now or later
    if (const int price = prices_[item])
      ret(price);
    else
      waiting_.emplace(std::move(item), std::move(ret));
  }
  Task<int> fetch(Cx<Prices>& cx,
                  std::string item) {  // answers as a coroutine; other calls run meanwhile
    co_await sleep(2s);                // the exchange takes its time
    set(cx, item, 42);
    co_return prices_[item];
  }
  void set(Cx<Prices>& cx, std::string item, int price) {
    std::printf("%lld s: %s costs %d\n", static_cast<long long>(cx.now().time_since_epoch() / 1s),
                item.c_str(), price);
    prices_[item] = price;
    for (auto [at, end] = waiting_.equal_range(item); at != end; at = waiting_.erase(at))
      at->second(price);
  }

 private:
  std::map<std::string, int> prices_;
  std::multimap<std::string, Ret<int>> waiting_;
};

Task<> shop(Actor<Prices> prices) {
  const int before = co_await ask<&Prices::cached>(prices, "tea");
  const int tea = co_await ask<&Prices::fetch>(prices, "tea");
  const int milk = co_await ask<&Prices::watch>(prices, "milk");
  std::printf("tea was %d, is %d; milk is %d\n", before, tea, milk);
}

int main() {
  Runtime rt;
  auto prices = make_actor<Prices>(rt, ret_nop);
  spawn(rt, shop, ret_nop, prices.actor());
  after<&Prices::set>(prices, 1s, "bread", 3);
  after<&Prices::set>(prices, 3s, "milk", 2);
  run_virtual(rt);
}
