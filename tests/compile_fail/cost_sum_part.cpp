// expect: ballast: every part of cost::sum must be a cost model
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/cost/zero.hpp>

using namespace ballast;

#ifdef BALLAST_CONTROL
const cost::sum costs{cost::zero{}, cost::proportional{.rate = 0.001}};
#else
const cost::sum costs{cost::zero{}, 0.001};
#endif
