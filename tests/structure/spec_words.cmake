# What can be composed can be said: every policy of the families has an entry in the vocabulary of spec.hpp, and stands in the list of its
# family. Fails, naming the policy that was forgotten.
include("${CMAKE_CURRENT_LIST_DIR}/headers.cmake")

set(families trigger cost solver guard target risk sizing)

# Made of the host's own objects, which no text can name; and what solvers are made of.
set(without_words guard::depth solver::program solver::price_search solver::limited_search solver::frontier solver::verify solver::joint_limits)

set(vocabulary "")
set(lists "")
foreach(header IN LISTS ballast_headers)
  if(header MATCHES "^spec/detail/")
    file(READ "${ROOT}/include/ballast/${header}" text)
    string(REGEX REPLACE "[][;]" "@" text "${text}")
    string(APPEND vocabulary "${text}")
    string(REGEX MATCHALL "using list =[ \n]+words<[^@]*@" found "${text}")
    list(JOIN found " " found)
    string(APPEND lists "${found}")
  endif()
endforeach()

foreach(header IN LISTS ballast_headers)
  if(NOT header MATCHES "^([a-z]+)/([a-z0-9_]+)\\.hpp$")
    continue()
  endif()
  set(family "${CMAKE_MATCH_1}")
  set(policy "${CMAKE_MATCH_2}")
  if(NOT family IN_LIST families OR policy STREQUAL "concept" OR "${family}::${policy}" IN_LIST without_words)
    continue()
  endif()
  if(NOT vocabulary MATCHES "struct vocabulary<${family}::${policy}[<>]")
    message(SEND_ERROR "spec has no words for ${family}::${policy}")
  endif()
  if(NOT lists MATCHES "[ ,<]${family}::${policy}[<>,]")
    message(SEND_ERROR "no list of spec names ${family}::${policy}")
  endif()
endforeach()
