include("${CMAKE_CURRENT_LIST_DIR}/planting.cmake")

set(h include/ballast)
set(words "template <>\nstruct vocabulary<trigger::band> {};\ntemplate <class... T>\nstruct vocabulary<trigger::any_of<T...>> : x<T[1]> {};\n")
set(list "using list = words<any_trigger, trigger::band,\n  trigger::any_of<any_trigger>>;\n")
faultless(
  ${h}/core/order.hpp "#pragma once"
  ${h}/trigger/concept.hpp "#pragma once"
  ${h}/trigger/band.hpp "#pragma once"
  ${h}/trigger/any_of.hpp "#pragma once"
  ${h}/trigger/detail/parts.hpp "#pragma once"
  ${h}/spec/detail/triggers.hpp "${words}${list}")

refused("spec has no words for trigger::bands" ${h}/trigger/bands.hpp "#pragma once")
refused("no list of spec names trigger::bands" ${h}/trigger/bands.hpp "#pragma once")
refused("spec has no words for risk::ewma" ${h}/risk/ewma.hpp "#pragma once")
refused("no list of spec names trigger::band" ${h}/spec/detail/triggers.hpp "${words}using list = words<any_trigger, trigger::any_of<trigger::bands>>;\n")
refused("spec has no words for trigger::band" ${h}/spec/detail/triggers.hpp "struct vocabulary<trigger::any_of<T...>> {};\n${list}")
