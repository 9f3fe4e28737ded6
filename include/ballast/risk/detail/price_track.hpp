/// What estimators share: which prices are news, and the returns between them.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "../concept.hpp"

namespace ballast::inline v0::detail {

/// A number above zero.
[[nodiscard]] constexpr bool is_price(double p) noexcept { return p > 0.0 && p - p == 0.0; }

/// log(to / from), to the last digits however small the move, and where the quotient is too large or too small for a double.
[[nodiscard]] inline double log_return(double from, double to) noexcept {
    const double move = (to - from) / from;
    if (move > -0.5 && move < 1.0) return std::log1p(move);
    return std::log(to) - std::log(from);
}

/// When asset i's price was quoted.
[[nodiscard]] inline timestamp quoted_at(const market_view& m, std::size_t i) noexcept { return m.as_of.empty() ? m.now : m.as_of[i]; }

/// Whether the columns that every estimator reads have an entry for each of n assets.
[[nodiscard]] inline fault check_prices(std::size_t n, const market_view& m) noexcept {
    if (m.price.size() != n) return {fault_code::size_mismatch, no_index, static_cast<double>(m.price.size())};
    if (!m.as_of.empty() && m.as_of.size() != n) return {fault_code::size_mismatch, no_index, static_cast<double>(m.as_of.size())};
    return {};
}

/// The last price of each asset that taught something, and the newest one seen.
struct price_track {
    std::vector<double> price{};         ///< the last that taught; 0 before the first
    std::vector<timestamp> taught{};     ///< when that was quoted
    std::vector<timestamp> seen{};       ///< when the newest usable one was, news or not
    std::vector<std::uint64_t> ticks{};  ///< usable ones after the first, news or not
    std::uint64_t fewest = 0;            ///< of the asset that has had the fewest

    void make_room(std::size_t n) {
        price.assign(n, 0.0);
        taught.assign(n, timestamp::never());
        seen.assign(n, timestamp::never());
        ticks.assign(n, 0);
        fewest = 0;
    }
    template <class Self, class Visit>
    static void fields(Self& t, Visit&& visit) {
        visit(t.price);
        visit(t.taught);
        visit(t.seen);
        visit(t.ticks);
        visit(t.fewest);
    }
    void adjust(std::size_t asset, double factor) noexcept { price[asset] = adjusted_price(price[asset], factor); }

    [[nodiscard]] std::size_t assets() const noexcept { return price.size(); }
    /// Whether asset i's price can be used and is newer than what was seen.
    [[nodiscard]] bool is_new(const market_view& m, std::size_t i) const noexcept {
        const timestamp quoted = quoted_at(m, i);
        return is_price(m.price[i]) && quoted <= m.now && quoted > seen[i];
    }
    /// A new price, whether or not there is news in it.
    void see(std::size_t i, timestamp quoted) noexcept {
        if (seen[i].happened()) ++ticks[i];
        seen[i] = quoted;
    }
    /// From here the next return is reckoned.
    void teach(std::size_t i, double p, timestamp quoted) noexcept {
        price[i] = p;
        taught[i] = quoted;
    }
    void count_fewest() noexcept {
        fewest = ticks.empty() ? 0 : (std::numeric_limits<std::uint64_t>::max)();
        for (const std::uint64_t t : ticks) fewest = t < fewest ? t : fewest;
    }
};

}  // namespace ballast::inline v0::detail
