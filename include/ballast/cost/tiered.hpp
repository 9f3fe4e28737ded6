/// A rate that depends on the size of the order, or on how much the account trades.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>

#include "concept.hpp"

namespace ballast::inline v0::cost {

/// What the rate of a tier is taken of.
enum class tiering : std::uint8_t {
    marginal,  ///< of the part of the order that lies in the tier, as with tax brackets: the cost has kinks
    whole,     ///< of the whole order, where its size lies in the tier: the cost jumps at the edges
    trailing,  ///< of the whole order, where what the account traded of late lies in the tier
};

/// A rate, and up to which size it goes.
struct tier {
    double up_to = std::numeric_limits<double>::
        infinity();     ///< notional in base currency; an order of just this size is still in the tier, a volume of just this is beyond it
    double rate = 0.0;  ///< fraction of the notional
};

/// Up to 16 tiers, from the smallest orders to the largest; the last one has no edge. Owns them.
class tier_list {
public:
    static constexpr std::size_t capacity = 16;  ///< how many there may be

    constexpr tier_list() noexcept = default;
    /// So many at once.
    constexpr tier_list(std::initializer_list<tier> tiers) noexcept {
        for (const tier& t : tiers) push_back(t);
    }
    /// One more at the end. Those beyond the capacity are counted, but not kept.
    constexpr void push_back(const tier& t) noexcept {
        if (given_ < capacity) at_[given_] = t;
        ++given_;
    }

    [[nodiscard]] constexpr std::size_t size() const noexcept { return given_ < capacity ? given_ : capacity; }
    /// How many there were, kept or not.
    [[nodiscard]] constexpr std::size_t given() const noexcept { return given_; }
    /// Those that are kept, by number and as a range.
    /// @{
    [[nodiscard]] constexpr const tier& operator[](std::size_t k) const noexcept { return at_[k]; }
    [[nodiscard]] constexpr const tier* begin() const noexcept { return at_; }
    [[nodiscard]] constexpr const tier* end() const noexcept { return at_ + size(); }
    /// @}

private:
    tier at_[capacity]{};
    std::size_t given_ = 0;
};

/// A rate by the size of one order, buy or sell: `tiered{.tiers = {{10'000.0, 10_bps}, {100'000.0, 5_bps}, {.rate = 2_bps}}}`. With
/// `marginal`, 20,000 cost 10 + 5; with `whole` they cost 10, and 10,000 just as much. Marginal tiers with rates that never fall are convex,
/// and answer prices; where a rate falls, and with `whole` where any two rates differ, the shape is general. To the compiler it is always
/// general: the object and its views tell. Rates are not below 0: what is paid back stands in `cost::rebate`.
///
/// With `trailing` the rate goes by `account_view::trailing_volume`, as exchanges set it by the volume of the last 30 days: one rate for all
/// orders of a list, the one in force when it is sent. What the orders trade themselves does not count until the host counts it. Linear then,
/// and convex, and it answers prices. Exchanges tell from which volume on a rate is theirs, so a volume of just an edge is in the tier above.
///
/// Where rates rise, a large order costs more than two small ones: cash that did not reach for a step more may do so as an order of its
/// own, in the next call. O(tiers) per number.
struct tiered {
    tier_list tiers{};               ///< edges above 0 that rise; the last tier has none
    tiering by = tiering::marginal;  ///< what a rate is taken of

    static constexpr cost_shape shape = cost_shape::general;
    static constexpr const char* name = "tiered";

    class view {
    public:
        /// Looks at the model, which must outlive it.
        constexpr explicit view(const tiered& of, double volume = 0.0) noexcept : of_{&of} {
            while (at_ + 1 < of.tiers.size() && !(volume < of.tiers[at_].up_to)) ++at_;
        }

        [[nodiscard]] constexpr double cost(std::size_t, double x) const noexcept {
            const double size = detail::absolute(x);
            const std::size_t k = tier_at(size);
            if (k == none) return 0.0;
            if (of_->by != tiering::marginal) return rate(k) * size;
            double sum = 0.0;
            for (std::size_t below = 0; below < k; ++below) sum += rate(below) * (of_->tiers[below].up_to - from(below));
            return sum + rate(k) * (size - from(k));
        }
        /// At an edge the rates of both tiers and all between, whether the cost has a kink there or jumps.
        [[nodiscard]] constexpr slope_interval marginal(std::size_t, double x) const noexcept {
            const double size = detail::absolute(x);
            const std::size_t k = tier_at(size);
            if (k == none) return {};
            const double here = rate(k);
            if (size == 0.0) return {-here, here};
            const double next =
                of_->by != tiering::trailing && size == of_->tiers[k].up_to && k + 1 < of_->tiers.size() ? rate(k + 1) : here;
            const slope_interval s = next < here ? slope_interval{next, here} : slope_interval{here, next};
            return x > 0.0 ? s : slope_interval{-s.high, -s.low};
        }
        /// The cost begins at 0.
        [[nodiscard]] constexpr double jump(std::size_t) const noexcept { return 0.0; }
        /// Only where the traits say so. At an edge that the price does not lift it over it stays, with slope 0.
        [[nodiscard]] constexpr response respond(std::size_t, double price, double curvature, double centre, double lo,
                                                 double hi) const noexcept {
            if (of_->by == tiering::trailing) return linear(0).respond(price, curvature, centre, lo, hi);
            response r = best_size(price, curvature, centre);
            if (r.x == 0.0) {
                r = best_size(-price, curvature, -centre);
                r.x = -r.x;
                r.piece = r.x == 0.0 ? std::int8_t{0} : std::int8_t{-1};
                if (r.x == 0.0) r = {};
            }
            if (r.x <= lo && (r.x < lo || r.piece != 0)) return {lo, 0.0, -2};
            if (r.x >= hi && (r.x > hi || r.piece != 0)) return {hi, 0.0, 2};
            return r;
        }
        /// Only where the traits say so: where it goes by the volume.
        [[nodiscard]] constexpr linear_cost linear(std::size_t) const noexcept {
            if (of_->tiers.size() == 0) return {};
            return {0.0, rate(at_), rate(at_)};
        }
        [[nodiscard]] constexpr cost_traits runtime_traits() const noexcept { return of_->runtime_traits(); }

    private:
        static constexpr std::size_t none = ~std::size_t{0};

        [[nodiscard]] constexpr double rate(std::size_t k) const noexcept { return of_->tiers[k].rate; }
        [[nodiscard]] constexpr double from(std::size_t k) const noexcept { return k == 0 ? 0.0 : of_->tiers[k - 1].up_to; }
        /// The tier of a size; `none` where there are no tiers.
        [[nodiscard]] constexpr std::size_t tier_at(double size) const noexcept {
            const std::size_t n = of_->tiers.size();
            if (n == 0) return none;
            if (of_->by == tiering::trailing) return at_;
            std::size_t k = 0;
            while (k + 1 < n && !(size <= of_->tiers[k].up_to)) ++k;
            return k;
        }
        /// The best trade of one side without bounds, its size; piece 1 where it is above 0.
        [[nodiscard]] constexpr response best_size(double price, double curvature, double centre) const noexcept {
            for (std::size_t k = 0; k < of_->tiers.size(); ++k) {
                double best = from(k);  // where the rate of the tier is more than the price pays
                if (curvature > 0.0)
                    best = centre + (price - rate(k)) / curvature;
                else if (price > rate(k))
                    best = std::numeric_limits<double>::infinity();
                if (!(best > from(k))) return {from(k), 0.0, k == 0 ? std::int8_t{0} : std::int8_t{1}};
                if (best < of_->tiers[k].up_to || k + 1 == of_->tiers.size()) return {best, curvature > 0.0 ? 1.0 / curvature : 0.0, 1};
            }
            return {};
        }

        const tiered* of_;
        std::size_t at_ = 0;  ///< the tier of the account's volume
    };
    [[nodiscard]] constexpr view bind(const look& l) const noexcept {
        return view{*this, l.input != nullptr ? l.input->account.trailing_volume : 0.0};
    }

    [[nodiscard]] constexpr cost_traits runtime_traits() const noexcept {
        if (tiers.size() == 0) return {};
        if (by == tiering::trailing) return {.shape = cost_shape::convex, .linear = true, .responsive = true};
        for (std::size_t k = 1; k < tiers.size(); ++k)
            if (by == tiering::whole ? tiers[k].rate != tiers[0].rate : !(tiers[k].rate >= tiers[k - 1].rate)) return {};
        return {.shape = cost_shape::convex, .linear = false, .responsive = true};
    }
    [[nodiscard]] constexpr configuration_fault validate() const noexcept {
        const char* const parameter = "tiered.tiers";
        if (tiers.given() == 0) return {parameter, 0.0, "must have at least one tier"};
        if (tiers.given() > tier_list::capacity) return {parameter, static_cast<double>(tiers.given()), "must be no more than 16 tiers"};
        double last = 0.0;
        for (const tier& t : tiers) {
            if (!(t.up_to > last)) return {parameter, t.up_to, "must have edges above 0, each above the one before"};
            if (!(t.rate >= 0.0 && t.rate < 1.0)) return {parameter, t.rate, "must have rates at or above 0 and below 1"};
            last = t.up_to;
        }
        if (last < std::numeric_limits<double>::infinity()) return {parameter, last, "must end with a tier that has no edge"};
        return {};
    }
};

}  // namespace ballast::inline v0::cost
