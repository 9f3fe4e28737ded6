/// A cost model chosen at run time.
#pragma once

#include <concepts>
#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "../cost/concept.hpp"
#include "../cost/detail/cost_ref.hpp"
#include "../cost/detail/sum_parts.hpp"
#include "detail/model.hpp"

namespace ballast::inline v0 {

namespace detail {
/// Bytes of a bound view that an erased one has room for.
inline constexpr std::size_t view_room = 128;
/// A view is handed about by value.
inline constexpr std::size_t largest_view = 2048;

/// What an empty any_cost is bound to.
struct free_view : convex_linear_view<free_view> {
    [[nodiscard]] constexpr linear_cost linear(std::size_t) const noexcept { return {}; }
};

struct view_buffer {
    alignas(std::max_align_t) std::byte bytes[view_room];
};

struct cost_base : model_base {
    [[nodiscard]] virtual cost_traits traits() const noexcept = 0;
    [[nodiscard]] virtual fault check(const look& l) const noexcept = 0;
    /// Makes the bound view in the buffer and tells how to ask it.
    [[nodiscard]] virtual const cost_table* bind(const look& l, view_buffer& room) const noexcept = 0;
};

/// A view that has no room is bound again for every question: views of models that are made of erased ones.
template <class P>
struct bound_again {
    const P* model;
    const look* of;
};
struct binding {
    template <class P>
    static auto view(const bound_again<P>& v) noexcept {
        return v.model->bind(*v.of);
    }
};
template <class P>
inline constexpr cost_table bound_again_table = make_cost_table<bound_again<P>, binding>();

template <class P>
struct cost_model_of final : model_of<cost_model_of<P>, cost_base, P> {
    using view = bound_cost_of<P>;
    static_assert(sizeof(view) <= largest_view && alignof(view) <= alignof(std::max_align_t),
                  "ballast: the bound view of this cost model is too large to be erased; keep pointers to the model and the look in it");
    static_assert(std::is_trivially_copyable_v<view> && std::is_trivially_destructible_v<view>,
                  "ballast: the bound view of this cost model owns something, and so can not be erased; views are copied as bytes");

    using model_of<cost_model_of<P>, cost_base, P>::model_of;

    [[nodiscard]] cost_traits traits() const noexcept override { return traits_of(this->policy); }
    [[nodiscard]] fault check(const look& l) const noexcept override { return check_call(this->policy, l); }
    [[nodiscard]] const cost_table* bind(const look& l, view_buffer& room) const noexcept override {
        if constexpr (sizeof(view) <= view_room) {
            ::new (static_cast<void*>(room.bytes)) view(this->policy.bind(l));
            return &cost_table_of<view>;
        } else {
            ::new (static_cast<void*>(room.bytes)) bound_again<P>{&this->policy, &l};
            return &bound_again_table<P>;
        }
    }
};
}  // namespace detail

/// Any cost model as a value: `any_cost c = cost::proportional{.rate = 10_bps};`. To the compiler it has the shape `general`; what it has
/// in truth, and whether it is linear and answers prices, it and its views tell at run time, and solvers then do what they would have done
/// with the model itself, to the bit. Copies are deep. One indirect call per number. The bound view of the model stands in the bound view
/// of this one; one of more than 128 bytes is bound anew for every number.
class any_cost : public detail::bases::erased<detail::cost_base> {
public:
    static constexpr const char* name = "any_cost";
    static constexpr cost_shape shape = cost_shape::general;

    /// Empty: to be assigned to. Bound, it costs nothing.
    any_cost() noexcept = default;
    template <class P>
        requires(!std::same_as<P, any_cost> && cost_model<P>)
    any_cost(P model) : erased{new detail::cost_model_of<P>(std::move(model))} {
        static_assert(detail::check_optional_members<P>() && detail::check_cost<P>());
    }

    /// Bound to a look: all of the cost, or what is paid of it.
    class paid_view {
    public:
        [[nodiscard]] double cost(std::size_t i, double x) const noexcept { return table_->cost(room_.bytes, i, x); }
        [[nodiscard]] slope_interval marginal(std::size_t i, double x) const noexcept { return table_->marginal(room_.bytes, i, x); }
        /// That of the model, or what solvers would take for it.
        [[nodiscard]] double jump(std::size_t i) const noexcept { return table_->jump(room_.bytes, i); }
        /// Whether `linear` may be asked.
        [[nodiscard]] bool has_linear() const noexcept { return traits_.linear; }
        /// Only where `has_linear()`.
        [[nodiscard]] linear_cost linear(std::size_t i) const noexcept { return table_->linear(room_.bytes, i); }
        /// Whether `respond` may be asked.
        [[nodiscard]] bool has_respond() const noexcept { return traits_.responsive; }
        /// Only where `has_respond()`.
        [[nodiscard]] response respond(std::size_t i, double price, double curvature, double centre, double lo, double hi) const noexcept {
            return table_->respond(room_.bytes, i, price, curvature, centre, lo, hi);
        }
        [[nodiscard]] cost_shape runtime_shape() const noexcept { return traits_.shape; }
        [[nodiscard]] cost_traits runtime_traits() const noexcept { return traits_; }
        /// For solvers: the view without its type.
        [[nodiscard]] detail::cost_ref ref() const noexcept { return {room_.bytes, *table_, traits_}; }
        /// What is paid once for a list of orders.
        [[nodiscard]] double batch() const noexcept { return ref().batch(); }

    private:
        friend any_cost;
        paid_view() noexcept = default;

        detail::view_buffer room_;
        const detail::cost_table* table_ = nullptr;
        cost_traits traits_{};
    };
    /// All of the cost.
    class view : public paid_view {
    public:
        /// What is paid with the order; all of it where the model knows of nothing else.
        [[nodiscard]] paid_view paid() const noexcept {
            paid_view p = *this;
            if (table_->paid == nullptr) return p;
            p.traits_ = table_->paid_traits(room_.bytes);
            p.table_ = table_->paid;
            return p;
        }

    private:
        friend any_cost;
        view() noexcept = default;
    };

    /// The view refers to this object and to the look.
    [[nodiscard]] view bind(const look& l) const noexcept {
        view v;
        if (model_) {
            v.table_ = model_->bind(l, v.room_);
            v.traits_ = model_->traits();
        } else {
            ::new (static_cast<void*>(v.room_.bytes)) detail::free_view{};
            v.table_ = &detail::cost_table_of<detail::free_view>;
        }
        return v;
    }
    [[nodiscard]] cost_shape runtime_shape() const noexcept { return runtime_traits().shape; }
    /// Whether `linear` may be asked.
    [[nodiscard]] bool has_linear() const noexcept { return runtime_traits().linear; }
    /// Whether `respond` may be asked.
    [[nodiscard]] bool has_respond() const noexcept { return runtime_traits().responsive; }
    [[nodiscard]] cost_traits runtime_traits() const noexcept { return model_ ? model_->traits() : cost_traits{}; }
    /// As the model does.
    [[nodiscard]] fault check(const look& l) const noexcept { return model_ ? model_->check(l) : fault{}; }
    [[nodiscard]] configuration_fault validate() const { return validate_as(name); }
};

/// The sum of a list of costs, for hosts that read the list at run time; to the bit what `cost::sum` of the same parts is:
///
///     any_cost fees = any_costs{{cost::fixed{.amount = 1.0}, cost::proportional{.rate = 10_bps}}};
///
/// A list of none costs nothing. Each part is bound anew for every number: an `any_cost` of a `cost::sum` is quicker where the parts are
/// known.
class any_costs {
public:
    static constexpr const char* name = "any_costs";
    static constexpr cost_shape shape = cost_shape::general;

    any_costs() noexcept = default;
    any_costs(std::vector<any_cost> parts) noexcept : parts_{std::move(parts)} {}

    /// Bound to a look: all of the costs, or what is paid of them.
    class paid_view {
    public:
        [[nodiscard]] double cost(std::size_t i, double x) const noexcept {
            if (traits_.linear) return linear(i).cost(x);
            double c = 0.0;
            for_each_part([&](const any_cost::paid_view& part) { c += part.cost(i, x); });
            return c;
        }
        [[nodiscard]] slope_interval marginal(std::size_t i, double x) const noexcept {
            if (traits_.linear) return linear(i).marginal(x);
            slope_interval s;
            for_each_part([&](const any_cost::paid_view& part) {
                const slope_interval of_part = part.marginal(i, x);
                s.low += of_part.low;
                s.high += of_part.high;
            });
            return s;
        }
        [[nodiscard]] double jump(std::size_t i) const noexcept {
            double j = 0.0;
            for_each_part([&](const any_cost::paid_view& part) { j += part.jump(i); });
            return j;
        }
        [[nodiscard]] linear_cost linear(std::size_t i) const noexcept {
            linear_cost c;
            for_each_part([&](const any_cost::paid_view& part) { c = c + part.linear(i); });
            return c;
        }
        /// Only where the traits say so.
        [[nodiscard]] response respond(std::size_t i, double price, double curvature, double centre, double lo, double hi) const noexcept {
            if (traits_.linear) return linear(i).respond(price, curvature, centre, lo, hi);
            linear_cost rates;
            for_each_part([&](const any_cost::paid_view& part) {
                if (part.has_linear()) rates = rates + part.linear(i);
            });
            response r;
            for_each_part([&](const any_cost::paid_view& part) {
                if (part.has_linear()) return;
                r = detail::respond_beside_rates(
                    rates, part.marginal(i, 0.0), price, curvature, centre, lo, hi,
                    [&](double p, double low, double high) noexcept { return part.respond(i, p, curvature, centre, low, high); });
            });
            return r;
        }
        [[nodiscard]] cost_traits runtime_traits() const noexcept { return traits_; }
        /// What is paid once for a list of orders.
        [[nodiscard]] double batch() const noexcept {
            double b = 0.0;
            for_each_part([&](const any_cost::paid_view& part) { b += part.batch(); });
            return b;
        }

    protected:
        /// As they are; or, `paid`, what is paid of them.
        paid_view(const any_costs& of, const look& l, bool paid) noexcept : of_{&of}, look_{&l}, paid_{paid} {
            traits_ =
                !paid ? of.runtime_traits()
                      : sum_of_traits([&](auto&& f) { for_each_part([&](const any_cost::paid_view& part) { f(part.runtime_traits()); }); });
        }
        /// f(each part, bound).
        template <class F>
        void for_each_part(F&& f) const {
            for (const any_cost& part : of_->parts_) {
                const any_cost::view all = part.bind(*look_);
                if (paid_)
                    f(all.paid());
                else
                    f(all);
            }
        }
        /// What is paid of the same.
        [[nodiscard]] paid_view paid_part() const noexcept { return {*of_, *look_, true}; }

    private:
        const any_costs* of_;
        const look* look_;
        bool paid_;
        cost_traits traits_{};
    };
    /// All of the costs.
    class view : public paid_view {
    public:
        /// Binds each of them.
        view(const any_costs& of, const look& l) noexcept : paid_view{of, l, false} {}
        /// What is paid with the orders.
        [[nodiscard]] paid_view paid() const noexcept { return this->paid_part(); }
    };

    [[nodiscard]] view bind(const look& l) const noexcept { return {*this, l}; }
    /// As in `cost::sum`: linear where all parts are; convex, it answers prices where all are linear but for at most one, which answers them.
    [[nodiscard]] cost_traits runtime_traits() const noexcept {
        return sum_of_traits([&](auto&& f) {
            for (const any_cost& part : parts_) f(part.runtime_traits());
        });
    }
    [[nodiscard]] risk_need runtime_needs() const noexcept {
        risk_need most = risk_need::nothing;
        for (const any_cost& part : parts_) most = most | part.runtime_needs();
        return most;
    }
    [[nodiscard]] fault check(const look& l) const noexcept {
        for (const any_cost& part : parts_)
            if (const fault f = part.check(l)) return f;
        return {};
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept {
        for (const any_cost& part : parts_)
            if (!part.covers(n)) return false;
        return true;
    }
    [[nodiscard]] configuration_fault validate() const {
        for (const any_cost& part : parts_)
            if (const configuration_fault f = part.validate()) return f;
        return {};
    }

private:
    /// Of the sum of parts whose traits `each(f)` hands to f.
    template <class Each>
    [[nodiscard]] static cost_traits sum_of_traits(Each&& each) {
        detail::traits_of_sum all;
        each([&](const cost_traits& of_part) { all.add(of_part); });
        return all.value();
    }
    std::vector<any_cost> parts_{};
};

}  // namespace ballast::inline v0
