/// Curves of straight pieces: the levels of a book, the points of a table.
#pragma once

#include <cstddef>
#include <limits>
#include <type_traits>
#include <vector>

#include "../../numeric/sum.hpp"
#include "../concept.hpp"

namespace ballast::inline v0::detail {

/// A curve of n straight pieces whose slopes fall: it refers to the columns of a `ladder`, which must outlive it. Trivially copyable. The
/// knots are what the column `x` holds, to the bit, so that the ends of `inverse_marginal` are kinks for `marginal`. O(log n) each.
class ladder_curve {
public:
    /// Without pieces it takes nothing and gives nothing.
    constexpr ladder_curve() noexcept = default;
    /// `x`, `y` and `lost` have n + 1 entries, from 0 on; `slope` has n.
    constexpr ladder_curve(const double* x, const double* y, const double* lost, const double* slope, std::size_t n) noexcept
        : x_{x},
          y_{y},
          lost_{lost},
          slope_{slope},
          n_{n} {}

    [[nodiscard]] constexpr double out(double x) const noexcept {
        if (!(x > 0.0) || n_ == 0) return 0.0;
        if (x >= x_[n_]) return y_[n_];
        const std::size_t k = piece_at(x_, x);
        const double y = y_[k] + slope_[k] * (x - x_[k]);
        return y < y_[k + 1] ? y : y_[k + 1];
    }
    [[nodiscard]] constexpr double in(double y) const noexcept {
        if (!(y > 0.0)) return 0.0;
        if (n_ == 0 || y > y_[n_]) return std::numeric_limits<double>::infinity();
        if (y == y_[n_]) return x_[n_];
        const std::size_t k = piece_at(y_, y);
        const double x = x_[k] + (y - y_[k]) / slope_[k];
        return x < x_[k + 1] ? x : x_[k + 1];
    }
    [[nodiscard]] constexpr slope_interval marginal(double x) const noexcept {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        if (n_ == 0) return {0.0, x > 0.0 ? 0.0 : infinity};
        if (!(x > 0.0)) return {slope_[0], infinity};
        if (x >= x_[n_]) return {0.0, x > x_[n_] ? 0.0 : slope_[n_ - 1]};
        const std::size_t k = piece_at(x_, x);
        return {slope_[k], x == x_[k] ? slope_[k - 1] : slope_[k]};
    }
    [[nodiscard]] constexpr venue::amount_interval inverse_marginal(double p) const noexcept {
        if (n_ == 0) return {};
        // The first piece whose slope is no more than p, and the first whose slope is less.
        std::size_t low = 0;
        for (std::size_t left = n_; left > 0;) {
            const std::size_t half = left / 2;
            if (slope_[low + half] > p) {
                low += half + 1;
                left -= half + 1;
            } else {
                left = half;
            }
        }
        std::size_t high = low;
        while (high < n_ && slope_[high] == p) ++high;
        return {x_[low], x_[high]};
    }
    [[nodiscard]] constexpr double depth() const noexcept { return n_ == 0 ? 0.0 : x_[n_]; }
    [[nodiscard]] constexpr double shortfall(double x) const noexcept {
        if (!(x > 0.0) || n_ == 0) return 0.0;
        if (x >= x_[n_]) return lost_[n_] + slope_[0] * (x - x_[n_]);
        const std::size_t k = piece_at(x_, x);
        return lost_[k] + (slope_[0] - slope_[k]) * (x - x_[k]);
    }
    [[nodiscard]] constexpr double excess(double y) const noexcept {
        const double x = in(y);
        return finite(x) && x > 0.0 ? shortfall(x) / slope_[0] : x;
    }

private:
    /// The piece that begins at or before v: the last k < n with column[k] <= v, for v within the column.
    [[nodiscard]] constexpr std::size_t piece_at(const double* column, double v) const noexcept {
        std::size_t at = 0;
        for (std::size_t left = n_; left > 1;) {
            const std::size_t half = left / 2;
            at = column[at + half] <= v ? at + half : at;
            left -= half;
        }
        return at;
    }

    const double* x_ = nullptr;
    const double* y_ = nullptr;
    const double* lost_ = nullptr;
    const double* slope_ = nullptr;
    std::size_t n_ = 0;
};

/// Straight pieces, from the steepest to the flattest, and their sums. Only `prepare` allocates.
class ladder {
public:
    /// Room for so many pieces.
    void prepare(std::size_t pieces) {
        length_.reserve(pieces);
        slope_.reserve(pieces);
        for (auto* column : {&x_, &y_, &lost_}) column->reserve(pieces + 1);
        clear();
    }
    [[nodiscard]] std::size_t size() const noexcept { return length_.size(); }
    /// For how many pieces there is room. A copy has room for those that it holds.
    [[nodiscard]] std::size_t capacity() const noexcept {
        std::size_t room = length_.capacity() < slope_.capacity() ? length_.capacity() : slope_.capacity();
        for (const auto* column : {&x_, &y_, &lost_})
            if (column->capacity() < room + 1) room = column->capacity() > 0 ? column->capacity() - 1 : 0;
        return room;
    }

    void clear() noexcept {
        length_.clear();
        slope_.clear();
    }
    /// One more, above 0 both, with a slope that is not above the last one's; one of the same slope makes that longer. Wants room.
    void push(double length, double slope) noexcept {
        if (!slope_.empty() && slope_.back() == slope) {
            length_.back() += length;
            return;
        }
        length_.push_back(length);
        slope_.push_back(slope);
    }
    /// Adds the pieces up, each sum rounded once.
    void finish() noexcept {
        for (auto* column : {&x_, &y_, &lost_}) column->clear();
        exact_sum x, y, lost;
        for (std::size_t k = 0; k <= length_.size(); ++k) {
            x_.push_back(x.value());
            y_.push_back(y.value());
            lost_.push_back(lost.value());
            if (k == length_.size()) break;
            x.add(length_[k]);
            y.add(length_[k] * slope_[k]);
            lost.add(length_[k] * (slope_[0] - slope_[k]));
        }
    }
    [[nodiscard]] ladder_curve curve() const noexcept {
        return length_.empty() ? ladder_curve{} : ladder_curve{x_.data(), y_.data(), lost_.data(), slope_.data(), length_.size()};
    }

    /// Takes x off the front and tells what came out; more than there is takes all. O(pieces).
    double consume(double x) noexcept {
        if (!(x > 0.0) || length_.empty()) return 0.0;
        const double out = curve().out(x);
        std::size_t gone = 0;
        while (gone < length_.size() && x >= x_[gone + 1]) ++gone;
        if (gone < length_.size() && x > x_[gone]) {
            length_[gone] -= x - x_[gone];
            if (!(length_[gone] > 0.0)) ++gone;
        }
        for (std::size_t k = gone; k < length_.size(); ++k) {
            length_[k - gone] = length_[k];
            slope_[k - gone] = slope_[k];
        }
        length_.resize(length_.size() - gone);
        slope_.resize(slope_.size() - gone);
        finish();
        return out;
    }

private:
    std::vector<double> length_{}, slope_{}, x_{}, y_{}, lost_{};
};

}  // namespace ballast::inline v0::detail
