// examples/offload.cpp: a long computation on another thread, which tells how far it has come.
//
// The job gets values and sees nothing of the runtime. Its result comes back by a Ret, what it
// tells on the way by a channel. It ends early where nobody waits for it any more.
#include <cstdint>
#include <cstdio>
#include <optional>
#include <troupe/core.hpp>
#include <troupe/loop.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

bool is_prime(std::uint32_t n) {
  for (std::uint32_t d = 2; d * d <= n; ++d)
    if (n % d == 0) return false;
  return n > 1;
}

// On a thread of the pool.
std::uint32_t count_primes(const JobStop& stop, std::uint32_t below, const Sender<int>& progress) {
  std::uint32_t count = 0;
  for (std::uint32_t part = 0; part != 4; ++part) {
    for (std::uint32_t n = below / 4 * part; n != below / 4 * (part + 1); ++n) {
      if (stop.stop_requested()) return 0;  // the Counter has ended: nobody takes the result
      if (is_prime(n)) ++count;
    }
    if (!progress.send(static_cast<int>(part + 1) * 25)) return 0;
  }
  return count;
}

class Counter {
 public:
  Counter(Cx<Counter>& cx, const PoolRef& pool, std::uint32_t below) {
    auto progress = channel<int>(cx, fwd_to<&Counter::comes_on>(cx));
    progress_ = std::move(progress.receiver);
    offload(cx, pool, &count_primes, ret_to<&Counter::counted>(cx), below,
            std::move(progress.sender));
  }

 private:
  // The end of the channel and the result are told in two ways: either may come first.
  void comes_on(Cx<Counter>& cx, std::optional<int> percent) {
    if (percent) return void(std::printf("%d %%\n", *percent));
    all_told_ = true;
    end_if_over(cx);
  }
  void counted(Cx<Counter>& cx, const Reply<std::uint32_t>& primes) {
    if (!primes) return cx.fail(primes.error().error());
    primes_ = *primes;
    end_if_over(cx);
  }
  void end_if_over(Cx<Counter>& cx) {
    if (!all_told_ || !primes_) return;
    std::printf("%u primes\n", static_cast<unsigned>(*primes_));
    cx.stop();
  }
  Receiver progress_;
  bool all_told_ = false;
  std::optional<std::uint32_t> primes_;
};

int main() {
  const Pool pool({.threads = 2, .name = "primes"});
  Runtime rt{Clock::now()};
  const auto counter = make_actor<Counter>(rt, ret_shutdown(rt), pool.ref(), 100'000u);
  std::printf("%s\n", run(rt).text().c_str());
}
