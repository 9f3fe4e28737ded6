/// Concentrated liquidity: a pool whose owners chose between which prices their money trades.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "../core/configuration.hpp"
#include "concept.hpp"
#include "detail/double_double.hpp"
#include "detail/tick_price.hpp"

namespace ballast::inline v0::venue {

/// Where the liquidity of a pool changes. The host gives the price and the liquidity; `concentrated::prepare` sums up the rest.
struct concentrated_edge {
    double sqrt_price = 0.0;         ///< √(units of asset 1 per unit of asset 0), above 0
    double liquidity = 0.0;          ///< from here up to the next edge, √(units of asset 0 · units of asset 1); 0 at the last edge
    detail::double_double upper0{};  ///< units of asset 0 that the pool holds when its price is here: what lies above. `prepare` sets it
    detail::double_double lower1{};  ///< units of asset 1, likewise: what lies below
};

/// One direction of a pool of concentrated liquidity, as the pool was when it was asked for. Reads the pool's edges, which must outlive it.
/// Within a range out = u²·z/(1 + z·u/L), with z = (1 − fee)·x, u² the marginal price without the fee at the beginning of the range and L
/// its liquidity (Adams, Zinsmeister, Salem, Keefer and Robinson 2021, Uniswap v3 Core, 6.2); ranges passed whole are read from sums. O(log edges).
///
/// Where no liquidity lies between two ranges, the price jumps: a kink. Beyond the last liquidity nothing more goes in. Relative to themselves,
/// and whatever the size of the trade, amounts are right to 2e-15 and what the size costs to 1e-13, where the numbers allow it: `in` and
/// `excess` near the end of the depth, where a bit of y is worth more than that, are right for a y that is as close. The sums have 32 digits: a
/// range that holds 1e-16 of what the pool holds is known as well as that.
class concentrated_curve {
public:
    /// Takes nothing and gives nothing.
    constexpr concentrated_curve() noexcept = default;

    /// As the table of concept.hpp has them.
    /// @{
    [[nodiscard]] constexpr double out(double x) const noexcept {
        if (!(x > 0.0)) return 0.0;
        if (x >= depth_) return out_depth_;
        const range r = range_after(x);
        const double z = keep_ * (x - r.gross);
        const double y = r.given() + slope(r.start) * z / (1.0 + z * root(r.start) / r.liquidity);
        return y < out_depth_ ? y : out_depth_;
    }
    [[nodiscard]] constexpr double in(double y) const noexcept {
        if (!(y > 0.0)) return 0.0;
        if (y > out_depth_) return infinity;
        const range r = range_giving(y);
        const double whole = gross(r.number);
        if (y == given(r.number)) return whole;
        const double x = r.gross + net_in(r, y) / keep_;
        return x < whole ? x : whole;
    }
    /// At an edge beside a gap the prices of both sides and all between; beyond the depth 0.
    [[nodiscard]] constexpr slope_interval marginal(double x) const noexcept {
        if (count_ == 0) return {0.0, infinity};
        if (!(x > 0.0)) return {keep_ * slope(start_), infinity};
        if (x > depth_) return {};
        const double before = x < depth_ ? price_beyond(x) : 0.0;
        const std::int32_t j = first_reaching(x);
        if (gross(j) == x) return {before, keep_ * slope(at(j).sqrt_price)};
        return {before, before};
    }
    [[nodiscard]] constexpr amount_interval inverse_marginal(double p) const noexcept {
        if (count_ == 0 || p >= keep_ * slope(start_)) return {};
        const std::int32_t j = first_edge([&](std::int32_t k) { return keep_ * slope(at(k).sqrt_price) <= p; });
        if (j == count_) return {depth_, depth_};
        const double whole = gross(j);
        const range r = range_at(j);
        if (r.liquidity == 0.0 || keep_ * slope(at(j).sqrt_price) == p) return {whole, whole};
        const double from = root(r.start);
        const double to = __builtin_sqrt(p / keep_);
        const double z = r.liquidity * (slope(r.start) - p / keep_) / ((from + to) * from * to);
        double x = r.gross + z / keep_;
        x = x > r.gross ? x : r.gross;
        x = x < whole ? x : whole;
        return {x, x};
    }
    [[nodiscard]] constexpr double depth() const noexcept { return depth_; }

    [[nodiscard]] constexpr double shortfall(double x) const noexcept {
        if (!(x > 0.0) || count_ == 0) return 0.0;
        if (x >= depth_) return missed(count_) + keep_ * slope(start_) * (x - depth_);
        const range r = range_after(x);
        return missed(r.number) + missed_within(r, keep_ * (x - r.gross));
    }
    [[nodiscard]] constexpr double excess(double y) const noexcept {
        if (!(y > 0.0)) return 0.0;
        if (y > out_depth_) return infinity;
        const range r = range_giving(y);
        return (missed(r.number) + missed_within(r, net_in(r, y))) / (keep_ * slope(start_));
    }

    /// @}

    /// √(units of asset 1 per unit of asset 0) after x went in, without the fee: where the pool stands then. Of more than the depth what the
    /// depth does; a trade that ends with a range ends at its edge, before the gap that may follow.
    [[nodiscard]] constexpr double sqrt_price_after(double x) const noexcept {
        if (!(x > 0.0) || count_ == 0) return start_;
        const std::int32_t j = x < depth_ ? first_reaching(x) : first_reaching(depth_);
        const double end = at(j).sqrt_price;
        const range r = range_at(j);
        if (x >= depth_ || gross(j) == x) return end;
        const double z = keep_ * (x - r.gross);
        if (upward()) {
            const double p = r.start + z / r.liquidity;
            return p < end ? p : end;
        }
        const double p = r.start / (1.0 + z * r.start / r.liquidity);
        return p > end ? p : end;
    }

private:
    friend struct concentrated;
    static constexpr double infinity = std::numeric_limits<double>::infinity();

    /// What lies between two edges, or between the price and the first edge.
    struct range {
        const concentrated_curve* of;
        std::int32_t number;  ///< of the edge that it ends at
        double start;         ///< square root of the price where the trade comes in
        double liquidity;
        double gross;  ///< what went in before, with the fee

        /// What came out before.
        [[nodiscard]] constexpr double given() const noexcept { return number == 0 ? 0.0 : of->given(number - 1); }
    };

    constexpr concentrated_curve(std::span<const concentrated_edge> edges, double sqrt_price, double fee, bool up) noexcept
        : step_{up ? 1 : -1},
          start_{sqrt_price},
          keep_{1.0 - fee} {
        // The first edge above, or the last below.
        std::size_t low = 0;
        std::size_t high = edges.size();
        while (low < high) {
            const std::size_t mid = low + (high - low) / 2;
            const double p = edges[mid].sqrt_price;
            if (up ? p <= sqrt_price : p < sqrt_price)
                low = mid + 1;
            else
                high = mid;
        }
        auto left = static_cast<std::int32_t>(up ? edges.size() - low : low);
        if (left == 0) return;
        first_ = &edges[up ? low : low - 1];
        while (liquidity(0) == 0.0) {  // a gap at the beginning
            if (--left == 0) return;
            start_ = first_->sqrt_price;
            first_ += step_;
        }
        count_ = left;
        const detail::held_between first =
            detail::held_between::of(liquidity(0), up ? start_ : first_->sqrt_price, up ? first_->sqrt_price : start_);
        base_in_ = paid_at(0) - (up ? first.one : first.zero);
        base_out_ = held_at(0) + (up ? first.zero : first.one);
        depth_ = (paid_at(count_ - 1) - base_in_).value() / keep_;
        out_depth_ = given(count_ - 1);
        gross_first_ = (paid_at(0) - base_in_).value() / keep_;
    }

    [[nodiscard]] constexpr bool upward() const noexcept { return step_ > 0; }
    /// Edges are counted in the direction of the trade, from the first that it comes to.
    [[nodiscard]] constexpr const concentrated_edge& at(std::int32_t j) const noexcept { return first_[j * step_]; }
    /// Of the range that ends at an edge.
    [[nodiscard]] constexpr double liquidity(std::int32_t j) const noexcept {
        return upward() ? first_[j - 1].liquidity : first_[-j].liquidity;
    }
    /// Marginal price without the fee, and its square root, at a sqrt_price.
    /// @{
    [[nodiscard]] constexpr double slope(double p) const noexcept { return upward() ? 1.0 / (p * p) : p * p; }
    [[nodiscard]] constexpr double root(double p) const noexcept { return upward() ? 1.0 / p : p; }
    /// @}
    /// What the pool holds, at an edge, of the asset that goes in and of the one that comes out.
    /// @{
    [[nodiscard]] constexpr const detail::double_double& paid_at(std::int32_t j) const noexcept {
        return upward() ? at(j).lower1 : at(j).upper0;
    }
    [[nodiscard]] constexpr const detail::double_double& held_at(std::int32_t j) const noexcept {
        return upward() ? at(j).upper0 : at(j).lower1;
    }
    /// @}
    /// What has gone in, with the fee, and come out at an edge.
    /// @{
    [[nodiscard]] constexpr double gross(std::int32_t j) const noexcept {
        return j == 0 ? gross_first_ : (paid_at(j) - base_in_).value() / keep_;
    }
    [[nodiscard]] constexpr double given(std::int32_t j) const noexcept { return (base_out_ - held_at(j)).value(); }
    /// @}

    /// The first edge of which something holds that holds of all that follow.
    template <class Holds>
    [[nodiscard]] constexpr std::int32_t first_edge(Holds&& holds) const noexcept {
        if (holds(0)) return 0;
        std::int32_t low = 1;
        std::int32_t high = count_;
        while (low < high) {
            const std::int32_t mid = low + (high - low) / 2;
            if (holds(mid))
                high = mid;
            else
                low = mid + 1;
        }
        return low;
    }
    [[nodiscard]] constexpr std::int32_t first_reaching(double x) const noexcept {
        return first_edge([&](std::int32_t k) { return gross(k) >= x; });
    }
    [[nodiscard]] constexpr range range_at(std::int32_t j) const noexcept {
        if (j == 0) return {this, 0, start_, liquidity(0), 0.0};
        return {this, j, at(j - 1).sqrt_price, liquidity(j), gross(j - 1)};
    }
    /// Where more than x goes; x is below the depth.
    [[nodiscard]] constexpr range range_after(double x) const noexcept {
        return range_at(first_edge([&](std::int32_t k) { return gross(k) > x; }));
    }
    /// Where y is reached; y is at most what the depth gives.
    [[nodiscard]] constexpr range range_giving(double y) const noexcept {
        const std::int32_t j = first_edge([&](std::int32_t k) { return given(k) >= y; });
        return range_at(j < count_ ? j : count_ - 1);
    }
    /// The price of the next unit below the depth.
    [[nodiscard]] constexpr double price_beyond(double x) const noexcept {
        const range r = range_after(x);
        const double rest = 1.0 + keep_ * (x - r.gross) * root(r.start) / r.liquidity;
        return keep_ * slope(r.start) / (rest * rest);
    }
    /// What goes into a range, without the fee, so that y has come out in all.
    [[nodiscard]] constexpr double net_in(const range& r, double y) const noexcept {
        const double w = y - r.given();
        const double from = root(r.start);
        const double to = from - w / r.liquidity;
        const double end = root(at(r.number).sqrt_price);
        return w / (from * (to > end ? to : end));
    }
    /// spot·x − out at the end of the ranges below number j: u²·in − out from the sums, or u²·(in − out/u²), whichever has the square as it stands.
    [[nodiscard]] constexpr double missed(std::int32_t j) const noexcept {
        if (j == 0) return 0.0;
        const detail::double_double square = detail::double_double::product(start_, start_);
        const detail::double_double paid = paid_at(j - 1) - base_in_;
        const detail::double_double got = base_out_ - held_at(j - 1);
        return upward() ? (paid - got * square).value() / square.high : (paid * square - got).value();
    }
    /// The same within a range, for z without the fee: (u₀² − u²)·z by the distance of the prices, and what the range itself flattens.
    [[nodiscard]] constexpr double missed_within(const range& r, double z) const noexcept {
        const double fallen =
            upward() ? (r.start - start_) * (r.start + start_) * slope(r.start) * slope(start_) : (start_ - r.start) * (start_ + r.start);
        const double t = z * root(r.start) / r.liquidity;
        return z * (fallen + slope(r.start) * (t / (1.0 + t)));
    }

    const concentrated_edge* first_ = nullptr;
    std::int32_t count_ = 0;
    std::int32_t step_ = 1;
    double start_ = 0.0;
    double keep_ = 1.0;
    double depth_ = 0.0;
    double out_depth_ = 0.0;
    double gross_first_ = 0.0;
    detail::double_double base_in_{};
    detail::double_double base_out_{};
};

/// A pool of concentrated liquidity (Uniswap v3 and its kin). The host keeps the edges, calls `prepare` when they change, and lends them:
/// the pool itself is three numbers. Asset 0 and asset 1 are the pool's tokens in the order of the contract, amounts with their decimals applied.
///
///     std::vector<concentrated_edge> edges(ticks.size());
///     if (auto wrong = concentrated::from_ticks(ticks, 8, 18, edges)) ...
///     concentrated pool{.edges = edges, .sqrt_price = concentrated::sqrt_price_of(sqrt_price_x96, 8, 18), .fee = 0.003};
///
/// Beside the contract's integers (`contract::uniswap_v3`) what comes out is right to 4e-15 + 4.5e-16/w of itself, and to what the contract
/// rounds in its own favour: a unit of what comes out and two of what goes in for each step between ticks, and what one unit of the square
/// root of the price, 2^-96, is worth. Here w is the width, as a share of the square root of the price, of the narrowest range that the trade
/// passes whole (or of what it passes of its first), as ticks are rounded to doubles: 0.003 for ticks 60 apart. What has to go in is right to the same
/// share, and to what so much of the other asset costs where the trade ends.
///
/// The fee goes to the owners and not into the curve: two trades give what one gives. A trade of less than 1e-16 of the liquidity does not
/// move the price, which is a double.
struct concentrated {
    std::span<const concentrated_edge> edges{};  ///< prepared; at least two, with prices that rise
    double sqrt_price =
        std::numeric_limits<double>::quiet_NaN();  ///< √(units of asset 1 per unit of asset 0): from the first edge to the last
    double fee = 0.0;                              ///< of what goes in, a share at or above 0 and below 1

    static constexpr fee_side fee_from = fee_side::input;  ///< as the contract takes it

    /// From asset `in` to asset `out`, of 0 and 1. Nothing for other pairs. A price beyond the edges counts as the nearest edge.
    [[nodiscard]] constexpr concentrated_curve curve(std::size_t in, std::size_t out) const noexcept {
        if (edges.size() < 2 || in > 1 || out > 1 || in == out) return {};
        const double first = edges.front().sqrt_price;
        const double last = edges.back().sqrt_price;
        const double inside = sqrt_price > first ? (sqrt_price < last ? sqrt_price : last) : first;
        return {edges, inside, fee, in == 1};
    }
    /// Trades: the price moves. Of more than the depth, only the depth goes in. Gives what comes out.
    constexpr double apply(std::size_t in, std::size_t out, double x) noexcept {
        const concentrated_curve c = curve(in, out);
        if (x > 0.0 && c.depth() > 0.0) sqrt_price = c.sqrt_price_after(x);
        return c.out(x);
    }
    /// At the price; on an edge that of the range above it.
    [[nodiscard]] constexpr double liquidity() const noexcept {
        double here = 0.0;
        for (const concentrated_edge& e : edges)
            if (e.sqrt_price <= sqrt_price) here = e.liquidity;
        return here;
    }

    /// Sums up what lies above and below each edge. Once, and again when an edge has changed; O(edges).
    static constexpr void prepare(std::span<concentrated_edge> edges) noexcept {
        for (std::size_t k = 0; k < edges.size(); ++k) edges[k].lower1 = k == 0 ? detail::double_double{} : lower_of(edges, k);
        for (std::size_t k = edges.size(); k-- > 0;) edges[k].upper0 = k + 1 == edges.size() ? detail::double_double{} : upper_of(edges, k);
    }
    /// The edges of a contract's initialised ticks, prepared. `ticks` is a list with `size()` and `[]`, whose entries have an `index`, the logarithm of
    /// the price to the base 1.0001, and a `net`, the liquidity that is added where the price rises past it, in the contract's whole numbers
    /// (`contract::uniswap_v3_tick`). The fault, if any, names what is wrong with the ticks. O(ticks).
    template <class Ticks>
    [[nodiscard]] static constexpr configuration_fault from_ticks(const Ticks& ticks, int decimals0, int decimals1,
                                                                  std::span<concentrated_edge> edges) noexcept {
        if (edges.size() != ticks.size()) return {"concentrated.edges", static_cast<double>(edges.size()), "must be as many as the ticks"};
        const detail::double_double unit = detail::root_of_ten(-(decimals0 + decimals1));
        int128 sum = 0;
        for (std::size_t k = 0; k < ticks.size(); ++k) {
            const auto index = static_cast<double>(ticks[k].index);
            if (detail::absolute(index) > detail::last_tick) return {"concentrated.ticks", index, "must be from -887272 to 887272"};
            if (k > 0 && ticks[k].index <= ticks[k - 1].index) return {"concentrated.ticks", index, "must rise from one to the next"};
            if (__builtin_add_overflow(sum, int128{ticks[k].net}, &sum) || sum < 0)
                return {"concentrated.ticks", index, "must leave liquidity at or above 0"};
            edges[k] = {.sqrt_price = tick_sqrt_price(ticks[k].index, decimals0, decimals1),
                        .liquidity = (static_cast<double>(sum) * unit).value()};
        }
        if (sum != 0) return {"concentrated.ticks", static_cast<double>(sum), "must add up to no liquidity above the last"};
        prepare(edges);
        return {};
    }
    /// √(1.0001^index) in units of asset 1 per unit of asset 0, to the last bit or its neighbour; for -887272..887272.
    [[nodiscard]] static constexpr double tick_sqrt_price(std::int32_t index, int decimals0 = 0, int decimals1 = 0) noexcept {
        return (detail::root_of_tick(index) * detail::root_of_ten(decimals0 - decimals1)).value();
    }
    /// The contract's square root of the price, a number of 2^-96 (as a double, or what a cast makes one of), in units.
    template <class Number>
    [[nodiscard]] static constexpr double sqrt_price_of(const Number& sqrt_price_x96, int decimals0 = 0, int decimals1 = 0) noexcept {
        const detail::double_double units = static_cast<double>(sqrt_price_x96) / 79228162514264337593543950336.0;
        return (units * detail::root_of_ten(decimals0 - decimals1)).value();
    }

    /// Finds edges that do not rise, liquidity below 0 or at the last edge, edges that were not prepared, a price beyond them, and a fee out of
    /// its range. O(edges).
    [[nodiscard]] constexpr configuration_fault validate() const noexcept {
        if (edges.size() < 2) return {"concentrated.edges", static_cast<double>(edges.size()), "must be two at least"};
        for (std::size_t k = 0; k < edges.size(); ++k) {
            const concentrated_edge& e = edges[k];
            if (!(e.sqrt_price > (k == 0 ? 0.0 : edges[k - 1].sqrt_price) && detail::finite(e.sqrt_price)))
                return {"concentrated.edges.sqrt_price", e.sqrt_price, "must be above 0, finite, and rise from one edge to the next"};
            if (!(e.liquidity >= 0.0 && detail::finite(e.liquidity)))
                return {"concentrated.edges.liquidity", e.liquidity, "must be a finite number at or above 0"};
        }
        if (edges.back().liquidity != 0.0) return {"concentrated.edges.liquidity", edges.back().liquidity, "must be 0 at the last edge"};
        if (!prepared()) return {"concentrated.edges", static_cast<double>(edges.size()), "must be prepared after the last change"};
        if (!(sqrt_price >= edges.front().sqrt_price && sqrt_price <= edges.back().sqrt_price))
            return {"concentrated.sqrt_price", sqrt_price, "must lie between the first and the last edge"};
        if (!(fee >= 0.0 && fee < 1.0)) return {"concentrated.fee", fee, "must be at or above 0 and below 1"};
        return {};
    }

private:
    [[nodiscard]] static constexpr detail::held_between within(std::span<const concentrated_edge> e, std::size_t k) noexcept {
        return detail::held_between::of(e[k].liquidity, e[k].sqrt_price, e[k + 1].sqrt_price);
    }
    [[nodiscard]] static constexpr detail::double_double lower_of(std::span<const concentrated_edge> e, std::size_t k) noexcept {
        return e[k - 1].lower1 + within(e, k - 1).one;
    }
    [[nodiscard]] static constexpr detail::double_double upper_of(std::span<const concentrated_edge> e, std::size_t k) noexcept {
        return e[k + 1].upper0 + within(e, k).zero;
    }
    [[nodiscard]] constexpr bool prepared() const noexcept {
        if (!(edges.front().lower1 == detail::double_double{}) || !(edges.back().upper0 == detail::double_double{})) return false;
        for (std::size_t k = 0; k + 1 < edges.size(); ++k)
            if (!(edges[k + 1].lower1 == lower_of(edges, k + 1)) || !(edges[k].upper0 == upper_of(edges, k))) return false;
        return true;
    }
};

}  // namespace ballast::inline v0::venue
