# cmake/troupe_test.cmake: how tests and fuzzers are made.
#
#   troupe_test(<name>)
#     the tests of target troupe_<name> as one program <name>_tests: the files *_test.cpp below tests/ that lie where the
#     target's own files lie below include/troupe/. It links that target alone, so that a room is tested without those
#     above it. The label is the room's name.
#   troupe_test_program(<name> LABEL <label> SOURCES <file>... [HEADER <header>] [LINK <target>...] [BATCHES] [FROM_TASK])
#     any other GoogleTest program, such as that of an application. The header is compiled once for all of its files:
#     reading it takes longer than compiling what most of them say. BATCHES: TROUPE_TEST_BATCH files are compiled as one,
#     which saves a third of the time, since they make the same templates; each holds its names in a namespace of its own. FROM_TASK: the
#     header is <troupe/task.hpp>, compiled once for all programs that say so
#   troupe_fuzz(<name> SOURCES <file>... [SWEEPS <file>...] [CORPUS <folder>] [LINK <target>...])
#     a libFuzzer harness, whose tests have the label fuzz: always as program <name>_random, which gives it inputs of chance,
#     and new ones in each run for TROUPE_FUZZ_SECONDS; sweeps, GoogleTest files that count through what the harness leaves
#     to chance, are in it too, as test fuzz.<name>.sweep, which has the label sweep; with TROUPE_BUILD_FUZZERS as program fuzz_<name> too, which as a
#     test runs for a short time
include(GoogleTest)
include(${CMAKE_CURRENT_LIST_DIR}/googletest.cmake)

set(TROUPE_TEST_BATCH 4 CACHE STRING "Test files of a room that are compiled as one; 1 to compile each by itself")
set(TROUPE_TEST_SHARDS 0 CACHE STRING
  "Processes that share the tests of a program; 0: each test has its own, and is one for CTest. Under sanitizers, where \
a process takes long to start, a few save a minute")
set(TROUPE_TEST_SECONDS 120 CACHE STRING "Time limit of one test")
option(TROUPE_TEST_CONFORMING "Test the conforming frame for foreign awaitables too" ON)
option(TROUPE_TEST_CHANCE "Test with inputs of chance too (tests/fuzz)" ON)
set(TROUPE_FUZZ_SECONDS 0 CACHE STRING "Seconds of new seeds that each fuzzer gets as test fuzz.<name>.fresh")
set(TROUPE_FUZZ_RUNS 20000 CACHE STRING "Inputs that a fuzzer tries when it runs as a test")

function(troupe_test_program name)
  cmake_parse_arguments(PARSE_ARGV 1 test "BATCHES;FROM_TASK" "LABEL;HEADER" "SOURCES;LINK")
  add_executable(${name} ${test_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${test_LINK} troupe_checks troupe_gtest_main)
  if(TROUPE_TEST_BATCH GREATER 1 AND test_BATCHES)
    set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${TROUPE_TEST_BATCH})
    # What GCC says of a lambda in a coroutine's frame wherever that lies in an included file.
    target_compile_options(${name} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  endif()
  list(LENGTH test_SOURCES count)
  if(test_FROM_TASK AND TARGET troupe_task)
    troupe_task_test_header()
    target_precompile_headers(${name} REUSE_FROM troupe_task_test_header)
  elseif(count GREATER 2)
    target_precompile_headers(${name} PRIVATE <gtest/gtest.h> ${test_HEADER})
  endif()
  if(TROUPE_TEST_SHARDS EQUAL 0)
    gtest_discover_tests(${name}
      TEST_PREFIX ${test_LABEL}.
      DISCOVERY_MODE PRE_TEST
      DISCOVERY_TIMEOUT 60
      PROPERTIES LABELS ${test_LABEL} TIMEOUT ${TROUPE_TEST_SECONDS})
    return()
  endif()
  math(EXPR last "${TROUPE_TEST_SHARDS} - 1")
  foreach(shard RANGE ${last})
    add_test(NAME ${name}.${shard} COMMAND ${name})
    set_tests_properties(${name}.${shard} PROPERTIES LABELS ${test_LABEL} TIMEOUT ${TROUPE_TEST_SECONDS}
      ENVIRONMENT "GTEST_TOTAL_SHARDS=${TROUPE_TEST_SHARDS};GTEST_SHARD_INDEX=${shard}")
  endforeach()
endfunction()

function(troupe_task_test_header)
  if(TARGET troupe_task_test_header)
    return()
  endif()
  add_library(troupe_task_test_header OBJECT EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/support/nothing.cpp)
  target_link_libraries(troupe_task_test_header PRIVATE troupe_task troupe_checks troupe_gtest_main)
  target_precompile_headers(troupe_task_test_header PRIVATE <gtest/gtest.h> <troupe/task.hpp>)
endfunction()

function(troupe_test name)
  troupe_files(${name} sources ${PROJECT_SOURCE_DIR}/tests *_test.cpp)
  if(sources)
    get_property(files GLOBAL PROPERTY TROUPE_FILES_${name})
    list(GET files 0 room)
    set(header)
    set(shared)
    if(room MATCHES "^(task|thread|io|loop)$" AND NOT name MATCHES "asio|spdlog")
      set(shared FROM_TASK)
    endif()
    if(EXISTS ${PROJECT_SOURCE_DIR}/include/troupe/${name}.hpp)
      set(header HEADER <troupe/${name}.hpp>)
    endif()
    troupe_test_program(${name}_tests LABEL ${room} SOURCES ${sources} LINK troupe_${name} ${header} ${shared}
      BATCHES)
  endif()
endfunction()

function(troupe_fuzz name)
  if(NOT TROUPE_TEST_CHANCE)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 fuzz "" "CORPUS" "SOURCES;SWEEPS;LINK")
  troupe_all_rooms(rooms)
  add_executable(${name}_random ${fuzz_SOURCES} ${fuzz_SWEEPS} ${PROJECT_SOURCE_DIR}/tests/fuzz/random_inputs.cpp)
  target_include_directories(${name}_random PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name}_random PRIVATE ${rooms} ${fuzz_LINK} troupe_checks troupe_gtest_main)
  set(chance ${name}_random --gtest_filter=RandomInputs.*)
  add_test(NAME fuzz.${name}.random COMMAND ${chance})
  set_tests_properties(fuzz.${name}.random PROPERTIES LABELS fuzz TIMEOUT ${TROUPE_TEST_SECONDS})
  if(TROUPE_FUZZ_SECONDS GREATER 0)
    add_test(NAME fuzz.${name}.fresh COMMAND ${chance})
    set_tests_properties(fuzz.${name}.fresh PROPERTIES LABELS fuzz TIMEOUT ${TROUPE_TEST_SECONDS}
      ENVIRONMENT TROUPE_FUZZ_SECONDS=${TROUPE_FUZZ_SECONDS})
  endif()
  if(fuzz_SWEEPS)
    add_test(NAME fuzz.${name}.sweep COMMAND ${name}_random --gtest_filter=-RandomInputs.*)
    set_tests_properties(fuzz.${name}.sweep PROPERTIES LABELS "fuzz;sweep" TIMEOUT ${TROUPE_TEST_SECONDS})
  endif()
  if(NOT TROUPE_BUILD_FUZZERS)
    return()
  endif()
  add_executable(fuzz_${name} ${fuzz_SOURCES})
  target_include_directories(fuzz_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(fuzz_${name} PRIVATE ${rooms} ${fuzz_LINK})
  target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  if(CMAKE_CXX_FLAGS MATCHES "-stdlib=libc\\+\\+")
    target_link_options(fuzz_${name} PRIVATE -l:libstdc++.so.6)  # which libFuzzer itself uses
  endif()
  # A new folder takes what libFuzzer finds, so that a run as a test never changes the corpus in the repository.
  set(found ${CMAKE_CURRENT_BINARY_DIR}/corpus_${name})
  file(MAKE_DIRECTORY ${found})
  add_test(NAME fuzz.${name}
    COMMAND fuzz_${name} -runs=${TROUPE_FUZZ_RUNS} -max_total_time=10 -seed=1 ${found} ${fuzz_CORPUS})
  set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT ${TROUPE_TEST_SECONDS})
endfunction()
