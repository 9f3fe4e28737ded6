/// Venues: where liquidity lies. A pool, an order book or a table of quotes takes an amount of one asset and gives another; each of its
/// directions is a curve.
///
/// | expression                  | required | meaning                                                                            |
/// |-----------------------------|----------|------------------------------------------------------------------------------------|
/// | `c.out(x)`                  | yes      | what comes out for x in: 0 at 0, rising, concave; beyond the depth what the depth gives |
/// | `c.in(y)`                   | yes      | what has to go in for y out, the least there is; infinite where the venue can not give y |
/// | `c.marginal(x)`             | yes      | the slopes of `out` at x, to the right (`low`) and to the left (`high`) of it: see below |
/// | `c.inverse_marginal(p)`     | yes      | the amounts in at which out(x) − p·x is greatest: one where the curve is smooth, from `low` to `high` where it is straight with slope p |
/// | `c.depth()`                 | yes      | the largest amount that it takes; infinite where the curve only flattens          |
/// | `c.shortfall(x)`            | no       | spot·x − out(x), without cancellation: what the size of the trade costs            |
/// | `c.excess(y)`               | no       | in(y) − y/spot, likewise                                                           |
///
/// Amounts are in units of the two assets (decimals applied), at or above 0; prices are units out per unit in, fees included. The members
/// are `const noexcept`, allocate nothing, and are accurate relative to their value, for trades tiny beside the pool as well.
///
/// The slopes are those of the concave function that is `out` from 0 to the depth and minus infinity outside: at 0 they reach up to
/// infinity, at the depth down to 0. So a price p is right for x (nothing is gained by more or by less) where
/// marginal(x).low ≤ p ≤ marginal(x).high, everywhere, and this is all that splitting, certificates and tests ask for.
///
/// Venues here: constant_product, weighted, stable, concentrated, order_book, constant_price, quotes. A venue has
/// `curve(in, out)`, the curve from its asset `in` to its asset `out`, by their indices in the venue, and `apply(in, out, x)`, which moves the
/// venue as if x had been traded and tells what came out: a second order through the same pool sees the first.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <type_traits>

#include "../core/arithmetic.hpp"
#include "../cost/concept.hpp"

namespace ballast::inline v0::venue {

/// Amounts from `low` to `high` that are equally good at a price; `high` may be infinite.
struct amount_interval {
    /// Units of what goes in.
    /// @{
    double low = 0.0;
    double high = 0.0;
    /// @}
};

/// From which side of a trade a venue takes its fee.
enum class fee_side : std::uint8_t {
    input,   ///< from what goes in, before the trade
    output,  ///< from what comes out, after it
};

/// One direction of a venue. The table at the top of this header says what the members mean.
template <class Curve>
concept venue_curve = requires(const Curve& c, double x) {
    { c.out(x) }
    noexcept->std::same_as<double>;
    { c.in(x) }
    noexcept->std::same_as<double>;
    { c.marginal(x) }
    noexcept->std::same_as<slope_interval>;
    { c.inverse_marginal(x) }
    noexcept->std::same_as<amount_interval>;
    { c.depth() }
    noexcept->std::same_as<double>;
};

/// A curve that knows what the size of a trade costs without cancellation.
template <class Curve>
concept shortfall_curve = venue_curve<Curve> && requires(const Curve& c, double x) {
    { c.shortfall(x) }
    noexcept->std::same_as<double>;
    { c.excess(x) }
    noexcept->std::same_as<double>;
};

/// A venue of a fixed number of assets.
template <class Venue>
concept venue_model = requires(Venue& v, const Venue& c, std::size_t i, double x) {
    { c.curve(i, i) }
    noexcept->venue_curve;
    { v.apply(i, i, x) }
    noexcept->std::same_as<double>;
};

/// The price of the first unit, fee included: units out per unit in.
template <venue_curve Curve>
[[nodiscard]] constexpr double spot(const Curve& c) noexcept {
    return c.marginal(0.0).low;
}

/// spot·x − out(x), at or above 0: by what the venue pays less for x than its first unit promised.
template <venue_curve Curve>
[[nodiscard]] constexpr double shortfall(const Curve& c, double x) noexcept {
    if constexpr (shortfall_curve<Curve>) {
        return c.shortfall(x);
    } else {
        const double s = spot(c) * x - c.out(x);
        return s > 0.0 ? s : 0.0;
    }
}

/// in(y) − y/spot, at or above 0: by what y out cost more than its first unit promised. Infinite where the venue can not give y.
template <venue_curve Curve>
[[nodiscard]] constexpr double excess(const Curve& c, double y) noexcept {
    if constexpr (shortfall_curve<Curve>) {
        return c.excess(y);
    } else {
        const double e = c.in(y)-y / spot(c);
        return e > 0.0 ? e : 0.0;
    }
}

/// What a venue answers to an amount.
struct quote {
    double in = 0.0;           ///< what goes in
    double out = 0.0;          ///< what comes out for it
    double unfilled = 0.0;     ///< of the amount asked for: what the venue has no liquidity for
    double price_after = 0.0;  ///< of the next unit, fee included: units out per unit in; 0 where nothing is left
};

/// What comes out for `amount` in: of more than the depth the rest is unfilled.
template <venue_curve Curve>
[[nodiscard]] constexpr quote quote_in(const Curve& c, double amount) noexcept {
    const double depth = c.depth();
    const double in = amount < depth ? amount : depth;
    return {in, c.out(in), amount - in, c.marginal(in).low};
}

/// What has to go in for `amount` out: of more than the venue can give the rest is unfilled. A curve that only flattens gives less than it
/// holds, whatever goes in: of its whole reserve, or more, all is unfilled.
template <venue_curve Curve>
[[nodiscard]] constexpr quote quote_out(const Curve& c, double amount) noexcept {
    const double in = c.in(amount);
    if (detail::finite(in)) return {in, amount, 0.0, c.marginal(in).low};
    const double depth = c.depth();
    if (!detail::finite(depth)) return {0.0, 0.0, amount, c.marginal(0.0).low};
    const double out = c.out(depth);
    return {depth, out, amount - out, 0.0};
}

/// A curve of any type, by value: room for 112 bytes, nothing is allocated. What the curve itself refers to (a book's levels, a pool) has to
/// outlive it. Without a curve it takes nothing and gives nothing.
class any_curve {
public:
    static constexpr std::size_t room = 112;  ///< bytes of a curve that fits

    constexpr any_curve() noexcept = default;
    /// Copies the curve.
    template <venue_curve Curve>
        requires(!std::same_as<Curve, any_curve>)
    any_curve(const Curve& c)
    noexcept : table_{&table_of<Curve>} {
        static_assert(std::is_trivially_copyable_v<Curve> && sizeof(Curve) <= room && alignof(Curve) <= alignof(double),
                      "ballast: venue::any_curve takes curves that can be copied as bytes, of 112 bytes at the most; keep a pointer to the "
                      "pool in it");
        ::new (static_cast<void*>(bytes_)) Curve(c);
    }

    /// As the curve has them.
    /// @{
    [[nodiscard]] double out(double x) const noexcept { return table_ == nullptr ? 0.0 : table_->out(bytes_, x); }
    [[nodiscard]] double in(double y) const noexcept {
        if (table_ == nullptr) return y == 0.0 ? 0.0 : std::numeric_limits<double>::infinity();
        return table_->in(bytes_, y);
    }
    [[nodiscard]] slope_interval marginal(double x) const noexcept {
        if (table_ == nullptr) return {0.0, std::numeric_limits<double>::infinity()};
        return table_->marginal(bytes_, x);
    }
    [[nodiscard]] amount_interval inverse_marginal(double p) const noexcept {
        return table_ == nullptr ? amount_interval{} : table_->inverse_marginal(bytes_, p);
    }
    [[nodiscard]] double depth() const noexcept { return table_ == nullptr ? 0.0 : table_->depth(bytes_); }
    [[nodiscard]] double shortfall(double x) const noexcept { return table_ == nullptr ? 0.0 : table_->shortfall(bytes_, x); }
    [[nodiscard]] double excess(double y) const noexcept { return table_ == nullptr ? in(y) : table_->excess(bytes_, y); }
    /// @}

private:
    struct table {
        double (*out)(const void*, double) noexcept;
        double (*in)(const void*, double) noexcept;
        slope_interval (*marginal)(const void*, double) noexcept;
        amount_interval (*inverse_marginal)(const void*, double) noexcept;
        double (*depth)(const void*) noexcept;
        double (*shortfall)(const void*, double) noexcept;
        double (*excess)(const void*, double) noexcept;
    };
    template <class Curve>
    [[nodiscard]] static const Curve& as(const void* bytes) noexcept {
        return *std::launder(static_cast<const Curve*>(bytes));
    }
    template <class Curve>
    static constexpr table table_of{
        [](const void* c, double x) noexcept { return as<Curve>(c).out(x); },
        [](const void* c, double y) noexcept { return as<Curve>(c).in(y); },
        [](const void* c, double x) noexcept { return as<Curve>(c).marginal(x); },
        [](const void* c, double p) noexcept { return as<Curve>(c).inverse_marginal(p); },
        [](const void* c) noexcept { return as<Curve>(c).depth(); },
        [](const void* c, double x) noexcept { return venue::shortfall(as<Curve>(c), x); },
        [](const void* c, double y) noexcept { return venue::excess(as<Curve>(c), y); },
    };

    alignas(double) std::byte bytes_[room]{};
    const table* table_ = nullptr;
};

/// A curve that lies elsewhere and outlives this: eight bytes, for curves that are made of others.
template <class Curve = any_curve>
class curve_ref {
public:
    static_assert(venue_curve<Curve>, "ballast: venue::curve_ref refers to a curve");

    /// To this one.
    constexpr explicit curve_ref(const Curve& c) noexcept : to_{&c} {}

    /// As the curve has them.
    /// @{
    [[nodiscard]] constexpr double out(double x) const noexcept { return to_->out(x); }
    [[nodiscard]] constexpr double in(double y) const noexcept { return to_->in(y); }
    [[nodiscard]] constexpr slope_interval marginal(double x) const noexcept { return to_->marginal(x); }
    [[nodiscard]] constexpr amount_interval inverse_marginal(double p) const noexcept { return to_->inverse_marginal(p); }
    [[nodiscard]] constexpr double depth() const noexcept { return to_->depth(); }
    [[nodiscard]] constexpr double shortfall(double x) const noexcept { return venue::shortfall(*to_, x); }
    [[nodiscard]] constexpr double excess(double y) const noexcept { return venue::excess(*to_, y); }
    /// @}

private:
    const Curve* to_;
};

/// Where one asset is sold and bought for the base currency: a pool, a book, a split over several.
struct market {
    static constexpr std::uint64_t unnamed = 0;  ///< of a venue that nobody else uses

    any_curve sell{};               ///< the asset in, base currency out; without a curve there is no selling
    any_curve buy{};                ///< base currency in, the asset out; without a curve there is no buying
    std::uint64_t venue = unnamed;  ///< which venue it is, so that no two assets trade through the same one
};

}  // namespace ballast::inline v0::venue
