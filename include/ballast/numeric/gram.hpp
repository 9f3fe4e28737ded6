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
[[gnu::always_inline]] inline void add_gram_row(double* at, gram_register x) noexcept {
    x = load_gram(at) + x;
    __builtin_memcpy(at, &x, sizeof x);
}

/// Eight rows of the matrix by one register of its columns. `left`: the panel from the first of the eight, scaled; `right`: from the first column.
inline void add_gram_tile(const double* left, const double* right, std::size_t rows, std::size_t stride, double* out) noexcept {
    gram_register a{}, b{}, c{}, d{}, e{}, f{}, g{}, h{};
    for (std::size_t r = 0; r < rows; ++r) {
        const double* const l = left + r * stride;
        const gram_register x = load_gram(right + r * stride);
        a += l[0] * x;
        b += l[1] * x;
        c += l[2] * x;
        d += l[3] * x;
        e += l[4] * x;
        f += l[5] * x;
        g += l[6] * x;
        h += l[7] * x;
    }
    add_gram_row(out, a);
    add_gram_row(out + stride, b);
    add_gram_row(out + 2 * stride, c);
    add_gram_row(out + 3 * stride, d);
    add_gram_row(out + 4 * stride, e);
    add_gram_row(out + 5 * stride, f);
    add_gram_row(out + 6 * stride, g);
    add_gram_row(out + 7 * stride, h);
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
