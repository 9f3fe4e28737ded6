/// A bound cost of any type behind two pointers, and back again to a type whose traits are static.
///
/// Solvers are compiled for what a view can do (`linear_bound_cost`, `responsive_cost`, its shape). Where that is known at run time only,
/// `with_exact_traits` calls the solver with one of six types that have those traits statically, so that it does what it would have done
/// with the model itself, to the bit. Traits that go together in none of the six are given up from the right: a `respond` beside a fixed
/// part, both in the general shape.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include "../concept.hpp"

namespace ballast::inline v0::detail {

template <class View>
concept with_linear = requires(const View& v, std::size_t i) {
    { v.linear(i) }
    noexcept->std::same_as<linear_cost>;
};
template <class View>
concept with_respond = requires(const View& v, std::size_t i, double x) {
    { v.respond(i, x, x, x, x, x) }
    noexcept->std::same_as<response>;
};

/// What can be asked of a bound cost whose type is gone.
struct cost_table {
    double (*cost)(const void*, std::size_t, double) noexcept = nullptr;
    slope_interval (*marginal)(const void*, std::size_t, double) noexcept = nullptr;
    double (*jump)(const void*, std::size_t) noexcept = nullptr;
    linear_cost (*linear)(const void*, std::size_t) noexcept = nullptr;
    response (*respond)(const void*, std::size_t, double, double, double, double, double) noexcept = nullptr;
    double (*batch)(const void*) noexcept = nullptr;
    const cost_table* paid = nullptr;                            ///< of what is paid; none: that is all of it
    cost_traits (*paid_traits)(const void*) noexcept = nullptr;  ///< and its traits
};

/// From something that F makes a bound cost of to what is paid of it.
template <class F>
struct paid_by {
    template <class T>
    static constexpr auto view(const T& v) noexcept {
        return F::view(v).paid();
    }
};
template <class T, class F>
struct paid_table {
    static const cost_table value;
};

/// The table of things of type T, where `f(const T&)` is a bound cost: the thing itself, or what it binds to.
template <class T, class F>
[[nodiscard]] consteval cost_table make_cost_table() noexcept {
    using view = std::remove_cvref_t<decltype(F::view(std::declval<const T&>()))>;
    cost_table t;
    t.cost = [](const void* v, std::size_t i, double x) noexcept -> double { return F::view(*static_cast<const T*>(v)).cost(i, x); };
    t.marginal = [](const void* v, std::size_t i, double x) noexcept { return F::view(*static_cast<const T*>(v)).marginal(i, x); };
    t.jump = [](const void* v, std::size_t i) noexcept { return jump_of(F::view(*static_cast<const T*>(v)), i); };
    if constexpr (with_linear<view>)
        t.linear = [](const void* v, std::size_t i) noexcept { return F::view(*static_cast<const T*>(v)).linear(i); };
    if constexpr (with_respond<view>)
        t.respond = [](const void* v, std::size_t i, double price, double curvature, double centre, double lo, double hi) noexcept {
            return F::view(*static_cast<const T*>(v)).respond(i, price, curvature, centre, lo, hi);
        };
    if constexpr (batched_cost<view>) t.batch = [](const void* v) noexcept { return F::view(*static_cast<const T*>(v)).batch(); };
    if constexpr (partly_paid_cost<view>) {
        t.paid = &paid_table<T, F>::value;
        t.paid_traits = [](const void* v) noexcept {
            const auto paid = F::view(*static_cast<const T*>(v)).paid();
            using of_paid = std::remove_cvref_t<decltype(paid)>;
            if constexpr (told_at_run_time<of_paid>)
                return paid.runtime_traits();
            else
                return traits_of_view<of_paid>();
        };
    }
    return t;
}
template <class T, class F>
inline constexpr cost_table paid_table<T, F>::value = make_cost_table<T, paid_by<F>>();

struct as_is {
    template <class T>
    static constexpr const T& view(const T& v) noexcept {
        return v;
    }
};
template <bound_cost View>
inline constexpr cost_table cost_table_of = make_cost_table<View, as_is>();

/// A bound cost behind two pointers. Does not own it.
class cost_ref {
public:
    constexpr cost_ref(const void* view, const cost_table& table, const cost_traits& traits) noexcept
        : view_{view},
          table_{&table},
          traits_{traits} {}

    [[nodiscard]] double cost(std::size_t i, double x) const noexcept { return table_->cost(view_, i, x); }
    [[nodiscard]] slope_interval marginal(std::size_t i, double x) const noexcept { return table_->marginal(view_, i, x); }
    [[nodiscard]] double jump(std::size_t i) const noexcept { return table_->jump(view_, i); }
    /// Only where the traits say so.
    [[nodiscard]] linear_cost linear(std::size_t i) const noexcept { return table_->linear(view_, i); }
    /// Only where the traits say so, or where it is linear and convex.
    [[nodiscard]] response respond(std::size_t i, double price, double curvature, double centre, double lo, double hi) const noexcept {
        if (!traits_.responsive) return linear(i).respond(price, curvature, centre, lo, hi);
        return table_->respond(view_, i, price, curvature, centre, lo, hi);
    }
    [[nodiscard]] constexpr cost_traits runtime_traits() const noexcept { return traits_; }
    /// What is paid once for a list of orders.
    [[nodiscard]] double batch() const noexcept { return table_->batch != nullptr ? table_->batch(view_) : 0.0; }
    /// Whether all of it is paid with the order.
    [[nodiscard]] bool all_paid() const noexcept { return table_->paid == nullptr; }
    /// What is paid with the order.
    [[nodiscard]] cost_ref paid_part() const noexcept {
        return all_paid() ? *this : cost_ref{view_, *table_->paid, table_->paid_traits(view_)};
    }

private:
    const void* view_;
    const cost_table* table_;
    cost_traits traits_;
};

template <class View>
concept with_ref = requires(const View& v) {
    { v.ref() }
    noexcept->std::same_as<cost_ref>;
};

/// A reference to the view, or what the view itself refers to. Valid as long as the view.
template <bound_cost View>
[[nodiscard]] constexpr cost_ref ref_to(const View& v) noexcept {
    if constexpr (with_ref<View>)
        return v.ref();
    else if constexpr (told_at_run_time<View>)
        return {&v, cost_table_of<View>, v.runtime_traits()};
    else
        return {&v, cost_table_of<View>, traits_of_view<View>()};
}

/// The same with static traits.
template <cost_shape Shape, bool Linear, bool Responsive>
class exact_cost_ref {
public:
    static constexpr cost_shape shape = Shape;

    constexpr explicit exact_cost_ref(const cost_ref& of) noexcept : of_{of} {}

    [[nodiscard]] double cost(std::size_t i, double x) const noexcept { return of_.cost(i, x); }
    [[nodiscard]] slope_interval marginal(std::size_t i, double x) const noexcept { return of_.marginal(i, x); }
    [[nodiscard]] double jump(std::size_t i) const noexcept { return of_.jump(i); }
    [[nodiscard]] linear_cost linear(std::size_t i) const noexcept requires Linear { return of_.linear(i); }
    [[nodiscard]] response respond(std::size_t i, double price, double curvature, double centre, double lo,
                                   double hi) const noexcept requires Responsive {
        return of_.respond(i, price, curvature, centre, lo, hi);
    }
    /// For solvers that weigh costs: the reference itself, which knows what is paid.
    [[nodiscard]] const cost_ref& untyped() const noexcept { return of_; }

private:
    cost_ref of_;
};

/// f(an exact_cost_ref with these traits).
template <class F>
decltype(auto) with_exact_traits(const cost_ref& c, F&& f) {
    const cost_traits t = c.runtime_traits();
    switch (t.shape) {
        case cost_shape::convex:
            if (t.linear) return f(exact_cost_ref<cost_shape::convex, true, true>{c});
            if (t.responsive) return f(exact_cost_ref<cost_shape::convex, false, true>{c});
            return f(exact_cost_ref<cost_shape::convex, false, false>{c});
        case cost_shape::fixed_plus_convex:
            if (t.linear) return f(exact_cost_ref<cost_shape::fixed_plus_convex, true, false>{c});
            return f(exact_cost_ref<cost_shape::fixed_plus_convex, false, false>{c});
        case cost_shape::general: break;
    }
    return f(exact_cost_ref<cost_shape::general, false, false>{c});
}

}  // namespace ballast::inline v0::detail
