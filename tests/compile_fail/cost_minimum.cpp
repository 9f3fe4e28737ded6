// expect: ballast: cost::minimum needs a cost model as its first part
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>

using namespace ballast;

#ifdef BALLAST_CONTROL
const cost::minimum costs{cost::proportional{.rate = 0.001}, 5.0};
#else
const cost::minimum costs{0.001, 5.0};
#endif
