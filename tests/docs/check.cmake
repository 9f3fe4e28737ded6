# Builds the documentation of the tree ROOT.
cmake_minimum_required(VERSION 3.25)
set(OUTPUT "${ROOT}/documentation")
include("${CMAKE_CURRENT_LIST_DIR}/../../packaging/doxygen/build.cmake")
