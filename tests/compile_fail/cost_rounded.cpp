// expect: ballast: cost::rounded needs a cost model as its first part
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/rounded.hpp>

using namespace ballast;

#ifdef BALLAST_CONTROL
const cost::rounded costs{cost::proportional{.rate = 0.001}};
#else
const cost::rounded costs{0.001};
#endif
