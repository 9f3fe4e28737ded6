// expect: ballast: cost::maximum needs a cost model as its first part
#include <ballast/cost/maximum.hpp>
#include <ballast/cost/proportional.hpp>

using namespace ballast;

#ifdef BALLAST_CONTROL
const cost::maximum costs{cost::proportional{.rate = 0.001}, 5.0};
#else
const cost::maximum costs{0.001, 5.0};
#endif
