# cmake/FindAsio.cmake: standalone Asio, which has no CMake package of its own. Makes target asio::asio.

find_path(Asio_INCLUDE_DIR asio.hpp)
mark_as_advanced(Asio_INCLUDE_DIR)
if(Asio_INCLUDE_DIR)
  file(STRINGS ${Asio_INCLUDE_DIR}/asio/version.hpp asio_line REGEX "#define ASIO_VERSION ")
  string(REGEX MATCH "[0-9]+" asio_number "${asio_line}")
  math(EXPR asio_major "${asio_number} / 100000")
  math(EXPR asio_minor "${asio_number} / 100 % 1000")
  math(EXPR asio_patch "${asio_number} % 100")
  set(Asio_VERSION ${asio_major}.${asio_minor}.${asio_patch})
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Asio REQUIRED_VARS Asio_INCLUDE_DIR VERSION_VAR Asio_VERSION)

if(Asio_FOUND AND NOT TARGET asio::asio)
  find_package(Threads REQUIRED)
  add_library(asio::asio INTERFACE IMPORTED)
  target_include_directories(asio::asio SYSTEM INTERFACE ${Asio_INCLUDE_DIR})
  target_compile_definitions(asio::asio INTERFACE ASIO_STANDALONE)
  target_link_libraries(asio::asio INTERFACE Threads::Threads)
endif()
