# cmake/spdlog.cmake: target troupe::spdlog, the log sink that writes to spdlog: the files of room core named spdlog*.

if(TROUPE_SPDLOG STREQUAL "AUTO")
  find_package(spdlog QUIET)
elseif(TROUPE_SPDLOG)
  find_package(spdlog REQUIRED)
endif()
if(TROUPE_SPDLOG AND spdlog_FOUND)
  troupe_room(spdlog FOLDER core ONLY spdlog DEPENDS core LINK spdlog::spdlog)
endif()
