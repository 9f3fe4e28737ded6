/// An order book: bids and asks, as far as they go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "../core/column.hpp"
#include "../core/configuration.hpp"
#include "concept.hpp"
#include "detail/ladder.hpp"

namespace ballast::inline v0::venue {

/// One price of a book and what rests there.
struct book_level {
    double price = 0.0;  ///< units of money per unit of the base asset
    double size = 0.0;   ///< units of the base asset
};

/// One side of a book as the host has it, best price first: two columns, or the members of a span of structs.
struct book_side {
    column<double> price{};  ///< units of money per unit of the base asset, above 0
    column<double> size{};   ///< units of the base asset, at or above 0

    /// None at all.
    constexpr book_side() noexcept = default;
    /// Two columns of the same length.
    constexpr book_side(column<double> prices, column<double> sizes) noexcept : price{prices}, size{sizes} {}
    /// Levels one after the other.
    book_side(std::span<const book_level> levels) noexcept : price{levels, &book_level::price}, size{levels, &book_level::size} {}
};

/// Which amount an exchange's fee is a share of.
enum class taker_fee : std::uint8_t {
    input,   ///< what goes in, before the trade
    output,  ///< what comes out, after it: the asset that is received
    money,   ///< the notional, in money: on top of what a buy costs, off what a sale brings
};

/// What the fee is, and which levels count.
struct book_rules {
    double fee = 0.0;                        ///< a share, 0..1, of what `fee_from` says
    taker_fee fee_from = taker_fee::output;  ///< from where the fee is taken
    double least_size = 0.0;                 ///< units of the base asset: smaller levels are dust and ignored
    double least_notional = 0.0;             ///< units of money: levels worth less are dust and ignored
    double farthest =
        std::numeric_limits<double>::infinity();  ///< a factor of at least 1: the book ends where a price is so far from the best

    [[nodiscard]] constexpr configuration_fault validate() const noexcept {
        if (!(fee >= 0.0 && fee < 1.0)) return {"order_book.fee", fee, "must be at or above 0 and below 1"};
        if (fee_from != taker_fee::input && fee_from != taker_fee::output && fee_from != taker_fee::money)
            return {"order_book.fee_from", static_cast<double>(fee_from), "must be one of those that there are"};
        if (!(least_size >= 0.0 && detail::finite(least_size)))
            return {"order_book.least_size", least_size, "must be a number at or above 0"};
        if (!(least_notional >= 0.0 && detail::finite(least_notional)))
            return {"order_book.least_notional", least_notional, "must be a number at or above 0"};
        if (!(farthest >= 1.0)) return {"order_book.farthest", farthest, "must be at or above 1"};
        return {};
    }
};

/// A book of two assets, 0 the base asset and 1 the money: `curve(0, 1)` sells the base asset into the bids, `curve(1, 0)` buys it from
/// the asks. `assign` adds the host's levels up once; a quote is then a binary search. What the book can not fill is told by `quote_in`
/// and `quote_out` as unfilled. Sums are rounded once, so that an answer is off by a few units in the last place of itself.
///
/// Dust and levels too far from the best price (the best of those that are no dust) are left out, as the rules say; the size of a level
/// that is left out is no depth. Until it is assigned, or after levels that are none, the book is empty. Only `prepare` allocates.
class order_book {
public:
    /// What `curve` gives: refers to the book, until it is assigned or applied again.
    using curve_type = detail::ladder_curve;

    order_book() noexcept = default;
    /// By these rules, which `validate` and `assign` check.
    explicit order_book(const book_rules& rules) noexcept : rules_{rules} {}

    /// Room for so many levels on each side.
    void prepare(std::size_t levels) {
        sell_.prepare(levels);
        buy_.prepare(levels);
    }
    /// By which it was made.
    [[nodiscard]] const book_rules& rules() const noexcept { return rules_; }
    [[nodiscard]] configuration_fault validate() const noexcept { return rules_.validate(); }

    /// Whether these are the sides of a book: numbers, prices that fall on the one and rise on the other (the same price twice is fine),
    /// the best bid not above the best ask. O(levels).
    [[nodiscard]] static configuration_fault check(const book_side& bids, const book_side& asks) noexcept {
        if (const configuration_fault f = check_side(bids, -1.0, "order_book.bids")) return f;
        if (const configuration_fault f = check_side(asks, 1.0, "order_book.asks")) return f;
        if (bids.price.size() > 0 && asks.price.size() > 0 && bids.price[0] > asks.price[0])
            return {"order_book.bids", bids.price[0], "must not begin above the best ask"};
        return {};
    }
    /// Takes these levels in place of those that it has; with a fault it is empty. O(levels), allocates nothing: more levels than it is
    /// prepared for are a fault.
    configuration_fault assign(const book_side& bids, const book_side& asks) noexcept {
        clear();
        if (const configuration_fault f = rules_.validate()) return f;
        if (const configuration_fault f = check(bids, asks)) return f;
        for (const book_side* side : {&bids, &asks})
            if (side->price.size() > sell_.capacity())
                return {"order_book.levels", static_cast<double>(side->price.size()), "must be no more than it is prepared for"};
        fill(sell_, bids, true);
        fill(buy_, asks, false);
        return {};
    }
    /// No levels.
    void clear() noexcept {
        sell_.clear();
        buy_.clear();
        ignored_ = 0;
    }

    /// From asset `in` to asset `out`: 0 to 1 or 1 to 0; any other pair takes nothing.
    [[nodiscard]] curve_type curve(std::size_t in, std::size_t out) const noexcept {
        if (in == 0 && out == 1) return sell_.curve();
        if (in == 1 && out == 0) return buy_.curve();
        return {};
    }
    /// Takes the levels that x in fills out of the book and tells what came out, the fee taken; more than the depth takes all. The other
    /// side stays as it is. O(levels).
    double apply(std::size_t in, std::size_t out, double x) noexcept {
        if (in == 0 && out == 1) return sell_.consume(x);
        if (in == 1 && out == 0) return buy_.consume(x);
        return 0.0;
    }
    /// How many levels of what was assigned do not count: dust, empty, or too far from the best.
    [[nodiscard]] std::size_t ignored() const noexcept { return ignored_; }

private:
    [[nodiscard]] static configuration_fault check_side(const book_side& s, double rising, const char* parameter) noexcept {
        if (s.price.size() != s.size.size()) return {parameter, static_cast<double>(s.size.size()), "must have as many sizes as prices"};
        double last = 0.0;
        for (std::size_t k = 0; k < s.price.size(); ++k) {
            const double price = s.price[k];
            if (!(price > 0.0 && price < 1e150)) return {parameter, price, "must have prices above 0"};
            if (!(s.size[k] >= 0.0 && s.size[k] < 1e150)) return {parameter, s.size[k], "must have sizes at or above 0"};
            if (k > 0 && rising * price < rising * last) return {parameter, price, "must be sorted, the best price first"};
            last = price;
        }
        return {};
    }
    void fill(detail::ladder& l, const book_side& s, bool bids) noexcept {
        double in_kept = 1.0, out_kept = 1.0;
        if (rules_.fee_from == taker_fee::input) in_kept = 1.0 - rules_.fee;
        if (rules_.fee_from == taker_fee::output || (rules_.fee_from == taker_fee::money && bids)) out_kept = 1.0 - rules_.fee;
        if (rules_.fee_from == taker_fee::money && !bids) in_kept = 1.0 / (1.0 + rules_.fee);
        double best = 0.0;
        for (std::size_t k = 0; k < s.price.size(); ++k) {
            const double price = s.price[k];
            const double size = s.size[k];
            const bool dust = !(size > 0.0) || size < rules_.least_size || size * price < rules_.least_notional;
            if (!dust && best == 0.0) best = price;
            const bool absurd = best > 0.0 && (bids ? best > price * rules_.farthest : price > best * rules_.farthest);
            const double length = (bids ? size : size * price) / in_kept;
            const double slope = (bids ? price : 1.0 / price) * (in_kept * out_kept);
            if (dust || absurd || !(length > 0.0) || !(slope > 0.0))
                ++ignored_;
            else
                l.push(length, slope);
        }
        l.finish();
    }

    book_rules rules_{};
    detail::ladder sell_{}, buy_{};
    std::size_t ignored_ = 0;
};

}  // namespace ballast::inline v0::venue
