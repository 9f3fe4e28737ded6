/// Eight doubles side by side, for passes over columns.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "../core/arithmetic.hpp"
#include "sum.hpp"

namespace ballast::inline v0::detail {

// Pairs, or fours where the compiler may use AVX, each in a register of its own: a struct of named registers is taken apart by g++ and clang
// alike from -O1 on, an array of them is not, nor are loops over arrays of eight doubles below -O3. Asset i of a column is always lane
// i mod 8, so that sums do not depend on the width of the registers.
#if defined(__AVX__)
inline constexpr std::size_t register_width = 4;
#else
inline constexpr std::size_t register_width = 2;
#endif
using doubles = double __attribute__((vector_size(register_width * sizeof(double))));
using integers = std::int64_t __attribute__((vector_size(register_width * sizeof(std::int64_t))));
using unsigned_integers = std::uint64_t __attribute__((vector_size(register_width * sizeof(std::uint64_t))));

/// Operations are lane by lane. Comparisons with NaN are false.
struct octet {
#if defined(__AVX__)
    doubles a, b;
#else
    doubles a, b, c, d;
#endif
};

/// All eight lanes of a block, or the first `count` of them: the last block of a column.
struct eight_lanes {
    static constexpr bool all = true;
    static constexpr std::size_t count = 8;
};
struct some_lanes {
    static constexpr bool all = false;
    std::size_t count;
};

// ---- to and from memory -------------------------------------------------------------------------------------------------------------------

[[gnu::always_inline]] inline doubles load_register(const double* at) noexcept {
    doubles x;
    __builtin_memcpy(&x, at, sizeof x);
    return x;
}
[[gnu::always_inline]] inline void store_register(double* at, doubles x) noexcept { __builtin_memcpy(at, &x, sizeof x); }

[[gnu::always_inline]] inline octet load(const double* at, eight_lanes = {}) noexcept {
#if defined(__AVX__)
    return {load_register(at), load_register(at + 4)};
#else
    return {load_register(at), load_register(at + 2), load_register(at + 4), load_register(at + 6)};
#endif
}
/// The register that begins with lane l; what is not there is `rest`. Put together in registers: what was written to memory one by one
/// is slow to be read as a whole.
[[gnu::always_inline]] inline doubles load_register(const double* at, std::size_t l, some_lanes lanes, double rest) noexcept {
    if (l + register_width <= lanes.count) return load_register(at + l);
    const auto lane = [&](std::size_t k) __attribute__((always_inline)) { return l + k < lanes.count ? at[l + k] : rest; };
#if defined(__AVX__)
    return doubles{lane(0), lane(1), lane(2), lane(3)};
#else
    return doubles{lane(0), rest};
#endif
}
/// What is not there is `rest`.
[[gnu::always_inline]] inline octet load(const double* at, some_lanes lanes, double rest = 0.0) noexcept {
#if defined(__AVX__)
    return {load_register(at, 0, lanes, rest), load_register(at, 4, lanes, rest)};
#else
    return {load_register(at, 0, lanes, rest), load_register(at, 2, lanes, rest), load_register(at, 4, lanes, rest),
            load_register(at, 6, lanes, rest)};
#endif
}
[[gnu::always_inline]] inline octet load(const double* at, eight_lanes, double) noexcept { return load(at); }
[[gnu::always_inline]] inline void store(double* at, const octet& o, eight_lanes = {}) noexcept {
    store_register(at, o.a);
    store_register(at + register_width, o.b);
#if !defined(__AVX__)
    store_register(at + 4, o.c);
    store_register(at + 6, o.d);
#endif
}
[[gnu::always_inline]] inline void store_register(double* at, doubles x, std::size_t l, some_lanes lanes) noexcept {
    if (l + register_width <= lanes.count) return store_register(at + l, x);
    for (std::size_t k = 0; k + 1 < register_width; ++k)
        if (l + k < lanes.count) at[l + k] = x[k];
}
[[gnu::always_inline]] inline void store(double* at, const octet& o, some_lanes lanes) noexcept {
    store_register(at, o.a, 0, lanes);
    store_register(at, o.b, register_width, lanes);
#if !defined(__AVX__)
    store_register(at, o.c, 4, lanes);
    store_register(at, o.d, 6, lanes);
#endif
}
/// f(0), f(1), ..., 0 for lanes that are not there.
template <class Lanes, class F>
[[gnu::always_inline]] inline octet gather(Lanes lanes, F&& f) noexcept {
    double all[8] = {};
    for (std::size_t l = 0; l < lanes.count; ++l) all[l] = f(l);
    return load(all);
}

/// f(first asset, lanes) for every block of a column of n.
template <class F>
[[gnu::always_inline]] inline void for_each_octet(std::size_t n, F&& f) noexcept {
    std::size_t i = 0;
    for (; i + 8 <= n; i += 8) f(i, eight_lanes{});
    if (i < n) f(i, some_lanes{n - i});
}

// ---- lane by lane -------------------------------------------------------------------------------------------------------------------------

template <class F>
[[gnu::always_inline]] inline octet each(F f, const octet& x) noexcept {
#if defined(__AVX__)
    return {f(x.a), f(x.b)};
#else
    return {f(x.a), f(x.b), f(x.c), f(x.d)};
#endif
}
template <class F>
[[gnu::always_inline]] inline octet each(F f, const octet& x, const octet& y) noexcept {
#if defined(__AVX__)
    return {f(x.a, y.a), f(x.b, y.b)};
#else
    return {f(x.a, y.a), f(x.b, y.b), f(x.c, y.c), f(x.d, y.d)};
#endif
}
template <class F>
[[gnu::always_inline]] inline octet each(F f, const octet& x, const octet& y, const octet& z, const octet& u) noexcept {
#if defined(__AVX__)
    return {f(x.a, y.a, z.a, u.a), f(x.b, y.b, z.b, u.b)};
#else
    return {f(x.a, y.a, z.a, u.a), f(x.b, y.b, z.b, u.b), f(x.c, y.c, z.c, u.c), f(x.d, y.d, z.d, u.d)};
#endif
}

[[gnu::always_inline]] inline octet every(double x) noexcept {
#if defined(__AVX__)
    const doubles all{x, x, x, x};
    return {all, all};
#else
    const doubles all{x, x};
    return {all, all, all, all};
#endif
}
[[gnu::always_inline]] inline octet operator+(const octet& x, const octet& y) noexcept {
    return each([](doubles p, doubles q) { return p + q; }, x, y);
}
[[gnu::always_inline]] inline octet operator-(const octet& x, const octet& y) noexcept {
    return each([](doubles p, doubles q) { return p - q; }, x, y);
}
[[gnu::always_inline]] inline octet operator*(const octet& x, const octet& y) noexcept {
    return each([](doubles p, doubles q) { return p * q; }, x, y);
}
[[gnu::always_inline]] inline octet operator/(const octet& x, const octet& y) noexcept {
    return each([](doubles p, doubles q) { return p / q; }, x, y);
}
[[gnu::always_inline]] inline octet operator-(const octet& x) noexcept {
    return each([](doubles p) { return -p; }, x);
}
/// x where x > y, else y.
[[gnu::always_inline]] inline octet larger(const octet& x, const octet& y) noexcept {
    return each([](doubles p, doubles q) { return p > q ? p : q; }, x, y);
}
/// x where x < y, else y.
[[gnu::always_inline]] inline octet smaller(const octet& x, const octet& y) noexcept {
    return each([](doubles p, doubles q) { return p < q ? p : q; }, x, y);
}
/// `then` where x > y, else `otherwise`.
[[gnu::always_inline]] inline octet where_above(const octet& x, const octet& y, const octet& then, const octet& otherwise) noexcept {
    return each([](doubles p, doubles q, doubles s, doubles t) { return p > q ? s : t; }, x, y, then, otherwise);
}
[[gnu::always_inline]] inline octet absolute(const octet& x) noexcept {
    return each([](doubles p) { return std::bit_cast<doubles>(std::bit_cast<integers>(p) & INT64_MAX); }, x);
}
/// |x| with the sign bit of y.
[[gnu::always_inline]] inline octet with_sign_of(const octet& x, const octet& y) noexcept {
    return each(
        [](doubles p, doubles q) {
            return std::bit_cast<doubles>((std::bit_cast<integers>(p) & INT64_MAX) | (std::bit_cast<integers>(q) & INT64_MIN));
        },
        x, y);
}
/// The bits of both.
[[gnu::always_inline]] inline octet bits_of(const octet& x, const octet& y) noexcept {
    return each([](doubles p, doubles q) { return std::bit_cast<doubles>(std::bit_cast<integers>(p) | std::bit_cast<integers>(q)); }, x, y);
}
/// x with its sign bit set unless x > 0 (NaN aside): the bits of x and of the integer before it. Zero has none before it but the largest.
[[gnu::always_inline]] inline octet signed_unless_positive(const octet& x) noexcept {
    return each(
        [](doubles p) {
            const auto bits = std::bit_cast<unsigned_integers>(p);
            return std::bit_cast<doubles>(bits | (bits - 1));
        },
        x);
}

// ---- to one number ------------------------------------------------------------------------------------------------------------------------

/// Added up pairwise, in a fixed order.
[[nodiscard, gnu::always_inline]] inline double sum_of(const octet& x) noexcept {
    double at[8];
    store(at, x);
    return ((at[0] + at[4]) + (at[1] + at[5])) + ((at[2] + at[6]) + (at[3] + at[7]));
}
/// NaN is passed over in all lanes but the first.
[[nodiscard, gnu::always_inline]] inline double largest_of(const octet& x) noexcept {
    double at[8];
    store(at, x);
    double m = at[0];
    for (const double v : at) m = v > m ? v : m;
    return m;
}
[[nodiscard, gnu::always_inline]] inline double smallest_of(const octet& x) noexcept { return -largest_of(-x); }
/// True where any lane has its sign bit set.
[[nodiscard, gnu::always_inline]] inline bool any_signed(const octet& x) noexcept {
    double at[8];
    store(at, x);
    std::uint64_t bits = 0;
    for (const double v : at) bits |= std::bit_cast<std::uint64_t>(v);
    return bits >> 63 != 0;
}

// ---- whole columns ------------------------------------------------------------------------------------------------------------------------

/// Σ aᵢ·bᵢ in eight lanes, in a fixed order.
[[nodiscard]] inline double dot(const double* a, const double* b, std::size_t n) noexcept {
    octet sum = every(0.0);
    for_each_octet(
        n, [&](std::size_t i, auto lanes) __attribute__((always_inline)) { sum = sum + load(a + i, lanes) * load(b + i, lanes); });
    return sum_of(sum);
}
/// y ← y + f·x.
inline void add_multiple(double* y, const double* x, double f, std::size_t n) noexcept {
    const octet by = every(f);
    for_each_octet(
        n, [&](std::size_t i, auto lanes)
               __attribute__((always_inline)) { store(y + i, load(y + i, lanes) + by * load(x + i, lanes), lanes); });
}

/// Eight sums that carry their rounding errors along (numeric/sum.hpp).
struct exact_octet {
    octet sum = every(0.0);
    octet lost = every(0.0);

    [[gnu::always_inline]] void add(const octet& x) noexcept {
        const octet s = sum + x;
        const octet of_x = s - sum;
        lost = lost + ((sum - (s - of_x)) + (x - of_x));
        sum = s;
    }
    /// As if all had gone into one such sum.
    [[nodiscard]] double value() const noexcept {
        double sums[8], losses[8];
        store(sums, sum);
        store(losses, lost);
        exact_sum total;
        for (const double x : sums) total.add(x);
        for (const double x : losses) total.add_lost(x);
        return total.value();
    }
};

}  // namespace ballast::inline v0::detail
