// Random pools for tests: one generator whose draws are the same on every machine.
#pragma once

#include <cmath>
#include <cstddef>
#include <random>

namespace test {

struct pool_dice {
    std::mt19937_64 rng;

    double unit() { return static_cast<double>(rng() >> 11) * (1.0 / 9007199254740992.0); }
    /// From a to b, evenly in the logarithm.
    double scale(double a, double b) { return a * std::pow(b / a, unit()); }
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(rng() % n); }
    bool chance(double p) { return unit() < p; }
};

}  // namespace test
