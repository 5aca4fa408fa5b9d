# cmake/asio.cmake: target troupe::asio, the part of room loop that needs standalone Asio: the files named asio*.

if(TROUPE_ASIO AND "loop" IN_LIST TROUPE_ROOMS)
  list(PREPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})
  if(TROUPE_ASIO STREQUAL "AUTO")
    find_package(Asio 1.18 QUIET)
  else()
    find_package(Asio 1.18 REQUIRED)
  endif()
endif()
if(NOT Asio_FOUND)
  return()
endif()

troupe_room(asio FOLDER loop ONLY asio DEPENDS loop io task core base LINK asio::asio)
if(NOT TARGET troupe_asio)
  return()
endif()

get_target_property(type troupe_asio TYPE)
set(reach PUBLIC)
if(type STREQUAL "INTERFACE_LIBRARY")
  set(reach INTERFACE)
endif()

# Asio knows C++20 coroutines under Clang only from 1.24 on: up to then it looks for <experimental/coroutine>. Told that
# they exist, it forgets to include what they need.
if(Asio_VERSION VERSION_LESS 1.24)
  target_compile_definitions(troupe_asio ${reach}
    $<$<COMPILE_LANG_AND_ID:CXX,Clang,AppleClang>:ASIO_HAS_CO_AWAIT=1;ASIO_HAS_STD_COROUTINE=1>)
  target_compile_options(troupe_asio ${reach}
    "$<$<COMPILE_LANG_AND_ID:CXX,Clang,AppleClang>:SHELL:-include exception -include coroutine -include utility>")
endif()
