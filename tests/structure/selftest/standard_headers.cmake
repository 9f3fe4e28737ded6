include("${CMAKE_CURRENT_LIST_DIR}/planting.cmake")

set(h include/ballast)
faultless(
  ${h}/core/order.hpp "#include <span>\n/// #include <iostream>"
  ${h}/any.hpp "#include <memory>"
  ${h}/ostream.hpp "#include <iostream>"
  ${h}/chrono.hpp "#include <chrono>"
  ${h}/spec.hpp "#include <functional>")

foreach(name IN ITEMS iostream memory functional ranges regex chrono stdexcept)
  refused("core/bad.hpp includes <${name}>" ${h}/core/bad.hpp "#include <vector>\n#include <${name}>")
endforeach()
refused("core/any.hpp includes <memory>" ${h}/core/any.hpp "#pragma once\n  #  include  <memory>")
