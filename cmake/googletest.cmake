# cmake/googletest.cmake: target troupe_gtest_main.
#
# Built from source with the flags of this build, because Debian's archive fits only one of them: libc++, the sanitizers
# and -fno-exceptions each need their own. The two files of Debian's package googletest are all that it takes; where
# they are missing, an installed GoogleTest has to do.

find_path(TROUPE_GTEST_SOURCE src/gtest-all.cc
  PATHS /usr/src/googletest/googletest /usr/src/gtest NO_DEFAULT_PATH)
mark_as_advanced(TROUPE_GTEST_SOURCE)

add_library(troupe_gtest_main INTERFACE)
if(TROUPE_GTEST_SOURCE)
  add_library(troupe_gtest STATIC EXCLUDE_FROM_ALL
    ${TROUPE_GTEST_SOURCE}/src/gtest-all.cc ${TROUPE_GTEST_SOURCE}/src/gtest_main.cc)
  target_include_directories(troupe_gtest SYSTEM
    PUBLIC ${TROUPE_GTEST_SOURCE}/include PRIVATE ${TROUPE_GTEST_SOURCE})
  target_compile_features(troupe_gtest PUBLIC cxx_std_23)
  target_compile_options(troupe_gtest PRIVATE -w -g0 -O0 -fno-sanitize=all)  # it is not what is tested
  target_link_libraries(troupe_gtest PUBLIC Threads::Threads)
  target_link_libraries(troupe_gtest_main INTERFACE troupe_gtest)
else()
  find_package(GTest REQUIRED)
  target_link_libraries(troupe_gtest_main INTERFACE GTest::gtest_main)
endif()
