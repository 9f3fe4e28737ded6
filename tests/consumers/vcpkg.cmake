# ballast through vcpkg itself (VCPKG: the program, VCPKG_DIR: its root), from the overlay port, with its checks after the build as errors.
include("${CMAKE_CURRENT_LIST_DIR}/steps.cmake")

set(port_dir "${SOURCE_DIR}/packaging/vcpkg/ports/ballast")
set(WORK_DIR "${WORK_DIR}/vcpkg")
file(REMOVE_RECURSE "${WORK_DIR}")

# What a developer's own settings would change; and nothing is downloaded, sent or kept.
set(ENV{VCPKG_DISABLE_METRICS} 1)
set(ENV{VCPKG_FORCE_SYSTEM_BINARIES} 1)
unset(ENV{VCPKG_OVERLAY_PORTS})
unset(ENV{VCPKG_DEFAULT_TRIPLET})
set(roots "--vcpkg-root=${VCPKG_DIR}" "--x-install-root=${WORK_DIR}/installed" "--x-buildtrees-root=${WORK_DIR}/buildtrees" "--x-packages-root=${WORK_DIR}/packages"
          --binarysource=clear)

run("vcpkg install" "${VCPKG}" install ballast --classic "--overlay-ports=${SOURCE_DIR}/packaging/vcpkg/ports" --enforce-port-checks ${roots})
if(NOT output MATCHES "Performing post-build validation" OR output MATCHES "[Ww]arning")
  message(SEND_ERROR "vcpkg's checks did not run or warn\n${output}")
endif()
file(READ "${port_dir}/usage" usage)
string(STRIP "${usage}" usage)
string(FIND "${output}" "${usage}" at)
if(at EQUAL -1)
  message(SEND_ERROR "vcpkg does not print the usage text\n${output}")
endif()

file(COPY "${port_dir}/vcpkg.json" DESTINATION "${WORK_DIR}")
run("vcpkg format-manifest" "${VCPKG}" format-manifest "${WORK_DIR}/vcpkg.json" "--vcpkg-root=${VCPKG_DIR}")
file(READ "${port_dir}/vcpkg.json" as_it_is)
file(READ "${WORK_DIR}/vcpkg.json" as_it_should_be)
if(NOT as_it_is STREQUAL as_it_should_be)
  message(SEND_ERROR "vcpkg format-manifest changes vcpkg.json")
endif()
file(REMOVE "${WORK_DIR}/vcpkg.json")

consume(find_package "-DWANTED_VERSION=${VERSION}" "-DCMAKE_TOOLCHAIN_FILE=${VCPKG_DIR}/scripts/buildsystems/vcpkg.cmake"
        "-DVCPKG_INSTALLED_DIR=${WORK_DIR}/installed" -DVCPKG_MANIFEST_MODE=OFF)
