/// The words of cost models.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "../../any/cost.hpp"
#include "../../cost/fixed.hpp"
#include "../../cost/half_spread.hpp"
#include "../../cost/maximum.hpp"
#include "../../cost/minimum.hpp"
#include "../../cost/per_unit.hpp"
#include "../../cost/proportional.hpp"
#include "../../cost/sum.hpp"
#include "../../cost/zero.hpp"
#include "vocabulary.hpp"

namespace ballast::inline v0::spec::detail {

template <>
struct vocabulary<cost::zero> : without_parameters<cost::zero> {
    static constexpr const char* summary = "no cost at all";
    static constexpr const char* example = "zero";
};

template <>
struct vocabulary<cost::proportional> : of_aggregate<cost::proportional> {
    static constexpr const char* summary = "a rate of the traded value";
    static constexpr const char* example = "proportional:rate=10bps";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.rate, fraction("rate", "fraction of the notional", "on buys and, unless sell is given, on sells; below 0: a rebate"));
        visit(p.sell, fraction("sell", "fraction of the notional", "on sells"));
    }
};

template <>
struct vocabulary<cost::half_spread> : of_aggregate<cost::half_spread> {
    static constexpr const char* summary = "half of the quoted spread on either side of the mid";
    static constexpr const char* example = "half_spread:spread=4bps";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.spread, fraction("spread", "fraction of the mid", "(ask - bid) / mid, the whole of it"));
    }
};

template <>
struct vocabulary<cost::per_unit> : of_aggregate<cost::per_unit> {
    static constexpr const char* summary = "a fee per share, contract or coin";
    static constexpr const char* example = "per_unit:amount=0.005";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.amount, about{"amount", "base currency per unit", "the fee"});
    }
};

template <>
struct vocabulary<cost::fixed> : of_aggregate<cost::fixed> {
    static constexpr const char* summary = "a fee per order, whatever its size";
    static constexpr const char* example = "fixed:amount=1";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.amount, about{"amount", "base currency per order", "the fee"});
    }
};

/// An erased cost whose shape is known after all, for models that go by the shape of their part.
template <cost_shape Shape>
struct shaped_cost : any_cost {
    static constexpr cost_shape shape = Shape;
    shaped_cost() = default;
    explicit shaped_cost(any_cost c) : any_cost{std::move(c)} {}
};
template <template <class> class Model>
[[nodiscard]] any_cost limited(any_cost inner, double amount) {
    switch (inner.runtime_shape()) {
        case cost_shape::convex: return Model<shaped_cost<cost_shape::convex>>{shaped_cost<cost_shape::convex>{std::move(inner)}, amount};
        case cost_shape::fixed_plus_convex:
            return Model<shaped_cost<cost_shape::fixed_plus_convex>>{shaped_cost<cost_shape::fixed_plus_convex>{std::move(inner)}, amount};
        case cost_shape::general: break;
    }
    return Model<shaped_cost<cost_shape::general>>{shaped_cost<cost_shape::general>{std::move(inner)}, amount};
}

template <class Model>
struct of_limit {
    static constexpr const char* name = Model::name;
    static constexpr std::size_t least_parts = 1;
    static constexpr std::size_t most_parts = 1;
    struct draft {
        double amount = 0.0;
    };
    [[nodiscard]] static draft taken(const Model& m) noexcept { return {m.amount}; }
    template <class F>
    static void each_part(const Model& m, F&& f) {
        f(m.inner);
    }
};

template <class Inner>
struct vocabulary<cost::minimum<Inner>> : of_limit<cost::minimum<Inner>> {
    static constexpr const char* summary = "another cost, but at least so much per order";
    static constexpr const char* example = "minimum:1(proportional:10bps)";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.amount, about{"amount", "base currency per order", "the least"});
    }
    template <class Draft>
    [[nodiscard]] static any_cost make(Draft d, std::vector<any_cost> parts) {
        return limited<cost::minimum>(std::move(parts[0]), d.amount);
    }
};

template <class Inner>
struct vocabulary<cost::maximum<Inner>> : of_limit<cost::maximum<Inner>> {
    static constexpr const char* summary = "another cost, but at most so much per order";
    static constexpr const char* example = "maximum:100(proportional:25bps)";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.amount, about{"amount", "base currency per order", "the most"});
    }
    template <class Draft>
    [[nodiscard]] static any_cost make(Draft d, std::vector<any_cost> parts) {
        return limited<cost::maximum>(std::move(parts[0]), d.amount);
    }
};

template <class... Parts>
struct vocabulary<cost::sum<Parts...>> {
    static constexpr const char* name = cost::sum<Parts...>::name;
    static constexpr const char* summary = "several costs at once";
    static constexpr const char* example = "sum(fixed:1, proportional:10bps)";
    using draft = nothing_to_fill;
    static constexpr std::size_t least_parts = 1;
    static constexpr std::size_t most_parts = description::any_number;
    template <class P, class Visit>
    static void parameters(P&, Visit&&) {}
    [[nodiscard]] static draft taken(const cost::sum<Parts...>&) noexcept { return {}; }
    template <class F>
    static void each_part(const cost::sum<Parts...>& c, F&& f) {
        v0::detail::for_each(c.parts(), f);
    }
    [[nodiscard]] static any_cost make(draft, std::vector<any_cost> parts) { return any_costs{std::move(parts)}; }
};

template <>
struct words_of<any_cost> {
    static constexpr family of = family::cost;
    using list = words<any_cost, cost::zero, cost::proportional, cost::half_spread, cost::per_unit, cost::fixed, cost::minimum<any_cost>,
                       cost::maximum<any_cost>, cost::sum<any_cost>>;
};

}  // namespace ballast::inline v0::spec::detail
