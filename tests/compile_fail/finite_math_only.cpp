// expect: ballast: build without -ffast-math, -Ofast, -funsafe-math-optimizations, -ffinite-math-only
#ifndef BALLAST_CONTROL
#undef __FINITE_MATH_ONLY__
#define __FINITE_MATH_ONLY__ 1  // what -ffinite-math-only defines
#endif
#include <ballast/core/step.hpp>
