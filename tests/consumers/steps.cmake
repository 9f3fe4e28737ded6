# Steps that the consumer tests are made of.
cmake_minimum_required(VERSION 3.25)

set(moved_prefix "${WORK_DIR}/moved prefix")

# run(<what> <command>...): the command must succeed; `output` gets what it prints.
function(run what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${what}: ended with ${result}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

# consume(<folder> <configure arguments>...): configures and builds tests/consumers/<folder>, runs its program and its strict one; both
# must print the version.
function(consume folder)
  set(build "${WORK_DIR}/${folder}")
  file(REMOVE_RECURSE "${build}")
  run("configure ${folder}" "${CMAKE_COMMAND}" -S "${SOURCE_DIR}/tests/consumers/${folder}" -B "${build}" -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${CXX}"
      -DCMAKE_BUILD_TYPE=Debug -DCMAKE_EXPORT_COMPILE_COMMANDS=ON ${ARGN})
  run("build ${folder}" "${CMAKE_COMMAND}" --build "${build}")
  foreach(program IN ITEMS consumer consumer_strict)
    run("run ${program}" "${build}/${program}")
    if(NOT output STREQUAL "${VERSION}\n")
      message(FATAL_ERROR "${program} of ${folder} prints '${output}' instead of ${VERSION}")
    endif()
  endforeach()

  # ballast::strict brings its one flag, ballast::ballast brings none: no warnings, no optimisation, no definition.
  file(READ "${build}/compile_commands.json" commands)
  string(JSON count LENGTH "${commands}")
  math(EXPR last "${count} - 1")
  foreach(i RANGE ${last})
    string(JSON command GET "${commands}" ${i} command)
    string(REGEX MATCH "consumer(_strict)?\\.dir" target "${command}")
    string(REGEX MATCHALL " -[DWOf][^ ]*" flags "${command}")
    if(target STREQUAL "consumer.dir" AND flags)
      message(FATAL_ERROR "ballast::ballast brings${flags}")
    elseif(target STREQUAL "consumer_strict.dir" AND NOT flags STREQUAL " -ffp-contract=off")
      message(FATAL_ERROR "ballast::strict brings '${flags}' instead of -ffp-contract=off alone")
    endif()
  endforeach()
endfunction()
