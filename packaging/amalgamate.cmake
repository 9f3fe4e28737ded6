# Writes all headers of ballast as one.
#
#   cmake -DOUTPUT=ballast.hpp -P packaging/amalgamate.cmake
#
# The file holds what <ballast/ballast.hpp> includes, each header once, under the standard headers that they need. What the umbrella leaves
# out, as it takes long to compile, stands at the end, switched off: BALLAST_WITH_<NAME> switches on the header of that name
# (BALLAST_WITH_OSTREAM for ostream.hpp) and what it needs. The file may be included again after more of these were defined, and
# translation units that define different ones may be linked together.
cmake_minimum_required(VERSION 3.25)

get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
set(include_dir "${root}/include/ballast")
if(NOT OUTPUT)
  message(FATAL_ERROR "say where to write: cmake -DOUTPUT=<file> -P packaging/amalgamate.cmake")
endif()

# The own headers (relative to include/ballast) and the standard headers that a header includes.
function(read_includes header own standard)
  file(READ "${include_dir}/${header}" text)
  string(REGEX MATCHALL "\n#[^\n]*" directives "\n${text}")
  set(own_names "")
  set(standard_names "")
  set(depth 0)
  foreach(directive IN LISTS directives)
    if(directive MATCHES "^\n# *if")
      math(EXPR depth "${depth} + 1")
    elseif(directive MATCHES "^\n# *endif")
      math(EXPR depth "${depth} - 1")
    elseif(directive MATCHES "^\n# *include *([<\"])([^<>\"\n]+)[>\"]")
      set(opened_by "${CMAKE_MATCH_1}")
      set(name "${CMAKE_MATCH_2}")
      if(NOT depth EQUAL 0)
        message(FATAL_ERROR "${header} includes ${name} under a condition: such an include can not be moved")
      endif()
      if(opened_by STREQUAL "<" AND NOT name MATCHES "^ballast/")
        list(APPEND standard_names "${name}")
      else()
        if(name MATCHES "^ballast/(.*)$")
          set(path "${include_dir}/${CMAKE_MATCH_1}")
        else()
          get_filename_component(folder "${include_dir}/${header}" DIRECTORY)
          get_filename_component(path "${name}" ABSOLUTE BASE_DIR "${folder}")
        endif()
        if(NOT EXISTS "${path}")
          message(FATAL_ERROR "${header} includes ${name}, which does not exist")
        endif()
        file(RELATIVE_PATH path "${include_dir}" "${path}")
        list(APPEND own_names "${path}")
      endif()
    endif()
  endforeach()
  set(${own} "${own_names}" PARENT_SCOPE)
  set(${standard} "${standard_names}" PARENT_SCOPE)
endfunction()

# Appends a header and, before it, all that it includes to the list `order`; keeps what each one includes.
macro(visit header)
  if(NOT "${header}" IN_LIST order AND NOT "${header}" IN_LIST under_way)
    list(APPEND under_way "${header}")
    read_includes("${header}" "own_of_${header}" "standard_of_${header}")
    foreach(included IN LISTS "own_of_${header}")
      visit("${included}")
    endforeach()
    list(APPEND order "${header}")
  endif()
endmacro()

# What is left of a header when its includes stand elsewhere.
function(read_body header body)
  file(READ "${include_dir}/${header}" text)
  string(REGEX REPLACE "\n#include[^\n]*" "" text "\n${text}")
  string(REGEX REPLACE "\n#pragma once" "" text "${text}")
  string(REGEX REPLACE "\n\n\n+" "\n\n" text "${text}")
  string(STRIP "${text}" text)
  set(${body} "// ---- ${header} ----\n\n${text}\n" PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE headers RELATIVE "${include_dir}" "${include_dir}/*.hpp")
list(SORT headers)

# First what the umbrella reaches, then what it leaves out.
set(order "")
set(under_way "")
visit(ballast.hpp)
set(always ${order})
set(left_out "")
foreach(header IN LISTS headers)
  visit("${header}")
  # What stands in a folder goes with the header of the folder's name.
  if(NOT header IN_LIST always AND NOT header MATCHES "/")
    list(APPEND left_out "${header}")
  endif()
endforeach()
set(on_demand ${order})
list(REMOVE_ITEM on_demand ${always})

# The macros that switch a header on: its own and those of all that include it. Who includes stands behind whom it includes.
set(backward ${on_demand})
list(REVERSE backward)
foreach(header IN LISTS backward)
  if(header IN_LIST left_out)
    string(REGEX REPLACE "\\.hpp$" "" name "${header}")
    string(TOUPPER "${name}" name)
    set("switch_of_${header}" "BALLAST_WITH_${name}")
    list(APPEND "switches_of_${header}" "BALLAST_WITH_${name}")
  endif()
  list(REMOVE_DUPLICATES "switches_of_${header}")
  if(NOT switches_of_${header})
    message(FATAL_ERROR "neither ballast.hpp nor another header at the top of include/ballast includes ${header}")
  endif()
  foreach(included IN LISTS "own_of_${header}")
    list(APPEND "switches_of_${included}" ${switches_of_${header}})
  endforeach()
endforeach()

set(version "")
foreach(part IN ITEMS MAJOR MINOR PATCH)
  file(STRINGS "${include_dir}/version.hpp" line REGEX "^#define BALLAST_VERSION_${part} [0-9]+$")
  string(REGEX MATCH "[0-9]+$" number "${line}")
  list(APPEND version "${number}")
endforeach()
list(JOIN version "." version)

set(standard "")
set(bodies "")
foreach(header IN LISTS always)
  list(APPEND standard ${standard_of_${header}})
  if(NOT header STREQUAL "ballast.hpp")  # nothing but includes
    read_body("${header}" body)
    string(APPEND bodies "${body}\n")
  endif()
endforeach()
list(REMOVE_DUPLICATES standard)
list(SORT standard)
list(TRANSFORM standard REPLACE "^(.+)$" "#include <\\1>\n")
list(JOIN standard "" standard)

set(switches "")
set(appended "")
foreach(header IN LISTS on_demand)
  read_body("${header}" body)
  string(TOUPPER "${header}" guard)
  string(MAKE_C_IDENTIFIER "BALLAST_SINGLE_HEADER_${guard}" guard)
  list(TRANSFORM "switches_of_${header}" REPLACE "^(.+)$" "defined(\\1)" OUTPUT_VARIABLE conditions)
  list(JOIN conditions " || " conditions)
  set(includes ${standard_of_${header}})
  list(TRANSFORM includes REPLACE "^(.+)$" "#include <\\1>\n")
  list(JOIN includes "" includes)
  string(APPEND appended "#if (${conditions}) && !defined(${guard})\n#define ${guard}\n\n${includes}\n${body}\n#endif  // ${guard}\n\n")
  if(header IN_LIST left_out)
    string(APPEND switches "//   ${switch_of_${header}}: ballast/${header}\n")
  endif()
endforeach()

file(READ "${root}/LICENSE" license)
string(STRIP "${license}" license)
string(REPLACE "\n" "\n// " license "// ${license}")
string(REPLACE "// \n" "//\n" license "${license}")

set(text "// ballast ${version}, a header-only C++20 library that keeps a portfolio on its target, as one header.
//
// It stands for <ballast/ballast.hpp>. What that leaves out, as it takes long to compile, is in here too, and is switched on by a macro
// that is defined before this file is included, for the first time or again:
${switches}//
// Written by packaging/amalgamate.cmake: change the headers that it is made of, not this file.
//
// SPDX-License-Identifier: BSL-1.0
//
${license}

#ifndef BALLAST_SINGLE_HEADER
#if defined(BALLAST_VERSION_MAJOR)
#error \"ballast: the single header comes after a header of ballast's tree; include one or the other\"
#endif
#define BALLAST_SINGLE_HEADER

${standard}
${bodies}#endif  // BALLAST_SINGLE_HEADER

${appended}")
string(STRIP "${text}" text)
file(WRITE "${OUTPUT}" "${text}\n")
