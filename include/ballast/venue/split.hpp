/// One order over many venues: how much goes where, so that the most comes out, or the least goes in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "concept.hpp"
#include "detail/split_fixed.hpp"
#include "detail/split_product.hpp"
#include "detail/split_search.hpp"

namespace ballast::inline v0::venue {

/// How a split ended.
enum class split_status : std::uint8_t {
    solved,        ///< to the last digits; the gap says how close
    unfilled,      ///< the venues can not take, or give, all of it, or, with fixed costs, what is left would not pay its cost
    inexact,       ///< the search had to stop: the gap says how far from the best the answer may be; NaN where a curve answered with none
    bad_amount,    ///< the amount, or a fixed cost, is no number at or above 0: nothing is split
    not_prepared,  ///< more venues than the workspace or the result are prepared for: nothing is split
};

[[nodiscard]] constexpr const char* to_string(split_status s) noexcept {
    switch (s) {
        case split_status::solved: return "solved";
        case split_status::unfilled: return "the venues can not fill all of it";
        case split_status::inexact: return "the search for the best split had to stop";
        case split_status::bad_amount: return "an amount or a fixed cost is not a number at or above zero";
        case split_status::not_prepared: return "not prepared for so many venues";
    }
    return "unknown status";
}

/// Scratch for splits of up to so many venues; one per thread. Only `prepare` allocates. Warm or cold it changes no answer.
class split_workspace {
public:
    /// Room for so many venues.
    void prepare(std::size_t venues) { memory_.prepare(venues); }
    /// How many venues there is room for.
    [[nodiscard]] std::size_t capacity() const noexcept { return memory_.capacity(); }
    /// For the split alone.
    [[nodiscard]] detail::split_memory& memory() noexcept { return memory_; }

private:
    detail::split_memory memory_{};
};

/// The answer, reused from call to call. Only `prepare` allocates.
///
/// Its proof: where the input is given, no split gives more out than `dual`; where the output is given, none needs less in. Without fixed
/// costs the dual is Lagrange's at `price`, reckoned from the sizes above and the price alone, venue after venue: Σ over venues of by how
/// much more each one alone would gain at that price than it does. With fixed costs it is the least bound of the search that is left.
struct split_result {
    /// Venue by venue, in the order of the curves: units of what goes in, and of what comes out.
    /// @{
    std::vector<double> in{};
    std::vector<double> out{};
    /// @}
    double total_in = 0.0;   ///< Σ in: the amount less `unfilled`, where the input is given
    double total_out = 0.0;  ///< Σ out: likewise where the output is given
    double unfilled = 0.0;   ///< of the amount asked for
    double price = 0.0;      ///< the price at which all agree: units out per unit in of a little more; 0 where no more can be had
    double fixed = 0.0;      ///< costs of the venues used
    double primal = 0.0;     ///< total_out − fixed, in units of out; where the output is given total_in + fixed, in units of in
    double dual = 0.0;       ///< the bound
    double gap = 0.0;        ///< |primal − dual|
    split_status status = split_status::not_prepared;  ///< how it ended
    std::uint32_t steps = 0;                           ///< how often all venues were asked for their answer to a price
    std::size_t nodes = 0;                             ///< with fixed costs: how many sets of decisions were looked at

    /// Room for so many venues.
    void prepare(std::size_t venues) {
        in.reserve(venues);
        out.reserve(venues);
    }
};

/// What each use of a venue costs, gas say, whatever the size.
struct split_costs {
    std::span<const double> fixed{};  ///< per venue, in units of out where the input is given, of in otherwise; infinite: not to be used
    std::size_t nodes = 2'000;        ///< how many sets of decisions to look at with more than 20 venues; with fewer there is no limit
};

/// What can be split over: a span, vector or array of curves.
template <class Curves>
concept curve_list = requires(const Curves& c) {
    { std::data(c)[0] } -> venue_curve;
    { std::size(c) } -> std::convertible_to<std::size_t>;
};

}  // namespace ballast::inline v0::venue

namespace ballast::inline v0::detail {
/// Both splits.
template <given_amount Given, class Curve>
venue::split_status split_order(std::span<const Curve> curves, double amount, const venue::split_costs& costs, venue::split_workspace& w,
                                venue::split_result& r) noexcept {
    const std::size_t n = curves.size();
    r.total_in = r.total_out = r.unfilled = r.price = r.fixed = r.primal = r.dual = r.gap = 0.0;
    r.steps = 0;
    r.nodes = 0;
    r.in.clear();
    r.out.clear();
    if (n > w.capacity() || n > r.in.capacity() || n > r.out.capacity()) return r.status = venue::split_status::not_prepared;
    r.in.resize(n);
    r.out.resize(n);
    bool right = amount >= 0.0 && finite(amount) && (costs.fixed.empty() || costs.fixed.size() == n);
    bool free = true;
    for (const double f : costs.fixed) {
        right = right && f >= 0.0;
        free = free && f == 0.0;
    }
    if (!right) return r.status = venue::split_status::bad_amount;
    split_sums s;
    bool complete = true;
    if (free) {
        s = plain_split<Given>(curves, nullptr, amount, w.memory(), {r.in.data(), r.out.data()});
    } else {
        const auto a = split_fixed<Given, Curve>{curves, costs.fixed, amount, w.memory(), {r.in.data(), r.out.data()}}.solve(
            n > 20 ? (costs.nodes > 0 ? costs.nodes : 1) : 0);
        s = a.sums;
        r.fixed = a.fixed;
        r.nodes = a.nodes;
        complete = a.complete;
    }
    constexpr bool by_in = Given == given_amount::in;
    r.total_in = s.in;
    r.total_out = s.out;
    r.unfilled = s.unfilled;
    r.price = s.price;
    r.gap = s.gap;
    r.steps = s.steps;
    r.primal = by_in ? s.out - r.fixed : s.in + r.fixed;
    r.dual = by_in ? r.primal + r.gap : r.primal - r.gap;
    return r.status = !s.exact || !complete ? venue::split_status::inexact
                      : s.unfilled > 0.0    ? venue::split_status::unfilled
                                            : venue::split_status::solved;
}
}  // namespace ballast::inline v0::detail

namespace ballast::inline v0::venue {

/// Splits `amount` of the input over the curves, all from one asset to another, so that the most comes out. Curves of one type, or of a
/// mix of any by way of `any_curve`. Σ in is the amount, to rounding; curves of equal price share what lies at it in proportion to what
/// they have there. What the venues have no depth for is unfilled. An amount of 0 goes nowhere, at the best first price.
///
/// At the answer every venue's next unit is worth the same price, or it is not used and its first unit is worth less, or it is used up:
/// which is found by one search for that price (detail/split_search.hpp), some ten questions to every curve; for constant-product curves
/// (`input_scale()`, `output_scale()`: detail/split_product.hpp) in closed form, O(n log n) at the worst. For curves that are right to
/// rounding the gap is at the most 1e-12·total_out + ε²·R, with ε = 2^-52 and R what the venues hold of the output: sizes are rounded to
/// ε of a pool, where its price is flat. The order of the venues makes no difference beyond rounding. Allocates nothing.
template <curve_list Curves>
split_status split_in(const Curves& curves, double amount, split_workspace& w, split_result& r) noexcept {
    using curve = std::remove_cvref_t<decltype(std::data(curves)[0])>;
    return detail::split_order<detail::given_amount::in>(std::span<const curve>{std::data(curves), std::size(curves)}, amount, {}, w, r);
}
/// With a fixed cost for every venue used: maximises Σ out − Σ costs of the venues used. What would not pay its cost stays unfilled: all
/// of it where no venue pays. Branch and bound over the set of venues; exact (to 1e-13) for up to 20 venues, beyond that until the limit
/// on nodes, and then `inexact` with the gap that is left. Each node asks all venues some thirty times.
template <curve_list Curves>
split_status split_in(const Curves& curves, double amount, const split_costs& costs, split_workspace& w, split_result& r) noexcept {
    using curve = std::remove_cvref_t<decltype(std::data(curves)[0])>;
    return detail::split_order<detail::given_amount::in>(std::span<const curve>{std::data(curves), std::size(curves)}, amount, costs, w, r);
}

/// Splits `amount` of the output over the curves, so that the least goes in: as `split_in` otherwise, with Σ out the amount. Where all
/// venues have a depth and can not give it together, all give what they have; where one has none, and the amount can still not be had (a
/// pool's whole reserve), nothing is traded. The gap is at the most 1e-12·total_in + (4ε·total_out + ε²·R)/price: near a pool's whole
/// reserve rounding of the output alone moves the input.
template <curve_list Curves>
split_status split_out(const Curves& curves, double amount, split_workspace& w, split_result& r) noexcept {
    using curve = std::remove_cvref_t<decltype(std::data(curves)[0])>;
    return detail::split_order<detail::given_amount::out>(std::span<const curve>{std::data(curves), std::size(curves)}, amount, {}, w, r);
}
/// With a fixed cost for every venue used: minimises Σ in + Σ costs of the venues used. The amount has to be had, whatever it costs.
template <curve_list Curves>
split_status split_out(const Curves& curves, double amount, const split_costs& costs, split_workspace& w, split_result& r) noexcept {
    using curve = std::remove_cvref_t<decltype(std::data(curves)[0])>;
    return detail::split_order<detail::given_amount::out>(std::span<const curve>{std::data(curves), std::size(curves)}, amount, costs, w,
                                                          r);
}

}  // namespace ballast::inline v0::venue
