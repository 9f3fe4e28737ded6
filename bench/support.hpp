// What the benchmarks share: seeded books, and an operator new that counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace bench {

/// Allocations of the program so far.
[[nodiscard]] std::size_t allocations() noexcept;

/// A book of n assets worth about 1,000 n: prices 5..500, whole shares, every weight within a quarter of its target.
struct book {
    std::vector<double> price, quantity, target;
    double cash = 0.0;

    explicit book(std::size_t n, std::uint64_t seed = 7) {
        std::mt19937_64 random{seed};
        std::uniform_real_distribution<double> unit{0.0, 1.0};
        double total = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            price.push_back(5.0 + 495.0 * unit(random));
            const double value = 1000.0 * (0.75 + 0.5 * unit(random));
            quantity.push_back(static_cast<double>(static_cast<std::int64_t>(value / price.back()) + 1));
            target.push_back(0.99 / static_cast<double>(n));
            total += quantity.back() * price.back();
        }
        cash = 0.01 * total;
    }
};

}  // namespace bench
