# An overlay port: it installs the tree that it lies in, so that it needs no archive and no checksum.
#
#   vcpkg install ballast --overlay-ports=<this tree>/packaging/vcpkg/ports
#
# vcpkg takes what it built before until a file of the port changes, and a header is no file of the port. Where headers change between two
# versions, say --no-binarycaching and remove the package first.
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../../.." ABSOLUTE)

set(VCPKG_BUILD_TYPE release) # header-only port

vcpkg_cmake_configure(
    SOURCE_PATH "${SOURCE_PATH}"
    OPTIONS
        -DBALLAST_BUILD_BENCHMARKS=OFF
        -DBALLAST_BUILD_EXAMPLES=OFF
        -DBALLAST_BUILD_TESTS=OFF
        -DBALLAST_INSTALL=ON
)

vcpkg_cmake_install()
vcpkg_cmake_config_fixup()

vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
# The generated text would link both targets.
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
