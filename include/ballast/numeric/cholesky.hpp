/// A = UᵀU of a symmetric matrix, in place, row by row; as a whole or of its first rows only.
#pragma once

#include <cstddef>

#include "../core/arithmetic.hpp"
#include "gram.hpp"
#include "octet.hpp"

namespace ballast::inline v0 {

namespace detail {

// Of a large matrix this many pivots are eliminated at once, so that the rest of it is read and written once for all of them.
inline constexpr std::size_t cholesky_block = 64;
// So many columns of a block's rows are kept close at hand while they are solved and taken off the columns below.
#if defined(__AVX512F__)
inline constexpr std::size_t cholesky_registers = 2;
#else
inline constexpr std::size_t cholesky_registers = 1;
#endif
inline constexpr std::size_t cholesky_strip = cholesky_registers * gram_lanes;

/// Is this no pivot?
[[nodiscard, gnu::always_inline]] inline bool no_pivot(double p, std::size_t k, double least, const double* diagonal) noexcept {
    return !(p > (diagonal == nullptr ? least : least * diagonal[k])) || !finite(p);
}

/// One pivot after the other, `pivots` of them from the first row of `matrix` on.
inline std::size_t cholesky_by_rows(double* matrix, std::size_t n, std::size_t stride, std::size_t pivots, double least,
                                    const double* diagonal, const double* instead) noexcept {
    std::size_t missing = 0;
    for (std::size_t k = 0; k < pivots; ++k) {
        double* const top = matrix + k * stride;
        if (no_pivot(top[k], k, least, diagonal)) {
            for (std::size_t j = k; j < n; ++j) top[j] = 0.0;
            if (instead != nullptr) top[k] = __builtin_sqrt(instead[k]);
            ++missing;
            continue;
        }
        const double root = __builtin_sqrt(top[k]);
        const double inverse = 1.0 / root;
        top[k] = root;
        for (std::size_t j = k + 1; j < n; ++j) top[j] *= inverse;
        for (std::size_t i = k + 1; i < n; ++i)
            if (top[i] != 0.0) add_multiple(matrix + i * stride + i, top + i, -top[i], n - i);
    }
    return missing;
}

/// Eight rows of so many registers.
template <std::size_t Registers>
struct wide_tile {
    gram_tile first;
    wide_tile<Registers - 1> rest;

    [[gnu::always_inline]] void add(const double* left, const double* right) noexcept {
        first.add(left, load_gram(right));
        rest.add(left, right + gram_lanes);
    }
    [[gnu::always_inline]] void load(const double* at, std::size_t stride) noexcept {
        first = load_gram_tile(at, stride);
        rest.load(at + gram_lanes, stride);
    }
    [[gnu::always_inline]] void store(double* at, std::size_t stride) const noexcept {
        store_gram_tile(first, at, stride);
        rest.store(at + gram_lanes, stride);
    }
    /// What stood there less this.
    [[gnu::always_inline]] void subtract_from(const double* at, std::size_t stride) noexcept {
        first = load_gram_tile(at, stride) - first;
        rest.subtract_from(at + gram_lanes, stride);
    }
    [[gnu::always_inline]] void solve(const double* u, std::size_t stride, const double* inverse) noexcept {
        first.a *= inverse[0];
        first.b = (first.b - u[1] * first.a) * inverse[1];
        first.c = (first.c - u[2] * first.a - u[stride + 2] * first.b) * inverse[2];
        first.d = (first.d - u[3] * first.a - u[stride + 3] * first.b - u[2 * stride + 3] * first.c) * inverse[3];
        first.e =
            (first.e - u[4] * first.a - u[stride + 4] * first.b - u[2 * stride + 4] * first.c - u[3 * stride + 4] * first.d) * inverse[4];
        first.f = (first.f - u[5] * first.a - u[stride + 5] * first.b - u[2 * stride + 5] * first.c - u[3 * stride + 5] * first.d -
                   u[4 * stride + 5] * first.e) *
                  inverse[5];
        first.g = (first.g - u[6] * first.a - u[stride + 6] * first.b - u[2 * stride + 6] * first.c - u[3 * stride + 6] * first.d -
                   u[4 * stride + 6] * first.e - u[5 * stride + 6] * first.f) *
                  inverse[6];
        first.h = (first.h - u[7] * first.a - u[stride + 7] * first.b - u[2 * stride + 7] * first.c - u[3 * stride + 7] * first.d -
                   u[4 * stride + 7] * first.e - u[5 * stride + 7] * first.f - u[6 * stride + 7] * first.g) *
                  inverse[7];
        rest.solve(u, stride, inverse);
    }
};
template <>
struct wide_tile<0> {
    static void add(const double*, const double*) noexcept {}
    static void load(const double*, std::size_t) noexcept {}
    static void store(double*, std::size_t) noexcept {}
    static void subtract_from(const double*, std::size_t) noexcept {}
    static void solve(const double*, std::size_t, const double*) noexcept {}
};

/// Blocks of pivots, `cholesky_block` at most and whole eights.
struct cholesky_work {
    double* matrix;
    std::size_t n;
    std::size_t stride;
    double least;
    const double* diagonal;
    const double* instead;
    std::size_t missing = 0;

    [[nodiscard]] double* at(std::size_t i, std::size_t j) const noexcept { return matrix + i * stride + j; }

    /// Row k of a triangle that ends with column `end`, whose entries `top` begins on its diagonal: 1 over its pivot, or 0 where that is none.
    [[nodiscard]] double take_pivot(std::size_t k, double* top, std::size_t end) noexcept {
        if (no_pivot(top[0], k, least, diagonal)) {
            for (std::size_t j = 0; j < end - k; ++j) top[j] = 0.0;
            if (instead != nullptr) top[0] = __builtin_sqrt(instead[k]);
            ++missing;
            return 0.0;
        }
        top[0] = __builtin_sqrt(top[0]);
        return 1.0 / top[0];
    }

    /// The triangle of `size` pivots, a multiple of 8, from `from` on, with what the rows before took off it; eight rows at a time. `inverse`: 1 over the pivots.
    void triangle(std::size_t from, std::size_t size, double* inverse) noexcept {
        for (std::size_t g = 0; g < size; g += 8) {
            const double* const left = at(from, from + g);
            double corner[64];
            for (std::size_t j = 0; j < 8; j += gram_lanes) {
                wide_tile<1> t{};
                for (std::size_t r = 0; r < g; ++r) t.add(left + r * stride, left + r * stride + j);
                t.subtract_from(at(from + g, from + g + j), stride);
                t.store(corner + j, 8);
            }
            for (std::size_t k = 0; k < 8; ++k) {
                double* const top = corner + 8 * k;
                inverse[g + k] = take_pivot(from + g + k, top + k, from + g + 8);
                if (inverse[g + k] != 0.0)
                    for (std::size_t j = k + 1; j < 8; ++j) top[j] *= inverse[g + k];
                for (std::size_t i = k + 1; i < 8 && inverse[g + k] != 0.0; ++i)
                    for (std::size_t j = i; j < 8; ++j) corner[8 * i + j] -= top[i] * top[j];
                for (std::size_t j = k; j < 8; ++j) *at(from + g + k, from + g + j) = top[j];
            }
            for (std::size_t j = g + 8; j < size; j += gram_lanes) {
                wide_tile<1> t{};
                for (std::size_t r = 0; r < g; ++r) t.add(left + r * stride, at(from + r, from + j));
                t.subtract_from(at(from + g, from + j), stride);
                t.solve(corner, 8, inverse + g);
                t.store(at(from + g, from + j), stride);
            }
        }
    }

    /// Columns j to j + width of the rows of a block whose triangle is done, into `strip` and back.
    void solve_strip(std::size_t from, std::size_t size, const double* inverse, std::size_t j, std::size_t width,
                     double* strip) const noexcept {
        const double* source = at(from, j);
        std::size_t step = stride;
        if (width < cholesky_strip) {
            for (std::size_t r = 0; r < size; ++r)
                for (std::size_t c = 0; c < cholesky_strip; ++c) strip[r * cholesky_strip + c] = c < width ? source[r * stride + c] : 0.0;
            source = strip;
            step = cholesky_strip;
        }
        for (std::size_t g = 0; g < size; g += 8) {
            const double* const left = at(from, from + g);
            wide_tile<cholesky_registers> t{};
            for (std::size_t r = 0; r < g; ++r) t.add(left + r * stride, strip + r * cholesky_strip);
            t.subtract_from(source + g * step, step);
            t.solve(left + g * stride, stride, inverse + g);
            t.store(strip + g * cholesky_strip, cholesky_strip);
        }
        for (std::size_t r = 0; r < size; ++r) __builtin_memcpy(at(from + r, j), strip + r * cholesky_strip, width * sizeof(double));
    }

    /// Takes the strip's products off the columns below it, down to the diagonal.
    void update_strip(std::size_t from, std::size_t size, std::size_t j, std::size_t width, const double* strip) const noexcept {
        for (std::size_t i = from + size; i < j + width; i += 8) {
            const double* const left = at(from, i);
            wide_tile<cholesky_registers> t{};
            for (std::size_t r = 0; r < size; ++r) t.add(left + r * stride, strip + r * cholesky_strip);
            if (width == cholesky_strip && i + 7 <= j) {
                t.subtract_from(at(i, j), stride);
                t.store(at(i, j), stride);
                continue;
            }
            double corner[8 * cholesky_strip];
            t.store(corner, cholesky_strip);
            for (std::size_t r = 0; r < 8 && i + r < j + width; ++r)
                for (std::size_t c = i + r > j ? i + r - j : 0; c < width; ++c) *at(i + r, j + c) -= corner[r * cholesky_strip + c];
        }
    }

    void block(std::size_t from, std::size_t size) noexcept {
        double inverse[cholesky_block];
        double strip[cholesky_block * cholesky_strip];
        triangle(from, size, inverse);
        for (std::size_t j = from + size; j < n; j += cholesky_strip) {
            const std::size_t width = n - j < cholesky_strip ? n - j : cholesky_strip;
            solve_strip(from, size, inverse, j, width, strip);
            update_strip(from, size, j, width, strip);
        }
    }
};

}  // namespace detail

/// The first `pivots` steps of Cholesky's method on the upper triangle of a matrix of n rows (Golub and Van Loan 2013, Matrix Computations,
/// algorithm 4.2.1 by rows): its first rows become those of U, and the rest what is left to be factored, the Schur complement. A pivot that is
/// not above `least` times the diagonal entry that it began as (above `least` itself if no diagonal is given), or not finite, is none: its row
/// becomes 0, and nothing is taken off the others. For a matrix that is positive semidefinite these are the rows that depend on the ones
/// before. With `instead` such a pivot is taken to be that, and none of the others' business. Returns how many pivots were none. Nothing below
/// the diagonal is read or written. O(pivots·n²). With more than 64 rows it goes by blocks of pivots (section 4.2.6 there), whose
/// sums have the same terms in the same order, but are taken off the matrix at once.
inline std::size_t cholesky(double* matrix, std::size_t n, std::size_t stride, std::size_t pivots, double least, const double* diagonal,
                            const double* instead = nullptr) noexcept {
    if (n <= detail::cholesky_block) return detail::cholesky_by_rows(matrix, n, stride, pivots, least, diagonal, instead);
    detail::cholesky_work work{matrix, n, stride, least, diagonal, instead};
    std::size_t from = 0;
    while (pivots - from >= 8) {
        const std::size_t whole = (pivots - from) / 8 * 8;
        const std::size_t size = whole < detail::cholesky_block ? whole : detail::cholesky_block;
        work.block(from, size);
        from += size;
    }
    return work.missing + detail::cholesky_by_rows(work.at(from, from), n - from, stride, pivots - from, least,
                                                   diagonal == nullptr ? nullptr : diagonal + from,
                                                   instead == nullptr ? nullptr : instead + from);
}

/// Solves Uᵀy = x in place for the first `pivots` rows, and takes what they explain off the rest of x. Where a pivot is none y is 0. O(pivots·n).
inline void solve_transposed(const double* u, std::size_t n, std::size_t stride, std::size_t pivots, double* x) noexcept {
    for (std::size_t k = 0; k < pivots; ++k) {
        const double* const row = u + k * stride;
        if (row[k] == 0.0) {
            x[k] = 0.0;
            continue;
        }
        x[k] /= row[k];
        detail::add_multiple(x + k + 1, row + k + 1, -x[k], n - k - 1);
    }
}

/// Solves Ux = y in place for the first `pivots` rows, the rest of x being known. Where a pivot is none x is 0. O(pivots·n).
inline void solve_upper(const double* u, std::size_t n, std::size_t stride, std::size_t pivots, double* x) noexcept {
    for (std::size_t k = pivots; k-- > 0;) {
        const double* const row = u + k * stride;
        x[k] = row[k] == 0.0 ? 0.0 : (x[k] - detail::dot(row + k + 1, x + k + 1, n - k - 1)) / row[k];
    }
}

}  // namespace ballast::inline v0
