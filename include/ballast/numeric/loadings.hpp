/// Products with the loadings of a factor model: many short rows.
#pragma once

#include <cstddef>

#include "octet.hpp"

namespace ballast::inline v0 {

namespace detail {
/// `sum_of` each of four.
[[gnu::always_inline]] inline void add_sums_of_four(const octet& p, const octet& q, const octet& r, const octet& s, double* at) noexcept {
#if defined(__AVX__)
    const doubles x = p.a + p.b, y = q.a + q.b, z = r.a + r.b, u = s.a + s.b;
    const doubles left = __builtin_shufflevector(x, y, 0, 4, 2, 6) + __builtin_shufflevector(x, y, 1, 5, 3, 7);
    const doubles right = __builtin_shufflevector(z, u, 0, 4, 2, 6) + __builtin_shufflevector(z, u, 1, 5, 3, 7);
    const doubles all = __builtin_shufflevector(left, right, 0, 1, 4, 5) + __builtin_shufflevector(left, right, 2, 3, 6, 7);
    store_register(at, load_register(at) + all);
#else
    const auto two = [](const octet& x, const octet& y, double* to) __attribute__((always_inline)) {
        const doubles a = x.a + x.c, b = y.a + y.c, c = x.b + x.d, d = y.b + y.d;
        const doubles first = __builtin_shufflevector(a, b, 0, 2) + __builtin_shufflevector(a, b, 1, 3);
        const doubles second = __builtin_shufflevector(c, d, 0, 2) + __builtin_shufflevector(c, d, 1, 3);
        store_register(to, load_register(to) + (first + second));
    };
    two(p, q, at);
    two(r, s, at + 2);
#endif
}

/// Of rows of `width` entries `columns` are asked for, at most three octets, from the first on. Octets are read as a whole, into the next row:
/// what they hold of it is not used, or is multiplied by 0. Only where no memory of the last rows follows they are read lane by lane.
template <std::size_t Octets>
class loading_columns {
public:
    loading_columns(const double* first, std::size_t rows, std::size_t width, std::size_t columns) noexcept
        : first_{first},
          rows_{rows},
          width_{width},
          last_{columns - 8 * (Octets - 1)} {
        const std::size_t behind = 8 * Octets > columns ? (8 * Octets - columns + width - 1) / width : 0;
        whole_ = rows > behind ? rows - behind : 0;
    }
    void add_products(const double* x, double* y) const noexcept {
        const octet a = load(x), b = load(x + (Octets > 1 ? 8 : 0)), c = load(x + (Octets > 2 ? 16 : 0));
        const auto of = [&](const double* row) __attribute__((always_inline)) {
            octet sum = load(row) * a;
            if constexpr (Octets > 1) sum = sum + load(row + 8) * b;
            if constexpr (Octets > 2) sum = sum + load(row + 16) * c;
            return sum;
        };
        const double* row = first_;
        std::size_t i = 0;
        for (; i + 4 <= whole_; i += 4, row += 4 * width_)
            add_sums_of_four(of(row), of(row + width_), of(row + 2 * width_), of(row + 3 * width_), y + i);
        for (; i < rows_; ++i, row += width_) y[i] += dot(row, x, 8 * (Octets - 1) + last_);
    }
    void sum(const double* y, double* x) const noexcept {
        octet a = every(0.0), b = a, c = a;
        const double* row = first_;
        const auto add = [&](const octet& by, auto lanes) __attribute__((always_inline)) {
            if constexpr (Octets == 1) a = a + by * load(row, lanes);
            if constexpr (Octets > 1) a = a + by * load(row);
            if constexpr (Octets == 2) b = b + by * load(row + 8, lanes);
            if constexpr (Octets > 2) {
                b = b + by * load(row + 8);
                c = c + by * load(row + 16, lanes);
            }
        };
        std::size_t i = 0;
        for (; i < whole_; ++i, row += width_) add(every(y[i]), eight_lanes{});
        const some_lanes rest{last_};
        for (; i < rows_; ++i, row += width_) add(every(y[i]), rest);
        if constexpr (Octets > 1) store(x, a);
        if constexpr (Octets > 2) store(x + 8, b);
        store(x + 8 * (Octets - 1), Octets == 1 ? a : Octets == 2 ? b : c, rest);
    }

private:
    const double* first_;
    std::size_t rows_, width_, last_, whole_;
};

/// f(columns, the first of them) for every three octets of columns, and for what is left.
template <class F>
inline void for_loading_columns(const double* loadings, std::size_t rows, std::size_t width, F&& f) noexcept {
    std::size_t from = 0;
    const auto first = [&] { return rows > 0 ? loadings + from : loadings; };  // of no rows there may be no memory
    for (; from + 16 < width; from += 24) {
        const std::size_t left = width - from;
        f(loading_columns<3>{first(), rows, width, left < 24 ? left : 24}, from);
        if (left <= 24) return;
    }
    const std::size_t left = width - from;
    if (left > 8)
        f(loading_columns<2>{first(), rows, width, left}, from);
    else if (left > 0)
        f(loading_columns<1>{first(), rows, width, left}, from);
}

/// y ← y + Fx, with n × k loadings F row by row. x has room for whole octets, and zeros from k on. O(n·k).
inline void add_loadings(const double* loadings, std::size_t n, std::size_t k, const double* x, double* y) noexcept {
    for_loading_columns(loadings, n, k, [&](const auto& columns, std::size_t from) { columns.add_products(x + from, y); });
}
/// The largest of each column, without its sign. O(n·k).
inline void largest_loadings(const double* loadings, std::size_t n, std::size_t k, double* x) noexcept {
    for (std::size_t a = 0; a < k; ++a) x[a] = 0.0;
    for (std::size_t i = 0; i < n; ++i)
        for_each_octet(
            k, [&, row = loadings + i * k ](std::size_t a, auto lanes) __attribute__((always_inline)) {
                store(x + a, larger(load(x + a, lanes, 0.0), absolute(load(row + a, lanes, 0.0))), lanes);
            });
}
/// x = Fᵀy, each entry in the order of the rows. O(n·k).
inline void sum_loadings(const double* loadings, std::size_t n, std::size_t k, const double* y, double* x) noexcept {
    for_loading_columns(loadings, n, k, [&](const auto& columns, std::size_t from) { columns.sum(y, x + from); });
}
}  // namespace detail

}  // namespace ballast::inline v0
