/// Returns of many assets over the same time, however their quotes come in: the rows that covariances are made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "price_track.hpp"

namespace ballast::inline v0::detail {

/// A number whose differences can be squared.
[[nodiscard]] constexpr bool is_level(double x) noexcept { return x >= -1e100 && x <= 1e100; }

/// Turns ticks into rows. A row holds the return of each asset from its price in the row before to its newest one, so that returns that
/// stand beside each other were made in (nearly) the same time:
///
/// - A row is taken at the first tick by which every awaited asset has been quoted anew since the last row, or at which `patience` has passed
///   since then, but not before `every` has (refresh times with an end: Barndorff-Nielsen, Hansen, Lunde and Shephard 2011, Journal of Econometrics 162, 149-169).
/// - Who was not quoted by then is left out of the row and not awaited until it is quoted again; its next return spans the rows between.
///   So before its first day nobody waits for an asset, and one that is halted holds the others up once.
/// - A price that is the same as in the last row is a quote, but no news: nobody waits, the asset is left out, its next return spans the time.
///
/// After the assets come `series`, numbers that the host feeds (`market_view::factor`): any of up to 1e100, and their moves are
/// differences.
struct return_rows {
    std::vector<double> base{};            ///< price in the last row; its log return is taken from here
    std::vector<timestamp> taught{};       ///< when that was quoted; never: there is none
    std::vector<double> newest{};          ///< price
    std::vector<timestamp> seen{};         ///< when that was quoted
    std::vector<std::uint8_t> heard{};     ///< 1: quoted since the last row
    std::vector<std::uint8_t> awaited{};   ///< 1: quoted for the last row
    std::vector<std::uint64_t> rows{};     ///< that it was quoted for, after its first
    std::uint64_t fewest = 0;              ///< of who has the fewest
    timestamp taken = timestamp::never();  ///< when the last row was

    // The row at hand: no part of what is remembered.
    std::vector<double> move{};    ///< 0 where it is left out
    std::vector<duration> took{};  ///< 0 where it is left out
    std::size_t moved = 0;         ///< how many are not

    void make_room(std::size_t n) {
        for (auto* v : {&base, &newest, &move}) v->assign(n, 0.0);
        for (auto* v : {&taught, &seen}) v->assign(n, timestamp::never());
        for (auto* v : {&heard, &awaited}) v->assign(n, std::uint8_t{0});
        rows.assign(n, 0);
        took.assign(n, duration{});
        fewest = 0;
        moved = 0;
        taken = timestamp::never();
    }
    template <class Self, class Visit>
    static void fields(Self& r, Visit&& visit) {
        visit(r.base);
        visit(r.taught);
        visit(r.newest);
        visit(r.seen);
        visit(r.heard);
        visit(r.awaited);
        visit(r.rows);
        visit(r.fewest);
        visit(r.taken);
    }
    [[nodiscard]] std::size_t size() const noexcept { return base.size(); }

    void adjust(std::size_t i, double factor) noexcept {
        for (double* p : {&base[i], &newest[i]}) *p = adjusted_price(*p, factor);
        if (!is_price(base[i])) taught[i] = timestamp::never();
        if (!is_price(newest[i])) heard[i] = 0;
    }

    /// Listens to a tick of so many assets; true where it completes a row in which somebody has a return.
    [[nodiscard]] bool take(const market_view& m, std::size_t assets, duration every, duration patience) noexcept {
        bool waits = false;
        bool any = false;
        for (std::size_t i = 0; i < size(); ++i) {
            if (i < assets)
                hear(i, m.price[i], is_price(m.price[i]), quoted_at(m, i), m.now);
            else if (!m.factor.empty())
                hear(i, m.factor[i - assets], is_level(m.factor[i - assets]), m.now, m.now);
            waits = waits || (awaited[i] != 0 && heard[i] == 0);
            any = any || heard[i] != 0;
        }
        const duration since = elapsed(taken, m.now);
        if (!any || since < every || (waits && since < patience)) return false;
        taken = m.now;
        moved = 0;
        fewest = (std::numeric_limits<std::uint64_t>::max)();
        for (std::size_t i = 0; i < size(); ++i) {
            complete(i, i < assets);
            if (took[i].ns != 0) ++moved;
            fewest = rows[i] < fewest ? rows[i] : fewest;
        }
        return moved != 0;
    }

private:
    void hear(std::size_t i, double price, bool usable, timestamp quoted, timestamp now) noexcept {
        if (!usable || quoted > now || quoted <= seen[i]) return;
        newest[i] = price;
        seen[i] = quoted;
        heard[i] = 1;
    }
    void complete(std::size_t i, bool is_asset) noexcept {
        move[i] = 0.0;
        took[i] = {};
        awaited[i] = heard[i];
        if (heard[i] == 0) return;
        heard[i] = 0;
        const bool begins = !taught[i].happened();
        if (!begins) ++rows[i];
        if (!begins && newest[i] == base[i]) return;
        if (!begins) {
            move[i] = is_asset ? log_return(base[i], newest[i]) : newest[i] - base[i];
            took[i] = elapsed(taught[i], seen[i]);
        }
        base[i] = newest[i];
        taught[i] = seen[i];
    }
};

}  // namespace ballast::inline v0::detail
