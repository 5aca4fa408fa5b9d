// loop/asio_config.hpp: what Asio must be told before its first header, for builds without CMake.
// (internal)
//
// pkg-config passes it with -include. Asio knows C++20 coroutines under Clang only from 1.24 on: up
// to then it looks for <experimental/coroutine>. Told that they exist, it forgets to include what
// they need. GCC needs nothing.
#pragma once
#if defined(__cplusplus) && defined(__clang__) && __has_include(<asio/version.hpp>)
#include <asio/version.hpp>
#if ASIO_VERSION < 102400
#ifndef ASIO_HAS_CO_AWAIT
#define ASIO_HAS_CO_AWAIT 1
#endif
#ifndef ASIO_HAS_STD_COROUTINE
#define ASIO_HAS_STD_COROUTINE 1
#endif
#include <coroutine>
#include <exception>
#include <utility>
#endif
#endif
