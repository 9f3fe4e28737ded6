// expect: ballast: cost::rebate needs a cost model as its first part
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/rebate.hpp>

using namespace ballast;

#ifdef BALLAST_CONTROL
const cost::rebate costs{cost::proportional{.rate = 0.001}};
#else
const cost::rebate costs{0.001};
#endif
