# Includes run down one order. Fails, naming each include that does not.
include("${CMAKE_CURRENT_LIST_DIR}/headers.cmake")

# The floors of the house. A header may include what stands on a lower floor, and what is in its own folder; what shares a floor with
# another folder does not include it. A header x.hpp and a folder x/ beside it are on the same floor.
set(floor_detail 0)
set(floor_core 1)
set(floor_numeric 2)
set(floor_risk 3)
set(floor_cost 4)
set(floor_venue 5)
set(floor_solver 6)
set(floor_trigger 7)
set(floor_target 7)
set(floor_guard 7)
set(floor_sizing 7)
set(floor_rebalancer 8)
set(floor_keeper 9)
set(floor_any 10)
set(floor_describe 10)
set(floor_spec 11)
set(floor_sim 11)
set(floor_tune 11)
set(floor_ostream 11)
set(floor_chrono 11)
set(floor_ballast 12)

# Anyone may include these; they include only each other and detail/.
set(for_anyone fwd.hpp version.hpp)

# Families: folders of policies that stand alone. Inside one, a header includes only the concept header and detail/.
set(families risk cost venue solver trigger target guard)

# What others of their family are made of.
set(building_blocks venue/slippage.hpp venue/split.hpp solver/program.hpp solver/price_search.hpp solver/limited_search.hpp solver/frontier.hpp
    solver/verify.hpp solver/joint_limits.hpp)

# Folders with a header of their name that gathers them, for users: only ballast.hpp includes it.
set(gathered core numeric ${families} sizing sim tune)

macro(fault text)
  message(SEND_ERROR "${text}")
endmacro()

foreach(header IN LISTS ballast_headers)
  string(REGEX MATCH "^[^/.]+" place "${header}")
  if(NOT header IN_LIST for_anyone AND NOT DEFINED floor_${place})
    fault("${header}: '${place}' has no floor; give it one in tests/structure/include_order.cmake")
    continue()
  endif()

  ballast_includes("${header}" includes others)
  foreach(included IN LISTS includes)
    if(NOT included IN_LIST ballast_headers)
      fault("${header} includes ${included}, which does not exist")
      continue()
    endif()
    if(included STREQUAL header)
      fault("${header} includes itself")
      continue()
    endif()
    string(REGEX MATCH "^[^/.]+" lower "${included}")

    if(included IN_LIST for_anyone)
      continue()
    endif()
    if(NOT DEFINED floor_${lower})
      continue()  # its own line above names it
    endif()
    if(header IN_LIST for_anyone)
      if(NOT lower STREQUAL "detail")
        fault("${header} includes ${included}: what anyone may include must itself include nothing above detail/")
      endif()
      continue()
    endif()

    # A header that gathers a folder includes that folder alone and is included by ballast.hpp alone.
    if("${included}" STREQUAL "${lower}.hpp" AND lower IN_LIST gathered AND NOT header STREQUAL "ballast.hpp")
      fault("${header} includes ${included}: only ballast.hpp includes a header that gathers a folder")
      continue()
    endif()
    if("${header}" STREQUAL "${place}.hpp" AND place IN_LIST gathered)
      if(NOT lower STREQUAL place)
        fault("${header} includes ${included}: it gathers ${place}/ and nothing else")
      endif()
      continue()
    endif()

    if(lower STREQUAL place)
      if(place IN_LIST families AND NOT included STREQUAL "${place}/concept.hpp" AND NOT included MATCHES "^${place}/(detail/|contract/concept)"
         AND NOT included IN_LIST building_blocks)
        fault("${header} includes ${included}: policies of one family share only ${place}/concept.hpp and ${place}/detail/")
      endif()
    elseif(NOT floor_${lower} LESS floor_${place})
      fault("${header} includes ${included}: ${lower} is not below ${place}")
    endif()
  endforeach()
endforeach()
