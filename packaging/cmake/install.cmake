# Headers, CMake package and pkg-config file. Everything lands under include/ and share/, as nothing depends on the architecture.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(ballast_cmake_dir "${CMAKE_INSTALL_DATADIR}/ballast")

install(TARGETS ballast ballast_strict EXPORT ballast-targets FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(EXPORT ballast-targets NAMESPACE ballast:: DESTINATION "${ballast_cmake_dir}")

configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/packaging/cmake/ballast-config.cmake.in" "${PROJECT_BINARY_DIR}/package/ballast-config.cmake"
  INSTALL_DESTINATION "${ballast_cmake_dir}"
  NO_SET_AND_CHECK_MACRO)

# While the major version is 0 a new minor version may break sources. Header-only: fit for any pointer size.
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/package/ballast-config-version.cmake"
  VERSION "${PROJECT_VERSION}"
  COMPATIBILITY SameMinorVersion
  ARCH_INDEPENDENT)

# The prefix is told from the place of the .pc file itself, so that an installed tree can be moved.
set(ballast_pc_dir "${CMAKE_INSTALL_DATADIR}/pkgconfig")
if(IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
  set(ballast_pc_includedir "${CMAKE_INSTALL_INCLUDEDIR}")
else()
  set(ballast_pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
if(IS_ABSOLUTE "${ballast_pc_dir}")
  set(ballast_pc_prefix "${CMAKE_INSTALL_PREFIX}")
else()
  string(REGEX REPLACE "[^/]+" ".." ballast_pc_up "${ballast_pc_dir}")
  set(ballast_pc_prefix "\${pcfiledir}/${ballast_pc_up}")
endif()
configure_file("${PROJECT_SOURCE_DIR}/packaging/cmake/ballast.pc.in" "${PROJECT_BINARY_DIR}/package/ballast.pc" @ONLY)

install(FILES "${PROJECT_BINARY_DIR}/package/ballast-config.cmake" "${PROJECT_BINARY_DIR}/package/ballast-config-version.cmake"
        DESTINATION "${ballast_cmake_dir}")
install(FILES "${PROJECT_BINARY_DIR}/package/ballast.pc" DESTINATION "${ballast_pc_dir}")
