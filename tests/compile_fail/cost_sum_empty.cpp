// expect: ballast: cost::sum needs at least one part; cost::zero costs nothing
#include <ballast/cost/sum.hpp>
#include <ballast/cost/zero.hpp>

using namespace ballast;

#ifdef BALLAST_CONTROL
const cost::sum costs{cost::zero{}};
#else
const cost::sum costs{};
#endif
