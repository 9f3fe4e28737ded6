/// Σ weight·c·cᵀ over many short rows: the one product of order n·k² in a factor model.
#pragma once

#include <cstddef>

namespace ballast::inline v0 {

/// Rows of a panel, and of the matrix that it goes to, begin this many entries after each other: the number of columns, rounded up to whole eights.
[[nodiscard]] constexpr std::size_t gram_stride(std::size_t columns) noexcept { return (columns + 7) / 8 * 8; }

namespace detail {
// As many doubles as fit into the target's registers: wider ones would be taken apart, at three times the cost.
#if defined(__AVX512F__)
inline constexpr std::size_t gram_lanes = 8;
#elif defined(__AVX__)
inline constexpr std::size_t gram_lanes = 4;
#else
inline constexpr std::size_t gram_lanes = 2;
#endif
using gram_register = double __attribute__((vector_size(gram_lanes * sizeof(double))));

[[nodiscard, gnu::always_inline]] inline gram_register load_gram(const double* at) noexcept {
    gram_register x;
    __builtin_memcpy(&x, at, sizeof x);
    return x;
}
/// Eight rows of a matrix by one register of its columns.
struct gram_tile {
    gram_register a, b, c, d, e, f, g, h;

    [[gnu::always_inline]] void add(const double* left, gram_register x) noexcept {
        a += left[0] * x;
        b += left[1] * x;
        c += left[2] * x;
        d += left[3] * x;
        e += left[4] * x;
        f += left[5] * x;
        g += left[6] * x;
        h += left[7] * x;
    }
};
[[gnu::always_inline]] inline void store_gram(double* at, gram_register x) noexcept { __builtin_memcpy(at, &x, sizeof x); }
[[nodiscard, gnu::always_inline]] inline gram_tile load_gram_tile(const double* at, std::size_t stride) noexcept {
    return {load_gram(at),
            load_gram(at + stride),
            load_gram(at + 2 * stride),
            load_gram(at + 3 * stride),
            load_gram(at + 4 * stride),
            load_gram(at + 5 * stride),
            load_gram(at + 6 * stride),
            load_gram(at + 7 * stride)};
}
[[gnu::always_inline]] inline void store_gram_tile(const gram_tile& t, double* at, std::size_t stride) noexcept {
    store_gram(at, t.a);
    store_gram(at + stride, t.b);
    store_gram(at + 2 * stride, t.c);
    store_gram(at + 3 * stride, t.d);
    store_gram(at + 4 * stride, t.e);
    store_gram(at + 5 * stride, t.f);
    store_gram(at + 6 * stride, t.g);
    store_gram(at + 7 * stride, t.h);
}
[[nodiscard, gnu::always_inline]] inline gram_tile operator+(const gram_tile& x, const gram_tile& y) noexcept {
    return {x.a + y.a, x.b + y.b, x.c + y.c, x.d + y.d, x.e + y.e, x.f + y.f, x.g + y.g, x.h + y.h};
}
[[nodiscard, gnu::always_inline]] inline gram_tile operator-(const gram_tile& x, const gram_tile& y) noexcept {
    return {x.a - y.a, x.b - y.b, x.c - y.c, x.d - y.d, x.e - y.e, x.f - y.f, x.g - y.g, x.h - y.h};
}

/// Σ leftᵣ·rightᵣᵀ. `left`: the first panel from the first of the eight rows; `right`: the other from the first column.
[[nodiscard, gnu::always_inline]] inline gram_tile gram_sum(const double* left, std::size_t left_stride, const double* right,
                                                            std::size_t right_stride, std::size_t rows) noexcept {
    gram_tile sum{};
    for (std::size_t r = 0; r < rows; ++r) sum.add(left + r * left_stride, load_gram(right + r * right_stride));
    return sum;
}
/// `left` is scaled.
inline void add_gram_tile(const double* left, const double* right, std::size_t rows, std::size_t stride, double* out) noexcept {
    store_gram_tile(load_gram_tile(out, stride) + gram_sum(left, stride, right, stride, rows), out, stride);
}
}  // namespace detail

/// Adds Σ scaledᵣ·panelᵣᵀ over the rows r of two panels to a symmetric matrix, of which it writes the upper triangle (and what stands in the
/// same eights below it). Both panels and the matrix have rows of `gram_stride(columns)` entries; what is beyond the columns has to be 0 or
/// finite, and is written too. With scaled = weight·panel this is a weighted Gram product. Each entry has its terms in the order of the rows. O(rows·columns²/2).
inline void add_gram(const double* panel, const double* scaled, std::size_t rows, std::size_t columns, double* matrix) noexcept {
    if (rows == 0) return;  // the panels may be nowhere
    const std::size_t stride = gram_stride(columns);
    for (std::size_t i = 0; i < stride; i += 8)
        for (std::size_t j = i; j < stride; j += detail::gram_lanes)
            detail::add_gram_tile(scaled + i, panel + j, rows, stride, matrix + i * stride + j);
}

}  // namespace ballast::inline v0
