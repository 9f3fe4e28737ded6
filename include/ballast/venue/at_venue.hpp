/// A venue as a cost model.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "../core/configuration.hpp"
#include "../cost/detail/best_answer.hpp"
#include "concept.hpp"

namespace ballast::inline v0::venue {

/// What it costs to trade at venues, against the reference prices of the look: buying units that are worth x costs what has to go in for them − x, selling
/// them x − what comes out. Fees of the venues, slippage, and the distance between their prices and the reference are all in it; where a venue is cheaper
/// than the reference the cost is below 0. Convex, as curves are concave and no market buys dearer than it sells.
///
/// It prices *one* order per venue and call. Two assets that trade through one pool would each be told the price of an untouched pool, so two
/// markets with the same `venue` are refused when the rebalancer is built; so is an asset that is held in several rows, in each call
/// (`fault_code::venue_shared`), since each of its rows may send an order.
///
/// Beyond what a venue holds the price goes on as a straight line: a sale brings nothing more, a purchase costs a thousand times the reference price.
/// No solver that weighs costs goes there; one that does not (to_target) is kept from it by `guard::depth`.
///
/// The curves' amounts are units of quantity of the asset, and base currency. O(1) curve questions per number; `respond` some 20 times that.
class at_venue {
public:
    static constexpr cost_shape shape = cost_shape::convex;
    static constexpr const char* name = "at_venue";
    /// The slope of the cost where a venue has nothing more to sell.
    static constexpr double exhausted = 999.0;

    at_venue() = default;
    /// One market per asset.
    explicit at_venue(std::vector<market> markets) : markets_{std::move(markets)} {}

    /// One per asset.
    [[nodiscard]] const std::vector<market>& markets() const noexcept { return markets_; }
    /// To move a venue, or to look at another block: one market per asset.
    [[nodiscard]] std::vector<market>& markets() noexcept { return markets_; }

    class view {
    public:
        /// Looks at the model and the prices, which must outlive it.
        view(const at_venue& of, const look& l) noexcept : markets_{of.markets_.data()}, price_{l.price.data()} {}

        [[nodiscard]] double cost(std::size_t i, double x) const noexcept {
            const double price = price_[i];
            if (x < 0.0) {
                const any_curve& c = markets_[i].sell;
                const double q = -x / price;
                return q * (price - spot(c)) + venue::shortfall(c, q);
            }
            if (!(x > 0.0)) return 0.0;
            const any_curve& c = markets_[i].buy;
            const double q = x / price;
            const double most = most_out(i);
            if (!(most > 0.0)) return exhausted * x;
            const double within = q < most ? q : most;
            const double c_within = within * (1.0 / spot(c) - price) + venue::excess(c, within);
            return q > most ? c_within + exhausted * (q - most) * price : c_within;
        }
        [[nodiscard]] slope_interval marginal(std::size_t i, double x) const noexcept {
            const double price = price_[i];
            if (x < 0.0) {
                const slope_interval s = markets_[i].sell.marginal(-x / price);
                return {s.low / price - 1.0, s.high / price - 1.0};
            }
            const double low = x > 0.0 ? 0.0 : spot(markets_[i].sell) / price - 1.0;
            const double q = x / price;
            const double most = most_out(i);
            if (!(most > 0.0)) return {x > 0.0 ? exhausted : low, exhausted};
            if (q > most) return {exhausted, exhausted};
            const any_curve& c = markets_[i].buy;
            const slope_interval s = c.marginal(c.in(q));
            const double high = q < most ? bought_at(s.low, price) : exhausted;
            return {x > 0.0 ? bought_at(s.high, price) : low, high};
        }
        /// The cost begins at 0.
        [[nodiscard]] constexpr double jump(std::size_t) const noexcept { return 0.0; }
        /// By a search in the slopes, which rise.
        [[nodiscard]] response respond(std::size_t i, double price, double curvature, double centre, double lo, double hi) const noexcept {
            return detail::answer_search<view>{*this, i, price, curvature, centre}.within(lo, hi);
        }

    private:
        /// The slope of a purchase's cost where one unit of base currency buys `units`.
        [[nodiscard]] static double bought_at(double units, double price) noexcept {
            const double s = 1.0 / (units * price) - 1.0;
            return s < exhausted ? s : exhausted;
        }
        /// The units that can be bought before a unit costs a thousand times its price.
        [[nodiscard]] double most_out(std::size_t i) const noexcept {
            const any_curve& c = markets_[i].buy;
            const double in = c.inverse_marginal(1.0 / ((1.0 + exhausted) * price_[i])).high;
            const double depth = c.depth();
            return c.out(in < depth ? in : depth);
        }
        const market* markets_;
        const double* price_;
    };

    [[nodiscard]] view bind(const look& l) const noexcept { return {*this, l}; }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return markets_.size() == n; }
    /// What it can not price in this call: an asset in several rows.
    [[nodiscard]] fault check(const look& l) const noexcept {
        if (l.input == nullptr || l.input->account.asset_of_row.empty()) return {};
        // Rows in the order of their assets are the usual case; only others are compared with all before them.
        for (std::size_t r = 1; r < l.rows(); ++r) {
            if (l.asset_of(r) > l.asset_of(r - 1)) continue;
            for (std::size_t earlier = 0; earlier < r; ++earlier)
                if (l.asset_of(r) == l.asset_of(earlier)) return shared(r, l.asset_of(r));
        }
        return {};
    }
    [[nodiscard]] configuration_fault validate() const {
        std::vector<std::uint64_t> used;
        for (const market& m : markets_) {
            if (m.venue != market::unnamed) used.push_back(m.venue);
            const double sold = spot(m.sell);
            const double bought = spot(m.buy);
            if (!(sold * bought <= 1.0 + 0x1p-40))
                return {"at_venue.markets", sold * bought, "buying and selling at once would earn money: the two curves are crossed"};
        }
        std::sort(used.begin(), used.end());
        const auto twice = std::adjacent_find(used.begin(), used.end());
        if (twice != used.end())
            return {"at_venue.markets", static_cast<double>(*twice),
                    "two assets trade through one venue, but at_venue prices one order per venue and call"};
        return {};
    }

private:
    [[nodiscard]] static fault shared(std::size_t row, std::uint32_t asset) noexcept {
        return {fault_code::venue_shared, asset, static_cast<double>(row)};
    }

    std::vector<market> markets_{};
};

}  // namespace ballast::inline v0::venue
