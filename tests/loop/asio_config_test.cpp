// loop/asio_config_test.cpp: Asio has its coroutines under every compiler, whoever passes the
// header.
#include <troupe/loop/asio_config.hpp>

#include <gtest/gtest.h>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>

namespace asio_config_test {

asio::awaitable<void> set(int& to) {
  to = 1;
  co_return;
}

TEST(AsioConfigTest, CoroutinesOfAsioRun) {
  int done = 0;
  asio::io_context host;
  asio::co_spawn(host, set(done), asio::detached);
  host.run();
  EXPECT_EQ(done, 1);
}

}  // namespace asio_config_test
