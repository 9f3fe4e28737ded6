# Compile time of including the library beside that of <vector>: medians of interleaved runs, and their ratio. Run by the target `include_cost`.
#
#   cmake -D COMPILER=g++ -D INCLUDE_DIR=include -P bench/include_cost/measure.cmake
cmake_minimum_required(VERSION 3.25)
set(rounds 15)
set(names nothing vector rebalancer umbrella)

foreach(round RANGE 1 ${rounds})
  foreach(name IN LISTS names)
    string(TIMESTAMP started "%s%f")
    execute_process(
      COMMAND ${COMPILER} -std=c++20 -fsyntax-only -I ${INCLUDE_DIR} ${CMAKE_CURRENT_LIST_DIR}/${name}.cpp
      COMMAND_ERROR_IS_FATAL ANY)
    string(TIMESTAMP ended "%s%f")
    math(EXPR took "(${ended} - ${started}) / 100")
    string(LENGTH "${took}" digits)
    math(EXPR missing "8 - ${digits}")
    string(REPEAT 0 ${missing} zeros)
    list(APPEND times_${name} ${zeros}${took})
  endforeach()
endforeach()

# A number of tenths of milliseconds without leading zeros.
function(median out)
  list(SORT ARGN)
  math(EXPR middle "${rounds} / 2")
  list(GET ARGN ${middle} m)
  math(EXPR m "1${m} - 100000000")
  set(${out} ${m} PARENT_SCOPE)
endfunction()

median(of_vector ${times_vector})
foreach(name IN LISTS names)
  median(m ${times_${name}})
  math(EXPR whole "${m} / 10")
  math(EXPR tenth "${m} % 10")
  math(EXPR ratio "100 * ${m} / ${of_vector}")
  math(EXPR ratio_whole "${ratio} / 100")
  math(EXPR ratio_part "${ratio} % 100")
  if(ratio_part LESS 10)
    set(ratio_part 0${ratio_part})
  endif()
  message("${name}: ${whole}.${tenth} ms, ${ratio_whole}.${ratio_part} x <vector>")
endforeach()
