# Catch2 for the tests: version 3 or 2 where it is installed, else version 3 from its repository.
# Sets BALLAST_CATCH2_MAJOR and provides catch_discover_tests.
find_package(Catch2 3 QUIET)
if(NOT Catch2_FOUND)
  find_package(Catch2 2 QUIET)
endif()
if(Catch2_FOUND)
  string(REGEX MATCH "^[0-9]+" BALLAST_CATCH2_MAJOR "${Catch2_VERSION}")
else()
  message(STATUS "ballast: Catch2 was not found; fetching it")
  include(FetchContent)
  set(CMAKE_CXX_STANDARD 20)  # as the tests: built as C++14, Catch2 could not print a string_view
  FetchContent_Declare(Catch2 GIT_REPOSITORY https://github.com/catchorg/Catch2.git GIT_TAG v3.7.1 GIT_SHALLOW ON)
  FetchContent_MakeAvailable(Catch2)
  list(APPEND CMAKE_MODULE_PATH "${Catch2_SOURCE_DIR}/extras")
  set(BALLAST_CATCH2_MAJOR 3)
endif()
include(Catch)
