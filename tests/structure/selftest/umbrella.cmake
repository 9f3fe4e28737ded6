include("${CMAKE_CURRENT_LIST_DIR}/planting.cmake")

set(h include/ballast)
faultless(
  ${h}/core/order.hpp "#pragma once"
  ${h}/cost/linear.hpp "#include \"detail/fit.hpp\""
  ${h}/cost/detail/fit.hpp "#pragma once"
  ${h}/cost/detail/spare.hpp "#pragma once"
  ${h}/cost.hpp "#include \"cost/linear.hpp\""
  ${h}/rebalancer.hpp "#include \"core/order.hpp\""
  ${h}/chrono.hpp "#pragma once"
  ${h}/spec.hpp "#include \"spec/result.hpp\""
  ${h}/spec/result.hpp "#pragma once"
  ${h}/ballast.hpp "#include \"cost.hpp\"\n#include <ballast/rebalancer.hpp>")

refused("cost.hpp does not include cost/forgotten.hpp" ${h}/cost/forgotten.hpp "#pragma once")
refused("ballast.hpp does not reach cost/forgotten.hpp" ${h}/cost/forgotten.hpp "#pragma once")
refused("ballast.hpp does not reach core/forgotten.hpp" ${h}/core/forgotten.hpp "#pragma once")
refused("ballast.hpp does not reach cost.hpp" ${h}/ballast.hpp REMOVED)
refused("ballast.hpp reaches chrono.hpp, which it leaves out" ${h}/rebalancer.hpp "#include \"core/order.hpp\"\n#include \"chrono.hpp\"")
refused("ballast.hpp reaches spec/result.hpp, which it leaves out" ${h}/rebalancer.hpp "#include \"core/order.hpp\"\n#include \"spec/result.hpp\"")
refused("spec.hpp does not include spec/forgotten.hpp" ${h}/spec/forgotten.hpp "#pragma once")
