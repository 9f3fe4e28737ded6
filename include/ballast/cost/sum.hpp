/// Several costs at once.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <type_traits>
#include <utility>

#include "../core/memory.hpp"
#include "../detail/pack.hpp"
#include "concept.hpp"
#include "detail/cost_ref.hpp"
#include "detail/sum_parts.hpp"

namespace ballast::inline v0::detail {

/// The sum of any bound costs.
template <class... Views>
struct any_sum_view {
    pack<Views...> parts;

    constexpr explicit any_sum_view(Views... views) noexcept : parts{std::move(views)...} {}
    [[nodiscard]] constexpr double cost(std::size_t i, double x) const noexcept {
        double c = 0.0;
        for_each(parts, [&](const auto& part) { c += part.cost(i, x); });
        return c;
    }
    [[nodiscard]] constexpr slope_interval marginal(std::size_t i, double x) const noexcept {
        slope_interval s;
        for_each(parts, [&](const auto& part) {
            const slope_interval of_part = part.marginal(i, x);
            s.low += of_part.low;
            s.high += of_part.high;
        });
        return s;
    }
    [[nodiscard]] constexpr double jump(std::size_t i) const noexcept {
        double j = 0.0;
        for_each(parts, [&](const auto& part) { j += jump_of(part, i); });
        return j;
    }
};

/// A sum that tells what is paid once for all orders.
template <class Parts>
[[nodiscard]] constexpr double batch_of_all(const Parts& parts) noexcept {
    double b = 0.0;
    for_each(parts, [&](const auto& part) { b += batch_of(part); });
    return b;
}

/// The sum of linear ones is linear.
template <template <class> class Base, class... Views>
struct linear_sum_view : Base<linear_sum_view<Base, Views...>> {
    pack<Views...> parts;

    constexpr explicit linear_sum_view(Views... views) noexcept : parts{std::move(views)...} {}
    [[nodiscard]] constexpr linear_cost linear(std::size_t i) const noexcept {
        linear_cost c;
        for_each(parts, [&](const auto& part) { c = c + part.linear(i); });
        return c;
    }
    [[nodiscard]] constexpr bool uniform() const noexcept {
        bool all = true;
        for_each(parts, [&](const auto& part) { all = all && uniform_of(part); });
        return all;
    }
};

/// Are all of these linear but for one, which answers prices?
template <class... Views>
[[nodiscard]] consteval bool one_answers_beside_rates() noexcept {
    return ((linear_bound_cost<Views> || responsive_cost<Views>)&&...) && (std::size_t{!linear_bound_cost<Views>} + ...) == 1;
}

/// The sum of linear ones and one that answers prices.
template <class... Views>
struct rates_sum_view : any_sum_view<Views...> {
    using any_sum_view<Views...>::any_sum_view;

    [[nodiscard]] constexpr response respond(std::size_t i, double price, double curvature, double centre, double lo,
                                             double hi) const noexcept {
        linear_cost rates;
        for_each(this->parts, [&](const auto& part) {
            if constexpr (linear_bound_cost<std::remove_cvref_t<decltype(part)>>) rates = rates + part.linear(i);
        });
        const auto& other = detail::get<other_part()>(this->parts);
        return respond_beside_rates(
            rates, other.marginal(i, 0.0), price, curvature, centre, lo, hi,
            [&](double p, double low, double high) noexcept { return other.respond(i, p, curvature, centre, low, high); });
    }

private:
    [[nodiscard]] static consteval std::size_t other_part() noexcept {
        const bool linear[] = {linear_bound_cost<Views>...};
        std::size_t k = 0;
        while (linear[k]) ++k;
        return k;
    }
};

template <bool Linear, bool Convex, class... Views>
struct sum_view {
    using type = any_sum_view<Views...>;
};
template <class... Views>
    requires(one_answers_beside_rates<Views...>())
struct sum_view<false, true, Views...> {
    using type = rates_sum_view<Views...>;
};
template <class... Views>
struct sum_view<true, false, Views...> {
    using type = linear_sum_view<linear_view, Views...>;
};
template <class... Views>
struct sum_view<true, true, Views...> {
    using type = linear_sum_view<convex_linear_view, Views...>;
};

/// A view, and the shape that its model has to the compiler.
template <cost_shape Shape, class View>
struct shaped_view {
    using view = View;
    static constexpr cost_shape shape = Shape;
    [[nodiscard]] static constexpr cost_traits traits(const View& v) noexcept {
        if constexpr (told_at_run_time<View>)
            return v.runtime_traits();
        else
            return {Shape, linear_bound_cost<View>, responsive_cost<View>};
    }
};

/// A sum of which some parts tell at run time what they can: so does the sum, and does what it would had they told the compiler.
template <class... Shaped>
class told_sum_view : public any_sum_view<typename Shaped::view...> {
    using base = any_sum_view<typename Shaped::view...>;
    static constexpr bool may_be_linear = (with_linear<typename Shaped::view> && ...);

public:
    constexpr explicit told_sum_view(typename Shaped::view... views) noexcept : base{std::move(views)...} {
        traits_of_sum all;
        each([&](const auto&, const cost_traits& of_part) { all.add(of_part); });
        traits_ = all.value();
    }
    [[nodiscard]] constexpr double cost(std::size_t i, double x) const noexcept {
        if constexpr (may_be_linear)
            if (traits_.linear) return linear(i).cost(x);
        return base::cost(i, x);
    }
    [[nodiscard]] constexpr slope_interval marginal(std::size_t i, double x) const noexcept {
        if constexpr (may_be_linear)
            if (traits_.linear) return linear(i).marginal(x);
        return base::marginal(i, x);
    }
    /// Only where the traits say so.
    /// @{
    [[nodiscard]] constexpr linear_cost linear(std::size_t i) const noexcept requires may_be_linear { return rates(i); }
    [[nodiscard]] constexpr response respond(std::size_t i, double price, double curvature, double centre, double lo,
                                             double hi) const noexcept
        requires((with_linear<typename Shaped::view> || with_respond<typename Shaped::view>)&&...) {
        const linear_cost beside = rates(i);
        if (traits_.linear) return beside.respond(price, curvature, centre, lo, hi);
        response r;
        each([&](const auto& part, const cost_traits& of_part) {
            if constexpr (with_respond<std::remove_cvref_t<decltype(part)>>)
                if (!of_part.linear)
                    r = respond_beside_rates(
                        beside, part.marginal(i, 0.0), price, curvature, centre, lo, hi,
                        [&](double p, double low, double high) noexcept { return part.respond(i, p, curvature, centre, low, high); });
        });
        return r;
    }
    /// @}
    [[nodiscard]] constexpr cost_traits runtime_traits() const noexcept { return traits_; }

private:
    /// f(each part, its traits).
    template <class F>
    constexpr void each(F&& f) const noexcept {
        [&]<std::size_t... Is>(std::index_sequence<Is...>) {
            (f(detail::get<Is>(this->parts), Shaped::traits(detail::get<Is>(this->parts))), ...);
        }
        (std::index_sequence_for<Shaped...>{});
    }
    /// Of the parts that are linear.
    [[nodiscard]] constexpr linear_cost rates(std::size_t i) const noexcept {
        linear_cost all;
        each([&](const auto& part, const cost_traits& of_part) {
            if constexpr (with_linear<std::remove_cvref_t<decltype(part)>>)
                if (of_part.linear) all = all + part.linear(i);
        });
        return all;
    }

    cost_traits traits_{};
};

/// The worst shape of several.
[[nodiscard]] consteval cost_shape worst_shape(std::initializer_list<cost_shape> of) noexcept {
    cost_shape worst = cost_shape::convex;
    for (const cost_shape s : of)
        if (s > worst) worst = s;
    return worst;
}

/// The view of a sum, by what the views of its parts can do.
template <class... Shaped>
struct view_of_shaped {
    static constexpr bool told = (told_at_run_time<typename Shaped::view> || ...);
    static constexpr bool linear = (linear_bound_cost<typename Shaped::view> && ...);
    static constexpr bool convex = worst_shape({Shaped::shape...}) == cost_shape::convex;
    using type = std::conditional_t<told, std::type_identity<told_sum_view<Shaped...>>, sum_view<linear, convex, typename Shaped::view...>>;
};
template <class... Shaped>
using sum_of_shaped = typename view_of_shaped<Shaped...>::type::type;

/// Of a sum what is paid, with the shape that it has.
template <class... Parts>
struct paid_sum_view : sum_of_shaped<shaped_view<shape_of<paid_type<bound<Parts>>>(), paid_type<bound<Parts>>>...> {
    using base = sum_of_shaped<shaped_view<shape_of<paid_type<bound<Parts>>>(), paid_type<bound<Parts>>>...>;
    using base::base;
    static constexpr cost_shape shape = worst_shape({shape_of<paid_type<bound<Parts>>>()...});
};

/// A sum of which not all is paid with the order.
template <class Base, class... Parts>
struct partly_paid_sum_view : Base {
    using Base::Base;
    [[nodiscard]] constexpr paid_sum_view<Parts...> paid() const noexcept { return paid_parts(std::index_sequence_for<Parts...>{}); }

private:
    template <class Part, class View>
    [[nodiscard]] static constexpr paid_type<bound<Part>> paid_part(const View& v) noexcept {
        if constexpr (partly_paid_cost<View>)
            return v.paid();
        else
            return bound<Part>{v};
    }
    template <std::size_t... Is>
    [[nodiscard]] constexpr paid_sum_view<Parts...> paid_parts(std::index_sequence<Is...>) const noexcept {
        return paid_sum_view<Parts...>{paid_part<Parts>(detail::get<Is>(this->parts))...};
    }
};

/// A sum of which a part is paid once for all orders.
template <class Base>
struct batched_sum_view : Base {
    using Base::Base;
    [[nodiscard]] constexpr double batch() const noexcept { return batch_of_all(this->parts); }
};

template <class... Parts>
struct view_of_sum {
    using plain = sum_of_shaped<shaped_view<Parts::shape, bound_cost_of<Parts>>...>;
    static consteval auto pick() noexcept {
        constexpr bool partly = (partly_paid_cost<bound_cost_of<Parts>> || ...);
        constexpr bool batched = (batched_cost<bound_cost_of<Parts>> || ...);
        if constexpr (partly && batched)
            return std::type_identity<batched_sum_view<partly_paid_sum_view<plain, Parts...>>>{};
        else if constexpr (partly)
            return std::type_identity<partly_paid_sum_view<plain, Parts...>>{};
        else if constexpr (batched)
            return std::type_identity<batched_sum_view<plain>>{};
        else
            return std::type_identity<plain>{};
    }
    using type = typename decltype(pick())::type;
};
}  // namespace ballast::inline v0::detail

namespace ballast::inline v0::cost {

/// The sum of its parts: `sum{fixed{.amount = 1.0}, proportional{.rate = 10_bps}}`. Linear where all parts are; convex where all parts are; where one
/// is of general shape so is the sum. Convex, it answers prices where all parts are linear but for at most one, which answers them.
/// Where the shape of a part is known at run time only, the object and its views tell.
template <class... Parts>
class sum {
public:
    static_assert(sizeof...(Parts) > 0, "ballast: cost::sum needs at least one part; cost::zero costs nothing");
    static_assert((cost_model<Parts> && ...), "ballast: every part of cost::sum must be a cost model");

    constexpr sum() = default;
    /// The sum of these.
    constexpr explicit sum(Parts... parts) : parts_{std::move(parts)...} {}

    static constexpr const char* name = "sum";
    static constexpr cost_shape shape = ((Parts::shape == cost_shape::general) || ...)             ? cost_shape::general
                                        : ((Parts::shape == cost_shape::fixed_plus_convex) || ...) ? cost_shape::fixed_plus_convex
                                                                                                   : cost_shape::convex;

    /// Bound to a look: linear and responsive where the parts allow it, and partly paid or with a part for the batch where one of them is.
    using view = typename detail::view_of_sum<Parts...>::type;

    [[nodiscard]] constexpr view bind(const look& l) const noexcept { return bind_parts(l, std::index_sequence_for<Parts...>{}); }
    /// Where parts tell at run time what they can, so does the sum.
    [[nodiscard]] constexpr cost_traits runtime_traits() const noexcept requires(detail::told_at_run_time<Parts> || ...) {
        detail::traits_of_sum all;
        detail::for_each(parts_, [&](const auto& part) { all.add(detail::traits_of(part)); });
        return all.value();
    }
    /// What it is the sum of.
    [[nodiscard]] constexpr const detail::pack<Parts...>& parts() const noexcept { return parts_; }
    [[nodiscard]] fault check(const look& l) const noexcept {
        fault first;
        detail::for_each(parts_, [&](const auto& part) {
            if (!first) first = detail::check_call(part, l);
        });
        return first;
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept {
        bool all = true;
        detail::for_each(parts_, [&](const auto& part) { all = all && detail::covers(part, n); });
        return all;
    }
    [[nodiscard]] configuration_fault validate() const {
        configuration_fault f;
        detail::for_each(parts_, [&](const auto& part) {
            if (!f) f = detail::validate(part);
        });
        return f;
    }

private:
    template <std::size_t... Is>
    [[nodiscard]] constexpr view bind_parts(const look& l, std::index_sequence<Is...>) const noexcept {
        return view{detail::get<Is>(parts_).bind(l)...};
    }

    detail::pack<Parts...> parts_{};
};
template <class... Parts>
sum(Parts...) -> sum<Parts...>;

}  // namespace ballast::inline v0::cost
