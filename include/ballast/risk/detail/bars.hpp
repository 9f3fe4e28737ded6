/// Volatility over a window of bars: what all such estimators do, whatever their formula.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../concept.hpp"
#include "moving_moments.hpp"
#include "price_track.hpp"

namespace ballast::inline v0::detail {

/// Prices of an asset between two observations.
struct bar {
    double before = 0.0;  ///< close of the bar before
    double open = 0.0;
    double high = 0.0;
    double low = 0.0;
    double close = 0.0;

    /// Nothing happened in it, or nobody looked.
    [[nodiscard]] constexpr bool flat() const noexcept { return high == low && close == before; }
    /// One price alone, and another one than before: what a feed of closes has for a bar.
    [[nodiscard]] constexpr bool without_range() const noexcept { return high == low && close != before; }
};

/// Columns that a formula reads.
enum class bar_columns : std::uint8_t { close, high_low_close, all };

/// Longest window: more bars than this are taken for a slip of the pen, as room is made for all of them.
inline constexpr std::uint64_t most_bars = std::uint64_t{1} << 20;

/// An estimate over the last bars. The formula tells what it makes of one bar and what of their moments:
///
/// | member                                                   | meaning                                                                 |
/// |----------------------------------------------------------|-------------------------------------------------------------------------|
/// | `static constexpr std::size_t terms`                     | how many numbers it makes of a bar                                      |
/// | `static constexpr bar_columns reads`                     | what of a bar                                                           |
/// | `static constexpr bool spans_gaps`                       | whether the way from the close before is in them                        |
/// | `static void of(const bar&, double (&term)[terms])`      | makes them                                                              |
/// | `static double per_bar(const moments (&m)[terms])`       | variance per bar                                                        |
///
/// Per year it is that times the number of bars, divided by the time that they took, so that closed hours count as time in which nothing
/// happened. With `spans_gaps` a bar takes the time from the last bar that taught, and bars may be missing. Without, what happens between
/// bars is not seen: a bar takes the time from the bar before, and where that is longer than `longest_gap`, bars are missing, and the bar
/// teaches no more than an asset's first one; so does a bar of one price that is not that of before.
template <class Formula>
struct bar_estimate {
    price_track last{};                       ///< close of the last bar
    moving_moments<Formula::terms> window{};  ///< of the newest bars
    std::vector<double> variance{};           ///< per year; 0 before the first bar that counts

    void make_room(const sizes& s, std::uint64_t bars) {
        last.make_room(s.assets);
        window.make_room(s.assets, static_cast<std::size_t>(bars));
        variance.assign(s.assets, 0.0);
    }
    [[nodiscard]] bool has_room(std::uint64_t bars) const noexcept {
        return window.has_room(last.assets(), static_cast<std::size_t>(bars));
    }
    template <class Self, class Visit>
    static void fields(Self& e, Visit&& visit) {
        visit(e.last);
        visit(e.window);
        visit(e.variance);
    }
    void adjust(std::size_t asset, double factor) noexcept { last.adjust(asset, factor); }

    [[nodiscard]] fault check(const market_view& m, std::uint64_t bars) const noexcept {
        const std::size_t n = last.assets();
        if (const fault f = check_prices(n, m)) return f;
        if (!has_room(bars)) return {fault_code::not_prepared, no_index, static_cast<double>(n)};
        if constexpr (Formula::reads != bar_columns::close) {
            for (const column<double>* c : {&m.open, &m.high, &m.low})
                if (!c->empty() && c->size() != n) return {fault_code::size_mismatch, no_index, static_cast<double>(c->size())};
            for (std::size_t i = 0; has_bars(m) && i < n; ++i)
                if (const fault f = check_bar(m, i)) return f;
        }
        return {};
    }
    [[nodiscard]] fault observe(const market_view& m, std::uint64_t bars, duration longest_gap) noexcept {
        if (const fault f = check(m, bars)) return f;
        if (!has_bars(m)) return {};
        for (std::size_t i = 0; i < last.assets(); ++i) learn(m, i, bars, longest_gap);
        last.count_fewest();
        return {};
    }
    /// Ready once every asset has had so many bars, those in which nothing happened included.
    [[nodiscard]] risk_view view(std::uint64_t bars) const noexcept {
        return {.layout = risk_layout::diagonal, .ready = last.assets() == 0 || last.fewest >= bars, .specific = variance};
    }

private:
    [[nodiscard]] static bool has_bars(const market_view& m) noexcept {
        if constexpr (Formula::reads == bar_columns::close)
            return true;
        else
            return !m.high.empty() && !m.low.empty() && (Formula::reads == bar_columns::high_low_close || !m.open.empty());
    }
    /// Prices that can be used, but not together.
    [[nodiscard]] static fault check_bar(const market_view& m, std::size_t i) noexcept {
        const double high = m.high[i];
        const double low = m.low[i];
        const double close = m.price[i];
        if (!is_price(high) || !is_price(low)) return {};
        const auto bad = [&](double value) { return fault{fault_code::bad_bar, static_cast<std::uint32_t>(i), value}; };
        if (high < low) return bad(high);
        if (is_price(close) && (close > high || close < low)) return bad(close);
        if (!m.open.empty() && is_price(m.open[i]) && (m.open[i] > high || m.open[i] < low)) return bad(m.open[i]);
        return {};
    }
    [[nodiscard]] static bar read(const market_view& m, std::size_t i) noexcept {
        bar b;
        b.close = b.open = b.high = b.low = m.price[i];
        if constexpr (Formula::reads != bar_columns::close) {
            b.high = m.high[i];
            b.low = m.low[i];
        }
        if constexpr (Formula::reads == bar_columns::all) b.open = m.open[i];
        return b;
    }
    void learn(const market_view& m, std::size_t i, std::uint64_t bars, duration longest_gap) noexcept {
        if (!last.is_new(m, i)) return;
        bar b = read(m, i);
        if (!is_price(b.open) || !is_price(b.high) || !is_price(b.low)) return;
        const timestamp quoted = quoted_at(m, i);
        const duration took = elapsed(Formula::spans_gaps ? last.taught[i] : last.seen[i], quoted);
        b.before = last.price[i];
        if (!Formula::spans_gaps && (took > longest_gap || b.without_range()))
            last.seen[i] = timestamp::never();  // as if it were the first
        const bool begins = !last.seen[i].happened();
        last.see(i, quoted);
        if (b.flat()) return;
        last.teach(i, b.close, quoted);
        if (begins || !(b.before > 0.0)) return;

        double term[Formula::terms];
        Formula::of(b, term);
        if (window.size[i] >= bars) window.pop(i);
        window.push(i, term, took);
        moments m_of[Formula::terms];
        for (std::size_t k = 0; k < Formula::terms; ++k) m_of[k] = window.total(i, k);
        variance[i] = Formula::per_bar(m_of) * (m_of[0].count / window.years(i));
    }
};

}  // namespace ballast::inline v0::detail
