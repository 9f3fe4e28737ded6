include("${CMAKE_CURRENT_LIST_DIR}/planting.cmake")

set(h include/ballast)
faultless(
  ${h}/version.hpp "#pragma once"
  ${h}/fwd.hpp "#include \"version.hpp\""
  ${h}/detail/low.hpp "#include <cstdint>"
  ${h}/core/order.hpp "#include \"../detail/low.hpp\"\n#include <ballast/fwd.hpp>\n// #include \"../trigger/band.hpp\""
  ${h}/core/reason.hpp "#include \"order.hpp\""
  ${h}/cost/concept.hpp "#include <ballast/core/order.hpp>"
  ${h}/cost/linear.hpp "#include \"concept.hpp\"\n#include \"detail/fit.hpp\""
  ${h}/cost/detail/fit.hpp "#include \"../concept.hpp\""
  ${h}/cost.hpp "#include \"cost/concept.hpp\"\n#include \"cost/linear.hpp\""
  ${h}/trigger/band.hpp "#include \"../cost/linear.hpp\""
  ${h}/guard/stop.hpp "#include <ballast/cost/concept.hpp>"
  ${h}/sizing/steps.hpp "#include \"../core/order.hpp\""
  ${h}/sizing/cash.hpp "#include \"steps.hpp\""
  ${h}/rebalancer.hpp "#include \"trigger/band.hpp\""
  ${h}/any.hpp "#include \"rebalancer.hpp\""
  ${h}/sim/replay.hpp "#include \"../any.hpp\""
  ${h}/spec.hpp "#include \"any.hpp\""
  ${h}/ballast.hpp "#include \"cost.hpp\"\n#include \"any.hpp\"")

refused("core/bad.hpp includes trigger/band.hpp: trigger is not below core" ${h}/core/bad.hpp "#include \"../trigger/band.hpp\"")
refused("core/bad.hpp includes trigger/band.hpp: trigger is not below core" ${h}/core/bad.hpp "#  include <ballast/trigger/band.hpp>")
refused("detail/bad.hpp includes core/order.hpp: core is not below detail" ${h}/detail/bad.hpp "#include <ballast/core/order.hpp>")
refused("guard/bad.hpp includes trigger/band.hpp: trigger is not below guard" ${h}/guard/bad.hpp "#include \"../trigger/band.hpp\"")
refused("trigger/bad.hpp includes guard/stop.hpp: guard is not below trigger" ${h}/trigger/bad.hpp "#include \"../guard/stop.hpp\"")
refused("trigger/bad.hpp includes trigger/band.hpp: policies of one family" ${h}/trigger/bad.hpp "#include \"band.hpp\"")
refused("cost/detail/fit.hpp includes cost/linear.hpp: policies of one family" ${h}/cost/detail/fit.hpp "#include \"../linear.hpp\"")
refused("rebalancer.hpp includes any.hpp: any is not below rebalancer" ${h}/rebalancer.hpp "#include \"any.hpp\"")
refused("spec.hpp includes sim/replay.hpp: sim is not below spec" ${h}/spec.hpp "#include \"sim/replay.hpp\"")
refused("rebalancer.hpp includes cost.hpp: only ballast.hpp includes" ${h}/rebalancer.hpp "#include \"cost.hpp\"")
refused("cost.hpp includes core/order.hpp: it gathers cost/" ${h}/cost.hpp "#include \"core/order.hpp\"")
refused("fwd.hpp includes core/order.hpp: what anyone may include" ${h}/fwd.hpp "#include \"core/order.hpp\"")
refused("core/bad.hpp includes core/gone.hpp, which does not exist" ${h}/core/bad.hpp "#include \"gone.hpp\"")
refused("core/bad.hpp includes itself" ${h}/core/bad.hpp "#include \"bad.hpp\"")
refused("'attic' has no floor" ${h}/attic/bad.hpp "#pragma once")
