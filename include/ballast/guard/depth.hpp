/// Not more than a venue takes or gives at a fair price.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "../core/per_asset.hpp"
#include "../venue/chunk.hpp"
#include "concept.hpp"

namespace ballast::inline v0::guard {

/// Keeps every asset's trade at or below what its market fills at an average price within `tolerance` of the first unit's
/// (`venue::largest_by_depth`), with the reason `why::cut_by_depth`; the next call goes on, once the venue has filled up again or another one is
/// given. An asset without a curve to sell into is not sold, one without a curve to buy from not bought. Made of the host's own venues, as
/// `venue::at_venue` is: for those that are moved or read anew, `markets` is public. Some 120 questions to the curves per asset.
struct depth {
    std::vector<venue::market> markets{};  ///< one per asset
    per_asset tolerance = 0.01;            ///< share of the price, at or above 0 and at most 1: with 1 all that the venue holds

    static constexpr const char* name = "depth";
    void narrow(const look& l, limits& lim) const noexcept {
        for (std::size_t i = 0; i < l.assets(); ++i) {
            const double units_sold = venue::largest_by_depth(markets[i].sell, tolerance[i]);
            const venue::any_curve& buy = markets[i].buy;
            const double money = venue::largest_by_depth(buy, tolerance[i]);
            lim.narrow_sell(i, units_sold * l.price[i], why::cut_by_depth);
            lim.narrow_buy(i, buy.out(money) * l.price[i], why::cut_by_depth);
        }
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return markets.size() == n && tolerance.covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!tolerance.given()) return {"depth.tolerance", 0.0, "a tolerance has to be given"};
        if (const double* v = tolerance.find([](double x) { return !(x >= 0.0 && x <= 1.0); }))
            return {"depth.tolerance", *v, "must be a share from 0 to 1"};
        return {};
    }
};

}  // namespace ballast::inline v0::guard
