/// Several costs at once.
#pragma once

#include <utility>

#include "../core/memory.hpp"
#include "../detail/pack.hpp"
#include "concept.hpp"

namespace ballast::inline v0::cost {

/// The sum of its parts: `sum{fixed{.amount = 1.0}, proportional{.rate = 10_bps}}`. Linear where all parts are; convex where all parts are.
template <cost_model... Parts>
class sum {
public:
    static_assert(sizeof...(Parts) > 0, "ballast: cost::sum needs at least one part; cost::zero costs nothing");

    constexpr sum() = default;
    constexpr explicit sum(Parts... parts) : parts_{std::move(parts)...} {}

    static constexpr const char* name = "sum";
    static constexpr cost_shape shape = ((Parts::shape == cost_shape::general) || ...)             ? cost_shape::general
                                        : ((Parts::shape == cost_shape::fixed_plus_convex) || ...) ? cost_shape::fixed_plus_convex
                                                                                                   : cost_shape::convex;

    class view {
    public:
        constexpr explicit view(bound_cost_of<Parts>... parts) noexcept : parts_{std::move(parts)...} {}

        [[nodiscard]] constexpr double cost(std::size_t i, double x) const noexcept {
            double c = 0.0;
            detail::for_each(parts_, [&](const auto& part) { c += part.cost(i, x); });
            return c;
        }
        [[nodiscard]] constexpr slope_interval marginal(std::size_t i, double x) const noexcept {
            slope_interval s;
            detail::for_each(parts_, [&](const auto& part) {
                const slope_interval of_part = part.marginal(i, x);
                s.low += of_part.low;
                s.high += of_part.high;
            });
            return s;
        }
        [[nodiscard]] constexpr linear_cost linear(std::size_t i) const noexcept requires(linear_bound_cost<bound_cost_of<Parts>>&&...) {
            linear_cost c;
            detail::for_each(parts_, [&](const auto& part) { c = c + part.linear(i); });
            return c;
        }
        [[nodiscard]] constexpr response respond(std::size_t i, double price, double curvature, double centre, double lo,
                                                 double hi) const noexcept
            requires(shape == cost_shape::convex && (linear_bound_cost<bound_cost_of<Parts>> && ...)) {
            return linear(i).respond(price, curvature, centre, lo, hi);
        }

    private:
        detail::pack<bound_cost_of<Parts>...> parts_;
    };

    [[nodiscard]] constexpr view bind(const look& l) const noexcept { return bind_parts(l, std::index_sequence_for<Parts...>{}); }
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
