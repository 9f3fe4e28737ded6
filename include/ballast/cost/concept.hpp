/// Cost models: what acting costs, in base currency, for a signed notional.
///
/// | expression                    | required | meaning                                                                         |
/// |-------------------------------|----------|---------------------------------------------------------------------------------|
/// | `static constexpr shape`      | yes      | `cost_shape`: what solvers may assume of the cost of one asset                   |
/// | `m.bind(look)`                | yes      | a view for one look; cheap, allocates nothing; `noexcept`                        |
/// | `v.cost(i, x)`                | yes      | cost of trading notional x of asset i; x > 0 buys; 0 at x = 0; below 0: a rebate |
/// | `v.marginal(i, x)`            | yes      | the slopes of the cost at x, per unit of x: one number where it is smooth, those of both sides and all between at a kink, those of the convex rest at the jump at 0 |
/// | `v.respond(i, p, k, c, lo, hi)` | no     | the x in lo..hi that minimises cost(i, x) + k/2·(x − c)² − p·x; for convex shapes. Without it solvers search the slopes |
/// | `v.linear(i)`                 | no       | `linear_cost` where the cost is exactly fixed + buy·x⁺ + sell·x⁻                 |
/// | `v.uniform()`                 | no       | beside `linear`: true where it is the same for every asset                        |
/// | `v.jump(i)`                   | no       | the fixed part: the limit of cost(i, x) as x goes to 0, for buys and sells alike; without it solvers ask for the cost of next to nothing |
/// | `v.paid()`                    | no       | the bound cost of what is paid in cash with the order, where that is not all of it: cash and the wealth that is left go by it, weighing goes by the whole. It has no `paid()` of its own |
/// | `v.batch()`                   | no       | paid once for a list of orders, whatever is in it, in base currency; at or above 0 and no part of `cost`  |
/// | `m.runtime_traits()`          | no       | `cost_traits`, where only the object knows them: `shape` is then `general`, and its views tell too |
/// | `m.validate()`                | no       | `configuration_fault`                                                           |
/// | `m.check(look)`               | no       | a fault where it can not price what this call may trade: the decision is rejected |
/// | `m.covers(n)`                 | no       | false where a list of parameters does not have n entries                         |
///
/// The members of a view are `const noexcept`. Notionals and costs are in base currency; asset indices are below the look's `assets()`.
///
/// Models here: zero, proportional, half_spread, per_unit, fixed, tiered, maker_taker, linear_impact, square_root_impact, power_impact,
/// almgren, volume_share, gas, latency, holding, sandwich, minimum, maximum, rounded, rebate, sum; and venue::at_venue. The smallest legal one is examples/custom/cost_model.cpp.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "../core/look.hpp"
#include "../detail/named.hpp"

namespace ballast::inline v0 {

/// What the cost of one asset looks like as a function of the notional.
enum class cost_shape : std::uint8_t {
    convex,             ///< convex, and continuous at 0
    fixed_plus_convex,  ///< jump·[x ≠ 0] + a convex rest that is 0 at 0; jump at or above 0
    general,            ///< anything that is 0 at 0
};

/// Slopes from `low` to `high`: one number where the cost is smooth.
struct slope_interval {
    /// Per unit of notional.
    /// @{
    double low = 0.0;
    double high = 0.0;
    /// @}
};

/// An asset's best answer to a price. It never falls when the price rises.
struct response {
    double x = 0.0;         ///< signed notional; infinite where nothing bounds it
    double slope = 0.0;     ///< dx/dprice; 0 on a bound or a kink, and without curvature, where the answer jumps
    std::int8_t piece = 0;  ///< −2 at `lo`, −1 selling, 0 not trading, 1 buying, 2 at `hi`
};

/// fixed·[x ≠ 0] + buy·max(x, 0) + sell·max(−x, 0): the form of most fees. Adding costs adds the three numbers.
struct linear_cost {
    /// An amount, and rates of the notional of buys and of sells.
    /// @{
    double fixed = 0.0;
    double buy = 0.0;
    double sell = 0.0;
    /// @}

    /// Both costs together.
    friend constexpr linear_cost operator+(const linear_cost& a, const linear_cost& b) noexcept {
        return {a.fixed + b.fixed, a.buy + b.buy, a.sell + b.sell};
    }
    /// The cost of a signed notional.
    [[nodiscard]] constexpr double cost(double x) const noexcept { return x == 0.0 ? 0.0 : fixed + (x > 0.0 ? buy * x : -sell * x); }
    /// The slopes at a signed notional; at 0 those of both sides and all between.
    [[nodiscard]] constexpr slope_interval marginal(double x) const noexcept {
        if (x > 0.0) return {buy, buy};
        if (x < 0.0) return {-sell, -sell};
        return {-sell, buy};
    }

    /// Minimises buy·x⁺ + sell·x⁻ + curvature/2·(x − centre)² − price·x over lo..hi; the fixed part is left out. Needs buy + sell ≥ 0,
    /// curvature ≥ 0, finite price and centre, and lo ≤ hi, which may be infinite. Without curvature the answer is 0 or a bound: the one in the
    /// direction in which trading pays, ±infinity where there is none (so the caller has to bound something); of equally good answers it is the
    /// smallest trade. The piece is that of a bound where the bound stops it or it ends just there; not trading within the bounds is piece 0. O(1).
    [[nodiscard]] constexpr response respond(double price, double curvature, double centre, double lo, double hi) const noexcept {
        response r;
        if (curvature > 0.0) {
            const double as_buyer = centre + (price - buy) / curvature;
            const double as_seller = centre + (price + sell) / curvature;
            if (as_buyer > 0.0)
                r = {as_buyer, 1.0 / curvature, 1};
            else if (as_seller < 0.0)
                r = {as_seller, 1.0 / curvature, -1};
        } else if (price > buy) {
            r = {hi, 0.0, 2};
        } else if (price < -sell) {
            r = {lo, 0.0, -2};
        }
        if (r.x <= lo && (r.x < lo || r.piece != 0)) return {lo, 0.0, -2};
        if (r.x >= hi && (r.x > hi || r.piece != 0)) return {hi, 0.0, 2};
        return r;
    }
};

/// What `bind` of a cost model must give: the cost, and its slopes.
template <class View>
concept bound_cost = requires(const View& v, std::size_t i, double x) {
    { v.cost(i, x) }
    noexcept->std::convertible_to<double>;
    { v.marginal(i, x) }
    noexcept->std::same_as<slope_interval>;
};

namespace detail {
/// Only what is known when the program is compiled can be its argument.
template <cost_shape>
struct constant_shape;
}  // namespace detail

/// What a cost model must have: a shape, and a view for each look. The table at the top of this header says what else it may have.
template <class Model>
concept cost_model = requires(const Model& m, const look& l) {
    typename detail::constant_shape<Model::shape>;
    { m.bind(l) }
    noexcept->bound_cost;
};

/// What a solver may know of a bound cost before it asks for a number.
struct cost_traits {
    cost_shape shape = cost_shape::general;  ///< of the cost of one asset
    bool linear = false;                     ///< `linear(i)` is there
    bool responsive = false;                 ///< `respond(...)` is there
};

namespace detail {
template <class T>
concept told_at_run_time = requires(const T& t) {
    { t.runtime_traits() }
    noexcept->std::same_as<cost_traits>;
};
}  // namespace detail

/// A bound cost that is exactly linear on both sides.
template <class View>
concept linear_bound_cost = !detail::told_at_run_time<View> && requires(const View& v, std::size_t i) {
    { v.linear(i) }
    noexcept->std::same_as<linear_cost>;
};

/// A bound cost that tells whether `linear(i)` is the same for all assets.
template <class View>
concept uniform_bound_cost = linear_bound_cost<View> && requires(const View& v) {
    { v.uniform() }
    noexcept->std::same_as<bool>;
};

/// A bound cost that answers a price in closed form.
template <class View>
concept responsive_cost = !detail::told_at_run_time<View> && requires(const View& v, std::size_t i, double x) {
    { v.respond(i, x, x, x, x, x) }
    noexcept->std::same_as<response>;
};

/// What `bind` gives.
template <cost_model Model>
using bound_cost_of = decltype(std::declval<const Model&>().bind(std::declval<const look&>()));

/// A bound cost that knows its fixed part.
template <class View>
concept jumping_cost = requires(const View& v, std::size_t i) {
    { v.jump(i) }
    noexcept->std::same_as<double>;
};

/// A bound cost of which not all is paid with the order: `paid()` is what is.
template <class View>
concept partly_paid_cost = requires(const View& v) {
    { v.paid() }
    noexcept->bound_cost;
};

/// A bound cost with a part that is paid once for a list of orders.
template <class View>
concept batched_cost = requires(const View& v) {
    { v.batch() }
    noexcept->std::same_as<double>;
};

/// A cost model that looks at each call before it prices it.
template <class Model>
concept checking_cost = requires(const Model& m, const look& l) {
    { m.check(l) }
    noexcept->std::same_as<fault>;
};

/// What solvers and sizing are handed: the view of one look, which also knows its model's shape.
template <class Model>
struct bound : bound_cost_of<Model> {
    static constexpr cost_shape shape = Model::shape;
    /// Takes what `bind` gave.
    constexpr explicit bound(bound_cost_of<Model> of_look) noexcept : bound_cost_of<Model>(std::move(of_look)) {}
};

namespace detail {
/// All that a linear model has to give is `linear(i)`; this base makes the rest of it.
template <class Derived>
struct linear_view {
    [[nodiscard]] constexpr double cost(std::size_t i, double x) const noexcept { return self().linear(i).cost(x); }
    [[nodiscard]] constexpr slope_interval marginal(std::size_t i, double x) const noexcept { return self().linear(i).marginal(x); }
    [[nodiscard]] constexpr double jump(std::size_t i) const noexcept { return self().linear(i).fixed; }

private:
    [[nodiscard]] constexpr const Derived& self() const noexcept { return static_cast<const Derived&>(*this); }
};

/// The same for models without a fixed part, which answer prices as well.
template <class Derived>
struct convex_linear_view : linear_view<Derived> {
    [[nodiscard]] constexpr response respond(std::size_t i, double price, double curvature, double centre, double lo,
                                             double hi) const noexcept {
        return static_cast<const Derived&>(*this).linear(i).respond(price, curvature, centre, lo, hi);
    }
};

template <class View>
concept with_shape = requires {
    { View::shape } -> std::convertible_to<cost_shape>;
};
/// The shape of a bound cost; a view that does not tell may be anything.
template <class View>
[[nodiscard]] consteval cost_shape shape_of() noexcept {
    if constexpr (with_shape<View>)
        return View::shape;
    else
        return cost_shape::general;
}

/// The shape of this very bound cost: erased ones, and those made of them, tell it at run time.
template <bound_cost View>
[[nodiscard]] constexpr cost_shape shape_of(const View& v) noexcept {
    if constexpr (told_at_run_time<View>)
        return v.runtime_traits().shape;
    else
        return shape_of<View>();
}

/// A trade of next to nothing.
inline constexpr double next_to_nothing = 1e-280;

/// The fixed part of a bound cost: what it tells, or else the cost of a trade of next to nothing.
template <bound_cost View>
[[nodiscard]] constexpr double jump_of(const View& v, std::size_t i) noexcept {
    if constexpr (jumping_cost<View>)
        return v.jump(i);
    else
        return v.cost(i, next_to_nothing);
}

/// What is paid of a bound cost: the cost itself, or what it tells.
template <bound_cost View>
[[nodiscard]] constexpr decltype(auto) paid_of(const View& v) noexcept {
    if constexpr (partly_paid_cost<View>)
        return v.paid();
    else
        return (v);
}
/// The type of that.
template <bound_cost View>
using paid_type = std::remove_cvref_t<decltype(paid_of(std::declval<const View&>()))>;

/// Why the model can not price this call, if so.
template <class Model>
[[nodiscard]] constexpr fault check_call(const Model& m, const look& l) noexcept {
    if constexpr (checking_cost<Model>)
        return m.check(l);
    else
        return {};
}

/// What is paid once for a list of orders; 0 where the cost tells of nothing.
template <class View>
[[nodiscard]] constexpr double batch_of(const View& v) noexcept {
    if constexpr (batched_cost<View>)
        return v.batch();
    else
        return 0.0;
}

/// Nothing is paid with the order.
struct nothing_paid : convex_linear_view<nothing_paid> {
    static constexpr cost_shape shape = cost_shape::convex;
    [[nodiscard]] constexpr linear_cost linear(std::size_t) const noexcept { return {}; }
    [[nodiscard]] constexpr bool uniform() const noexcept { return true; }
};

// Of these two names a wrapper has members that are there for some of its parts only.
template <class View>
concept has_paid = requires {
    &View::paid;
};
template <class View>
concept has_batch = requires {
    &View::batch;
};

/// The sentences for members of a view that have an optional name but another signature.
template <cost_model Model>
consteval bool check_cost() {
    using view = bound_cost_of<Model>;
    static_assert(!names_linear<view> || told_at_run_time<view> || linear_bound_cost<view>,
                  "ballast: the view of this cost model has a member `linear`, but not `linear_cost linear(std::size_t) const noexcept`");
    static_assert(
        !names_respond<view> || told_at_run_time<view> || responsive_cost<view>,
        "ballast: the view of this cost model has a member `respond`, but not `response respond(std::size_t, double price, double "
        "curvature, double centre, double lo, double hi) const noexcept`");
    static_assert(!names_uniform<view> || told_at_run_time<view> || uniform_bound_cost<view>,
                  "ballast: the view of this cost model has a member `uniform`, but not `bool uniform() const noexcept` beside `linear`");
    static_assert(!names_jump<view> || jumping_cost<view>,
                  "ballast: the view of this cost model has a member `jump`, but not `double jump(std::size_t) const noexcept`");
    static_assert(!names_check<Model> || checking_cost<Model>,
                  "ballast: this cost model has a member `check`, but not `fault check(const look&) const noexcept`");
    static_assert(!has_paid<view> || partly_paid_cost<view>,
                  "ballast: the view of this cost model has a member `paid`, but not `paid() const noexcept` that gives a bound cost");
    static_assert(!partly_paid_cost<paid_type<view>>, "ballast: what `paid()` of a bound cost gives must not have a `paid()` of its own");
    static_assert(!has_batch<view> || batched_cost<view>,
                  "ballast: the view of this cost model has a member `batch`, but not `double batch() const noexcept`");
    return true;
}

template <class View>
[[nodiscard]] consteval cost_traits traits_of_view() noexcept {
    return {shape_of<View>(), linear_bound_cost<View>, responsive_cost<View>};
}
/// What this very model's views can do: erased ones, and those made of them, tell it at run time.
template <cost_model Model>
[[nodiscard]] constexpr cost_traits traits_of(const Model& m) noexcept {
    if constexpr (told_at_run_time<Model>)
        return m.runtime_traits();
    else
        return traits_of_view<bound<Model>>();
}

/// Is `linear(i)` known to be the same for all assets?
template <linear_bound_cost View>
[[nodiscard]] constexpr bool uniform_of(const View& v) noexcept {
    if constexpr (uniform_bound_cost<View>)
        return v.uniform();
    else
        return false;
}

constexpr bool not_an_amount(double x) noexcept { return !(x >= 0.0) || x > 1e300; }
}  // namespace detail

}  // namespace ballast::inline v0
