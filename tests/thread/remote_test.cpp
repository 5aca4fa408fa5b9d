// thread/remote_test.cpp: actors of several runtimes call and ask each other: order, answers, and
// the end of either side. On one thread, step by step.
#include <troupe/thread/remote.hpp>

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread/ensemble.hpp>
#include <utility>
#include <vector>

#include "support/recorder.hpp"

namespace troupe {
namespace remote_test {

using troupe_test::say;
using troupe_test::told;

struct Echo {
  void add(int n) { say("", n); }
  void text(std::string words) { say(std::to_string(words.size())); }
  void ask(int n, Ret<int> ret) { ret(n + 1); }
  int twice(int n) { return 2 * n; }
  Task<int> thrice(Cx<Echo>&, int n) { co_return 3 * n; }
  void keep(Ret<int> ret) { kept.push_back(std::move(ret)); }
  void answer_all() {
    for (Ret<int>& ret : std::exchange(kept, {})) ret(7);
  }
  void drop_all() { kept.clear(); }
#if TROUPE_EXCEPTIONS
  void fails(Ret<int>) { throw std::runtime_error("no"); }
#endif
  void stop(Cx<Echo>& cx) { cx.stop(); }
  void ask_other(Remote<Echo> other, int n, Ret<int> ret) {
    call<&Echo::ask>(other, n, std::move(ret));
  }
  void with_box(std::unique_ptr<int> box) { say("box", *box); }
  void spin(Cx<Echo>& cx, int n) {
    if (n != 0) call<&Echo::spin>(cx, n - 1);
  }
  std::vector<Ret<int>> kept;
};

// A Ret that says its value, or why none came.
Ret<int> hears() {
  return ret_do([](Reply<int> r) {
    if (r)
      say("=", *r);
    else
      say("!", to_string(r.error().why()));
  });
}

// Lanes of small chunks, so that each test crosses many.
constexpr EnsembleOptions small{.lane_bound = 4096, .lane_chunk = 512, .publish = 128, .slice = 3};

template <unsigned N> class Runtimes : public troupe_test::BalancedTest {
 protected:
  explicit Runtimes(EnsembleOptions options = small) : all_(N, options) {
    for (unsigned i = 0; i != N; ++i) {
      rt_[i].emplace();
      all_.seat(i, *rt_[i]);
      echo_[i] = make_actor<Echo>(*rt_[i], ret_nop);
      rt_[i]->run();
      far_[i] = remote(echo_[i]);
    }
    told();
  }
  // As a handler of that runtime would.
  template <class F> void in(unsigned i, F f) {
    defer(*rt_[i], [](F body) { body(); }, unsafe_capture(std::move(f)));
    rt_[i]->run();
  }
  void both(int times = 6) {
    for (int n = 0; n != times; ++n)
      for (auto& rt : rt_)
        if (rt) rt->run();
  }
  void end(unsigned i) {
    echo_[i] = {};
    rt_[i].reset();
  }
  Ensemble all_;
  std::array<std::optional<Runtime>, N> rt_;
  std::array<ActorOwn<Echo>, N> echo_;
  std::array<Remote<Echo>, N> far_;
};
using RemoteTest = Runtimes<2>;

TEST_F(RemoteTest, CallsArriveInOrder) {
  in(0, [this] {
    for (int n = 0; n != 5; ++n) call<&Echo::add>(far_[1], n);
    call<&Echo::text>(far_[1], std::string(3000, 'x'));
    call<&Echo::with_box>(far_[1], std::make_unique<int>(4));
    call<&Echo::ask>(far_[1], 41, hears());
  });
  EXPECT_EQ(told(), "");
  rt_[1]->run();
  EXPECT_EQ(told(), "0 1 2 3 4 3000 box4");
  rt_[0]->run();
  EXPECT_EQ(told(), "=42");
}

TEST_F(RemoteTest, ManyCrossChunksWithoutALoss) {
  in(0, [this] {
    for (int n = 0; n != 60; ++n) call<&Echo::add>(far_[1], n);
  });
  rt_[1]->run();
  std::string all;
  for (int n = 0; n != 60; ++n) {
    if (n != 0) all += ' ';
    all += std::to_string(n);
  }
  EXPECT_EQ(told(), all);
  for (int round = 0; round != 50; ++round) {  // the ring of chunks comes round again and again
    in(0, [this, round] {
      for (int n = 0; n != 7; ++n) call<&Echo::add>(far_[1], round);
    });
    rt_[1]->run();
    std::string seven;
    for (int n = 0; n != 7; ++n) {
      if (n != 0) seven += ' ';
      seven += std::to_string(round);
    }
    EXPECT_EQ(told(), seven);
  }
}

TEST_F(RemoteTest, AnEndWakesTheOthers) {
  const auto rings = std::make_shared<int>(0);
  rt_[0]->set_poll_waker([rings] { ++*rings; });
  rt_[0]->run();
  *rings = 0;
  end(1);
  EXPECT_EQ(*rings, 1);
  EXPECT_EQ(rt_[0]->next_wait(Instant{}), Duration::zero());
}

// Behind this run's look, and before the host sleeps.
TEST_F(RemoteTest, AnEndInTheMiddleOfARunWakesTheHostAgain) {
  const auto rings = std::make_shared<int>(0);
  rt_[0]->set_poll_waker([rings] { ++*rings; });
  in(0, [this, rings] {
    *rings = 0;
    end(1);
    EXPECT_EQ(*rings, 0);
  });
  EXPECT_EQ(*rings, 1);
}

TEST_F(RemoteTest, EachIsAnItemOfTheRun) {
  in(0, [this] {
    for (int n = 0; n != 5; ++n) call<&Echo::add>(far_[1], n);
  });
  const auto before = rt_[1]->items_run();
  rt_[1]->run();
  EXPECT_EQ(rt_[1]->items_run(), before + 5);
  told();
}

TEST_F(RemoteTest, ARunLimitStopsBetweenTwoOfThem) {
  in(0, [this] {
    for (int n = 0; n != 5; ++n) call<&Echo::add>(far_[1], n);
  });
  EXPECT_TRUE(rt_[1]->run(Instant{}, RunLimit{.items = 2}).work);
  EXPECT_EQ(told(), "0 1");
  EXPECT_EQ(rt_[1]->next_wait(Instant{}), Duration::zero());
  EXPECT_TRUE(rt_[1]->run(Instant{}, RunLimit{.items = 2}).work);
  EXPECT_FALSE(rt_[1]->run(Instant{}, RunLimit{.items = 2}).work);
  EXPECT_EQ(told(), "2 3 4");
  EXPECT_EQ(rt_[1]->next_wait(Instant{}), std::nullopt);
}

TEST_F(RemoteTest, FromOutsideOfARunACallGoesAtOnceAndWakesTheHost) {
  const auto rings = std::make_shared<int>(0);
  int& rang = *rings;
  rt_[0]->set_poll_waker([rings] { ++*rings; });
  rt_[0]->run();
  rang = 0;
  call<&Echo::add>(far_[0], 1);  // of runtime 1, which took its seat last
  call<&Echo::add>(far_[0], 2);
  EXPECT_EQ(rang, 1);
  rt_[0]->run();
  EXPECT_EQ(told(), "1 2");
  call<&Echo::add>(far_[0], 3);
  EXPECT_EQ(rang, 2);
  rt_[0]->run();
  EXPECT_EQ(told(), "3");
}

TEST_F(RemoteTest, ATurnThatGoesOnSendsWhatItHasWritten) {
  in(0, [this] {
    for (int n = 0; n != 40; ++n) call<&Echo::add>(far_[1], n);
    EXPECT_EQ(rt_[1]->next_wait(Instant{}), Duration::zero());
  });
  call<&Echo::spin>(echo_[0], 9);  // nine local records behind a remote call
  in(0, [this] {
    told();
    call<&Echo::add>(far_[1], 1);
  });
  rt_[1]->run();
  EXPECT_NE(told().find(" 39 1"), std::string::npos);
}

TEST_F(RemoteTest, ACallToItsOwnRuntimeIsALocalOne) {
  in(0, [this] { call<&Echo::ask>(far_[0], 1, hears()); });
  EXPECT_EQ(told(), "=2");
}

TEST_F(RemoteTest, AnswersOfEveryKindCome) {
  struct Asker {
    static Task<> asks(Remote<Echo> far) {
      const int one = co_await ask<&Echo::ask>(far, 1);
      const int two = co_await ask<&Echo::twice>(far, 2);
      const int three = co_await ask<&Echo::thrice>(far, 3);
      say("", one);
      say("", two);
      say("", three);
    }
  };
  spawn(*rt_[0], &Asker::asks, ret_nop, far_[1]);
  both();
  EXPECT_EQ(told(), "2 4 9");
}

struct Me {
  explicit Me(Remote<Echo> f) : far(std::move(f)) {}
  void go(Cx<Me>& cx) {
    call<&Echo::ask>(far, 5, ret_to<&Me::got>(cx, 9));
    call<&Echo::ask>(far, 6, ret_some_to<&Me::got_some>(cx));
    call<&Echo::ask>(far, 6, ret_nop);
  }
  void got(int bound, Reply<int> r) {
    say("", bound);
    say(r ? "value" : "none");
  }
  void got_some(int n) { say("some", n); }
  Remote<Echo> far;
};

TEST_F(RemoteTest, AnActorAsks) {
  auto me = make_actor<Me>(*rt_[0], ret_nop, far_[1]);
  call<&Me::go>(me);
  both(3);
  EXPECT_EQ(told(), "9 value some7");
}

TEST_F(RemoteTest, ARetMayBeKeptAnsweredLaterOrDropped) {
  in(0, [this] {
    call<&Echo::keep>(far_[1], hears());
    call<&Echo::keep>(far_[1], hears());
  });
  both();
  EXPECT_EQ(told(), "");
  call<&Echo::answer_all>(echo_[1]);
  both();
  EXPECT_EQ(told(), "=7 =7");
  in(0, [this] { call<&Echo::keep>(far_[1], hears()); });
  both();
  call<&Echo::drop_all>(echo_[1]);
  both();
  EXPECT_EQ(told(), "!dropped");
  in(0, [this] { call<&Echo::keep>(far_[1], hears()); });
  both();
  echo_[1] = {};
  both();
  EXPECT_EQ(told(), "!dropped");
  in(0, [this] { call<&Echo::keep>(far_[1], hears()); });
  both();
  EXPECT_EQ(told(), "!lost") << "the actor had ended";
}

#if TROUPE_EXCEPTIONS
TEST_F(RemoteTest, AHandlerThatThrowsTellsItsFailure) {
  in(0, [this] { call<&Echo::fails>(far_[1], hears()); });
  rt_[1]->set_logger(LogFilter(), nullptr);
  both();
  EXPECT_EQ(told(), "!failed");
}

TEST_F(RemoteTest, ATaskHearsTheWordsOfAFailure) {
  struct Asker {
    static Task<> asks(Remote<Echo> far) {
      const auto none = co_await ask<&Echo::fails>(far).reply();
      say(none ? "?" : none.error().error().text());
    }
  };
  rt_[1]->set_logger(LogFilter(), nullptr);
  spawn(*rt_[0], &Asker::asks, ret_nop, far_[1]);
  both();
  EXPECT_EQ(told(), "no");
}
#endif

using ThreeTest = Runtimes<3>;
TEST_F(ThreeTest, ARetTravelsOnToAThirdRuntimeAndHomeAgain) {
  in(0, [this] {
    call<&Echo::ask_other>(far_[1], far_[2], 5, hears());
    call<&Echo::ask_other>(far_[1], far_[0], 6, hears());
  });
  both();
  const std::string heard = told();
  EXPECT_TRUE(heard == "=6 =7" || heard == "=7 =6") << heard;
}

// ---- handles
TEST_F(RemoteTest, ACallArrivesThoughTheLastRemoteGoes) {
  in(0, [this] {
    const Remote<Echo> last = std::exchange(far_[1], {});
    call<&Echo::add>(last, 1);
  });
  both();
  EXPECT_EQ(told(), "1");
}

// The last Remote dies on another thread before the caller has published what it wrote: the box of
// the actor, which has ended, must stay.
TEST_F(RemoteTest, TheBoxStaysUntilWhatWasWrittenHasArrived) {
  in(0, [this] {
    call<&Echo::ask>(far_[1], 1, hears());
    std::thread([last = std::exchange(far_[1], {})] {}).join();
    echo_[1] = {};
    for (int n = 0; n != 10; ++n) rt_[1]->run();
    for (int n = 0; n != 100; ++n)  // takes the box's place, if that is free
    {
      auto other = make_actor<Echo>(*rt_[1], ret_nop);
      rt_[1]->run();
    }
  });
  both();
  EXPECT_EQ(told(), "!lost");
}

// As long as a part of what was looked at has not run, it may name a box.
TEST_F(RemoteTest, TheBoxStaysWhileItsCallsWaitToBeRun) {
  echo_[1] = {};
  rt_[1]->run();
  in(0, [this] {
    const Remote<Echo> last = std::exchange(far_[1], {});
    for (int n = 0; n != 130; ++n) call<&Echo::add>(last, n);
    call<&Echo::ask>(last, 1, hears());
  });
  std::vector<ActorOwn<Echo>> others;  // one of them takes the box's place, when that is free
  for (int n = 0; n != 30; ++n) {
    for (int k = 0; k != 39; ++k)
      defer(*rt_[1], [](std::array<char, 1000>) {}, std::array<char, 1000>());
    rt_[1]->run(Instant{}, RunLimit{.items = 42});
    others.push_back(make_actor<Echo>(*rt_[1], ret_nop));
  }
  both();
  EXPECT_EQ(told(), "!lost");
}

TEST_F(RemoteTest, BoxesGoHome) {
  const std::size_t before = rt_[1]->pool_bytes();
  for (int n = 0; n != 3000; ++n) {
    auto other = make_actor<std::array<char, 1000>>(*rt_[1], ret_nop);
    rt_[1]->run();
    { const auto far = remote(other); }
    other = {};
    both(2);
  }
  both();
  rt_[1]->trim();
  EXPECT_LE(rt_[1]->pool_bytes(), before + 1024 * 1024);
}

// ---- the end of either side
TEST_F(RemoteTest, TheOtherRuntimeEnds) {
  in(0, [this] { call<&Echo::keep>(far_[1], hears()); });
  both();
  in(0, [this] { call<&Echo::ask>(far_[1], 1, hears()); });  // published, not read
  in(1, [this] { call<&Echo::answer_all>(echo_[1]); });      // on its way
  in(0, [this] { call<&Echo::keep>(far_[1], hears()); });
  told();
  end(1);
  rt_[0]->run();
  EXPECT_EQ(told(), "!lost");
  in(0, [this] { call<&Echo::ask>(far_[1], 1, hears()); });
  EXPECT_EQ(told(), "!lost");
}

TEST_F(RemoteTest, AnswersOnTheirWayComeBeforeTheLoss) {
  in(0, [this] {
    for (int n = 0; n != 8; ++n) call<&Echo::ask>(far_[1], n, hears());
    call<&Echo::keep>(far_[1], hears());
  });
  rt_[1]->run();
  end(1);
  while (rt_[0]->run(Instant{}, RunLimit{.items = 1}).work) {}
  EXPECT_EQ(told(), "=1 =2 =3 =4 =5 =6 =7 =8 !lost");
}

// The end is seen while a part of what was looked at before has not run.
TEST_F(RemoteTest, AnswersBehindAnOlderLookComeBeforeTheLoss) {
  in(0, [this] {
    for (int n = 0; n != 3; ++n) call<&Echo::ask>(far_[1], n, hears());
    for (int n = 0; n != 3; ++n) call<&Echo::keep>(far_[1], hears());
  });
  rt_[1]->run();
  EXPECT_TRUE(rt_[0]->run(Instant{}, RunLimit{.items = 1}).work);
  call<&Echo::answer_all>(echo_[1]);
  rt_[1]->run();
  end(1);
  while (rt_[0]->run(Instant{}, RunLimit{.items = 1}).work) {}
  EXPECT_EQ(told(), "=1 =2 =3 =7 =7 =7");
}

TEST_F(RemoteTest, TheAskersRuntimeEnds) {
  in(0, [this] {
    call<&Echo::keep>(far_[1], hears());
    call<&Echo::ask>(far_[1], 1, hears());
  });
  rt_[1]->run();
  end(0);
  EXPECT_EQ(told(), "!runtime ended !runtime ended");
  both();
  call<&Echo::answer_all>(echo_[1]);
  both();
  EXPECT_EQ(told(), "");
}

TEST_F(RemoteTest, BothEndWithCallsBetweenThem) {
  for (unsigned first : {0u, 1u}) {
    SCOPED_TRACE(first);
    in(0, [this] { call<&Echo::ask_other>(far_[1], far_[0], 1, hears()); });
    in(1, [this] { call<&Echo::ask_other>(far_[0], far_[1], 1, hears()); });
    if (first == 1) {
      end(1);
      end(0);
    }
  }
  EXPECT_EQ(told(), "!runtime ended !runtime ended !runtime ended !runtime ended");
}

TEST_F(RemoteTest, ARetThatOutlivesItsRuntimeIsInert) {
  std::optional<Ret<int>> outlives;
  struct Keeper {
    explicit Keeper(std::optional<Ret<int>>* t) : to(t) {}
    void take(Ret<int> ret) { to->emplace(std::move(ret)); }
    std::optional<Ret<int>>* to;
  };
  auto keeper = make_actor<Keeper>(*rt_[1], ret_nop, unsafe_borrow(&outlives));
  rt_[1]->run();
  in(0, [far = remote(keeper)] { call<&Keeper::take>(far, hears()); });
  both();
  keeper = {};
  far_ = {};
  end(1);
  rt_[0]->run();
  EXPECT_EQ(told(), "!lost");
  end(0);
  all_ = Ensemble(1);
  std::exchange(outlives, std::nullopt)->operator()(1);
}

// ---- actors that are not ready yet
struct Slow {
  explicit Slow(int) {}
  static void finish(Prep<Slow>& prep) { prep.ready(1); }
  void add(int n) { say("", n); }
};

// The calls that were held are longer than a slice: those behind them wait.
TEST_F(RemoteTest, CallsToAnActorInPrepKeepTheirOrder) {
  auto late = make_actor<Echo>(*rt_[1], ret_nop);
  in(0, [far = remote(late)] {
    for (int n = 0; n != 12; ++n) call<&Echo::add>(far, n);
  });
  rt_[1]->run();
  EXPECT_EQ(told(), "0 1 2 3 4 5 6 7 8 9 10 11");
}

// A call of the lane makes it ready: what was held is of this runtime, too.
TEST_F(RemoteTest, ACallThatMakesAnActorReadyDoesNotLetOthersPass) {
  auto slow = make_actor_new<Slow>(*rt_[1], ret_nop);
  rt_[1]->run();
  for (int n = 0; n != 8; ++n) call<&Slow::add>(slow, n);
  rt_[1]->run();
  in(0, [far = remote(slow)] {
    for (int n = 100; n != 105; ++n) call<&Slow::add>(far, n);
    call<&Slow::finish>(far);
    for (int n = 105; n != 108; ++n) call<&Slow::add>(far, n);
  });
  for (int n = 0; n != 6; ++n) call<&Echo::answer_all>(echo_[1]);  // two slices
  for (int n = 8; n != 11; ++n) call<&Slow::add>(slow, n);
  rt_[1]->run();
  const std::string all = told();
  std::string here, there;
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.find(' ', at), all.size());
    const std::string n = all.substr(at, end - at);
    (n.size() == 3 ? there : here).append(n).append(" ");
    at = end + 1;
  }
  EXPECT_EQ(here, "0 1 2 3 4 5 6 7 8 9 10 ");
  EXPECT_EQ(there, "100 101 102 103 104 105 106 107 ");
}

// ---- the bound
TEST_F(RemoteTest, BeyondTheBoundRetsHearOverloadedAndTheLogOnce) {
  rt_[0]->set_logger(LogFilter::all({LogLevel::warn}),
                     [](Core&, const LogRecord& record) { say("log", record.text); });
  in(0, [this] {
    for (int n = 0; n != 300; ++n) call<&Echo::add>(far_[1], 0);
    call<&Echo::ask>(far_[1], 0, hears());
  });
  EXPECT_EQ(told(),
            "logcalls to another runtime are refused: their lane is at its bound !overloaded");
  rt_[1]->run();
  const std::string came = told();
  EXPECT_GT(came.size(), 100u);
  EXPECT_LT(came.size(), 2 * 300u);
  in(0, [this] { call<&Echo::ask>(far_[1], 1, hears()); });
  both();
  EXPECT_EQ(told(), "logcalls to another runtime were refused =2") << "there is room again";
}

TEST_F(RemoteTest, AnswersAreNotSubjectToTheBound) {
  for (int round = 0; round != 10; ++round) {
    in(0, [this] {
      for (int n = 0; n != 20; ++n) call<&Echo::keep>(far_[1], hears());
    });
    rt_[1]->run();
  }
  call<&Echo::answer_all>(echo_[1]);
  both();
  std::string all;
  for (int n = 0; n != 200; ++n) all += n ? " =7" : "=7";
  EXPECT_EQ(told(), all);
}

}  // namespace remote_test
}  // namespace troupe
