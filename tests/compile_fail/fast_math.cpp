// expect: ballast: build without -ffast-math
#ifndef BALLAST_CONTROL
#define __FAST_MATH__ 1  // what -ffast-math defines
#endif
#include <ballast/rebalancer.hpp>
