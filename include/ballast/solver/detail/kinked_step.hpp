/// The best step in a few prices when the limits behind them have two sides.
#pragma once

#include <cstddef>
#include <limits>

#include "../../core/arithmetic.hpp"
#include "../../numeric/cholesky.hpp"

namespace ballast::inline v0::detail {

/// One side of a limit, both, or an equality.
struct limit_range {
    double lower = -std::numeric_limits<double>::infinity();
    double upper = std::numeric_limits<double>::infinity();
    [[nodiscard]] bool exact() const noexcept { return lower == upper; }
    /// The side that a price of this sign belongs to.
    [[nodiscard]] double side(int sign) const noexcept { return sign > 0 ? upper : lower; }
};

/// Where the prices y have moved by Y − y, the activities that they steer are a − M(Y − y), with M positive definite. Finds the Y for which
/// these agree with the limits: at the upper side where Y > 0, at the lower where Y < 0, between where Y = 0; which is where
/// aᵀ(Y − y) − ½(Y − y)ᵀM(Y − y) − Σσ(Y) is largest, with σ(Y) = upper·Y or lower·Y. Active sets, from the signs of y: each round solves for the
/// prices that are not 0, goes there as far as none changes its sign, and lets in the price whose limit is missed most. What is gained rises
/// strictly, so that no set comes twice.
struct kinked_step {
    std::size_t count;         ///< q
    const double* matrix;      ///< M, upper triangle
    std::size_t stride;        ///< of its rows
    const double* activity;    ///< a
    const double* rest;        ///< what goes to a on top, which may be far smaller than its last digit
    const double* price;       ///< y
    const limit_range* range;  ///< one each
    const double* give;        ///< by how much a limit gives way to a price that is 1 more than its anchor; 0: not at all
    const double* anchor;
    const double* own;      ///< what M's diagonal was before others than these prices took their part of it
    const double* usual;    ///< what an asset by itself would make of it
    const double* typical;  ///< M where it is nothing, as others stand for a price or nobody answers it; infinite: such a price stays
    bool* deficient;        ///< answer: whether that was needed
    double* next;           ///< Y, to be filled
    int* sign;              ///< scratch and answer: 0 where Y is at its kink; equalities have 1
    double* work;           ///< scratch: q × q
    double* step;           ///< scratch: 2q
    std::size_t work_stride;

    /// False where it had to stop early; Y is then better than y all the same.
    bool operator()() const noexcept {
        *deficient = false;
        for (std::size_t j = 0; j < count; ++j) {
            next[j] = price[j];
            sign[j] = range[j].exact() ? 1 : price[j] > 0.0 ? 1 : price[j] < 0.0 ? -1 : 0;
        }
        for (std::size_t round = 0; round < 20 * count + 20; ++round) {
            if (solve_active()) {
                const std::size_t worst = most_missed();
                if (worst == count) return true;
                sign[worst] = beyond(worst, range[worst].upper) > 0.0 ? 1 : -1;
            }
        }
        return false;
    }

private:
    [[nodiscard]] double entry(std::size_t i, std::size_t j) const noexcept {
        return i <= j ? matrix[i * stride + j] : matrix[j * stride + i];
    }
    /// By how much the activity at `next` is above a side of its limit.
    [[nodiscard]] double beyond(std::size_t j, double side) const noexcept {
        double a = (activity[j] - side) + rest[j];
        for (std::size_t i = 0; i < count; ++i) a -= entry(i, j) * (next[i] - price[i]);
        return a - give[j] * (next[j] - anchor[j]);
    }
    /// True where the prices of the active limits could go all the way to where those hold.
    bool solve_active() const noexcept {
        double* const diagonal = step + count;
        double* const often = step + 2 * count;
        std::size_t m = 0;
        for (std::size_t j = 0; j < count; ++j) {
            if (sign[j] == 0) continue;
            std::size_t l = m;
            for (std::size_t i = j; i < count; ++i)
                if (sign[i] != 0) work[m * work_stride + l++] = entry(j, i);
            work[m * work_stride + m] += give[j];
            diagonal[m] = own[j] + give[j];
            often[m] = typical[j];
            step[m] = beyond(j, range[j].side(sign[j]));
            ++m;
        }
        if (m == 0) return true;
        *deficient = cholesky(work, m, work_stride, m, 1e-11, diagonal, often) > 0;
        solve_transposed(work, m, work_stride, m, step);
        solve_upper(work, m, work_stride, m, step);
        double part = 1.0;
        std::size_t first = count, l = 0;
        for (std::size_t j = 0; j < count; ++j) {
            if (sign[j] == 0) continue;
            const double to = next[j] + step[l];
            if (!range[j].exact() && to * sign[j] < 0.0) {
                const double reach = next[j] / (next[j] - to);
                if (reach < part) {
                    part = reach;
                    first = j;
                }
            }
            ++l;
        }
        l = 0;
        for (std::size_t j = 0; j < count; ++j)
            if (sign[j] != 0) next[j] += part * step[l++];
        if (first == count) return true;
        next[first] = 0.0;
        sign[first] = 0;
        return false;
    }
    /// The limit without a price that is missed most, in units of what its price would have to move; `count` where none is.
    [[nodiscard]] std::size_t most_missed() const noexcept {
        std::size_t worst = count;
        double most = 0.0;
        for (std::size_t j = 0; j < count; ++j) {
            if (sign[j] != 0) continue;
            const double above = beyond(j, range[j].upper), below = -beyond(j, range[j].lower);
            const double over = above > 0.0 ? above : below;
            const double noise = 1e-15 * (absolute(above > 0.0 ? range[j].upper : range[j].lower) + absolute(activity[j]));
            const double gain = over > noise ? over * over / (own[j] + give[j] + usual[j]) : 0.0;
            if (gain > most) {
                most = gain;
                worst = j;
            }
        }
        return worst;
    }
};

}  // namespace ballast::inline v0::detail
