// expect: ballast: a composite trigger needs at least one part
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/band.hpp>

using namespace ballast;

#ifdef BALLAST_CONTROL
const trigger::any_of t{trigger::band{.absolute = 0.05}};
#else
const trigger::any_of<> t{};
#endif
