/// Volatility realised within a horizon, from intraday prices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "concept.hpp"
#include "detail/moving_moments.hpp"
#include "detail/price_track.hpp"

namespace ballast::inline v0::risk {

/// Variance per year of each asset over the newest `horizon`: the sum of squared log returns, divided by the time that they took,
///   v = Σ rᵢ² / Σ Δᵢ
/// (Andersen and Bollerslev 1998, International Economic Review 39, 885-905). Returns are taken between prices at least `every` apart: of
/// returns over shorter times most is the bounce between bid and ask; five minutes are hard to better (Liu, Patton and Sheppard 2015,
/// Journal of Econometrics 187, 293-311). The window is the fewest newest returns that together take `horizon`.
///
/// Gaps: a return over a night, a halt or a hole in the data counts like any other and brings its time along; one that is longer than the
/// horizon is alone in the window until the horizon has passed again. A price that is the same as the one sampled before teaches nothing
/// (see risk/concept.hpp). O(1) per tick and asset on average, O(horizon / every) at most; so much room is taken per asset.
struct realised {
    duration horizon = days(1);   ///< over which squares are summed
    duration every = minutes(5);  ///< shortest time from one price taken to the next

    static constexpr const char* name = "realised";
    static constexpr risk_need provides = risk_need::volatility;

    struct estimate {
        v0::detail::price_track last{};          ///< the price that was taken last
        v0::detail::moving_moments<1> window{};  ///< of squared returns
        std::vector<timestamp> first{};          ///< when each asset was first seen
        duration shortest{};                     ///< time for which every asset has been seen
        std::vector<double> variance{};          ///< per year; 0 before the first return

        template <class Self, class Visit>
        static void fields(Self& e, Visit&& visit) {
            visit(e.last);
            visit(e.window);
            visit(e.first);
            visit(e.shortest);
            visit(e.variance);
        }
        /// The next return is from the last price in new units.
        void adjust(std::size_t asset, double factor) noexcept { last.adjust(asset, factor); }
    };

    void prepare(estimate& e, const sizes& s) const {
        e.last.make_room(s.assets);
        e.window.make_room(s.assets, most_returns());
        e.first.assign(s.assets, timestamp::never());
        e.shortest = {};
        e.variance.assign(s.assets, 0.0);
    }
    [[nodiscard]] bool prepared(const estimate& e) const noexcept { return e.window.has_room(e.last.assets(), most_returns()); }
    [[nodiscard]] fault check(const estimate& e, const market_view& m) const noexcept {
        if (const fault f = v0::detail::check_prices(e.last.assets(), m)) return f;
        if (!prepared(e)) return {fault_code::not_prepared, no_index, static_cast<double>(m.price.size())};
        return {};
    }
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept {
        if (const fault f = check(e, m)) return f;
        e.shortest = e.first.empty() ? duration{} : duration{(std::numeric_limits<std::int64_t>::max)()};
        for (std::size_t i = 0; i < e.last.assets(); ++i) {
            if (e.last.is_new(m, i)) learn(e, i, m.price[i], v0::detail::quoted_at(m, i));
            const duration known = e.first[i].happened() ? elapsed(e.first[i], e.last.seen[i]) : duration{};
            e.shortest = known < e.shortest ? known : e.shortest;
        }
        return {};
    }
    /// Ready once every asset has been seen for a horizon.
    [[nodiscard]] risk_view view(const estimate& e) const noexcept {
        return {.layout = risk_layout::diagonal, .ready = e.first.empty() || e.shortest >= horizon, .specific = e.variance};
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (every.ns <= 0) return {"realised.every", every.seconds(), "must be a time above 0 (seconds)"};
        if (horizon < every || most_returns() > (std::size_t{1} << 20))
            return {"realised.horizon", horizon.seconds(), "must be 1 to 1048576 times `every` (seconds)"};
        return {};
    }

private:
    /// All but the oldest of the fewest returns that take a horizon take less than it.
    [[nodiscard]] std::size_t most_returns() const noexcept {
        return static_cast<std::size_t>(horizon.ns / every.ns) + (horizon.ns % every.ns != 0 ? 1 : 0);
    }
    void learn(estimate& e, std::size_t i, double price, timestamp quoted) const noexcept {
        auto& w = e.window;
        const double before = e.last.price[i];
        const duration took = elapsed(e.last.taught[i], quoted);
        e.last.see(i, quoted);
        if (!e.first[i].happened()) e.first[i] = quoted;
        if (before > 0.0 && (took < every || price == before)) return;
        e.last.teach(i, price, quoted);
        if (!(before > 0.0)) return;

        while (w.size[i] > 0 && (w.size[i] >= most_returns() || w.span[i] - w.oldest_took(i) + took >= horizon)) w.pop(i);
        const double r = v0::detail::log_return(before, price);
        w.push(i, {r * r}, took);
        const v0::detail::moments squares = w.total(i, 0);
        e.variance[i] = squares.mean * squares.count / w.years(i);
    }
};

}  // namespace ballast::inline v0::risk
