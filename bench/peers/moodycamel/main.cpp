// moodycamel/main.cpp: numbers from other threads through moodycamel::BlockingConcurrentQueue, with
// tokens, taken in bulk. What the workloads are: bench/README.md.
#include <concurrentqueue/blockingconcurrentqueue.h>

#include <array>
#include <cstddef>
#include <cstdlib>

#include "../../support/measure.hpp"
#include "../../support/producers.hpp"

namespace {

using bench::Run;
using bench::u64;
using Queue = moodycamel::BlockingConcurrentQueue<u64>;

int cross_channel(const Run& run, unsigned producers) {
  run.repeat_wall([&](u64 n) {
    Queue queue;
    return bench::produce(
        producers, n,
        [&] {
          return [&queue, token = moodycamel::ProducerToken(queue)](u64 value) {
            if (!queue.enqueue(token, value)) std::abort();
          };
        },
        [&] {
          moodycamel::ConsumerToken token(queue);
          std::array<u64, 256> some{};
          for (u64 left = n; left != 0;) {
            const std::size_t count = queue.wait_dequeue_bulk(token, some.begin(), some.size());
            for (std::size_t i = 0; i != count; ++i) bench::sum += some[i];
            left -= count;
          }
        });
  });
  return run.check(bench::triangle(run.n));
}

}  // namespace

int main(int argc, char** argv) {
  const Run run = Run::from_args(argc, argv);
  if (run.is("cross_channel_1")) return cross_channel(run, 1);
  if (run.is("cross_channel_2")) return cross_channel(run, 2);
  return run.unknown();
}
