/// The search for the prices of the tracking error and of the costs, around a search that knows neither.
///
/// Both limits are convex, so that what is left of them falls as their price rises. On a piece on which the same assets trade w is linear in
/// 1/(γ + θ) where θ changes, and in κ where that does: between two answers the next price is found from the w on the straight line between
/// them that meets the limit just so. With both limits the costs are searched within the search of the tracking error: what is then left of that
/// falls with θ as well, as the derivative of a concave function (Rockafellar 1970, Convex Analysis, §28 and §36).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "../../core/arithmetic.hpp"
#include "../../cost/concept.hpp"
#include "../../numeric/sum.hpp"
#include "../../risk/detail/covariance.hpp"
#include "../price_search.hpp"
#include "../program.hpp"
#include "limited_point.hpp"
#include "limited_program.hpp"

namespace ballast::inline v0::detail {

template <class View>
class limited_run : limited_program<View> {
    using base = limited_program<View>;

public:
    limited_run(const solver::program& p, const View& view, solver::price_search& search, limited_memory& m, solver::program_answer& a,
                const solver::search_options& how) noexcept
        : base{p, view, search, m, a, how} {
        m_.risk.limit = p.tracking_error * p.tracking_error;
        m_.cost.limit = p.costs;
        m_.risk.start = a.warm && a.price.risk > 0.0 && finite(a.price.risk) ? a.price.risk : 0.0;
        m_.cost.start = a.warm && a.price.costs > 0.0 && finite(a.price.costs) ? a.price.costs : 0.0;
        m_.risk.forget();
        m_.cost.forget();
    }

    void solve() noexcept {
        const found how = m_.risk.limits() ? look_for(m_.risk) : look_for(m_.cost);
        a_.warm = false;
        switch (how) {
            case found::broken: return;  // an input is at fault
            case found::conflict: return tell_conflict_of_others();
            case found::unattainable: return tell_unattainable();
            case found::kept: return tell(search_end::best);
            case found::stopped: return tell(search_end::stopped);
        }
    }

private:
    using base::a_;
    using base::aim_of;
    using base::allowed_;
    using base::begin_between;
    using base::evaluate;
    using base::how_;
    using base::infinity;
    using base::is_risk;
    using base::kappa_;
    using base::keep;
    using base::larger_of;
    using base::least;
    using base::m_;
    using base::measure;
    using base::most;
    using base::n_;
    using base::now_;
    using base::objective_of;
    using base::p_;
    using base::restore;
    using base::size_of_risk;
    using base::size_of_terms;
    using base::steps_;
    using base::theta_;
    using base::value;
    using base::weights_;
    using base::wrong_by;
    using typename base::found;
    using typename base::objective_weights;

    // ---- one limit ----

    [[nodiscard]] found at(limited_axis& x, double price) noexcept {
        if (!is_risk(x)) {
            kappa_ = price;
            return evaluate();
        }
        theta_ = price;
        if (!m_.cost.limits()) return evaluate();
        m_.cost.start = kappa_;
        m_.cost.forget();
        return look_for(m_.cost);
    }

    [[nodiscard]] found look_for(limited_axis& x) noexcept {
        if (!(x.start > 0.0)) {
            const found f = at(x, 0.0);
            if (f != found::kept) return f;
            if (now_.known && value(x, now_) <= most(x)) return found::kept;
            x.any_over = true;
            keep(x.over, 0.0);
        }
        double price = x.any_over ? first_price(x) : x.start;
        const double first = weight_at(x, price);
        double best_width = infinity, best_off = infinity;
        int since = 0, grown = 0, shrunk = 0, lost = 0;
        for (int attempt = 0; attempt < 400; ++attempt) {
            if (steps_ >= allowed_) return settle(x);
            const found f = at(x, price);
            if (f == found::stopped) return settle(x);
            if (f != found::kept) return f;
            if (!now_.known) {  // nothing ends it at so low a price
                x.any_over = true;
                keep(x.over, price);
                x.over.known = false;
                price = price > 0.0 ? 8.0 * price : first_price(x);
                continue;
            }
            if (now_.proof.how == search_end::stopped && ++lost < 6) {  // not found to the last digit: a little beside it it mostly is
                price = beside(x, price, lost);
                a_.warm = false;
                continue;
            }
            const double v = value(x, now_);
            const bool is_kept = v <= most(x);
            if (is_kept && (price == 0.0 || v >= least(x))) return found::kept;
            take(x, price, is_kept);
            if (x.any_over && x.any_within && x.over.known && between(x)) return found::kept;
            if (!x.any_within) {
                if (++grown == 4 || (grown > 4 && grown % 4 == 0)) {
                    const found f2 = reach(x);
                    if (f2 != found::conflict) return f2;
                }
                if (grown > 24 || x.over.at > 1e20 * first) return settle(x);
                price = higher(x, grown);
                continue;
            }
            if (!x.any_over) {
                price = ++shrunk > 10 ? 0.0 : lower(x, shrunk);
                continue;
            }
            if (!x.over.known || (is_risk(x) && x.over.risk_weight == 0.0)) {
                if (++shrunk > 60) return found::kept;  // a price that is next to none
                price = toward_nothing(x, shrunk);
                continue;
            }
            const double width = width_of(x);
            if (width <= 1e-15) {
                if (meet(x)) return found::kept;
                if (value(x, x.within) < x.limit * (1.0 - 1e-8)) return settle(x);
                restore(x.within);  // as near to the limit as the digits of its price allow
                return found::kept;
            }
            const double off = absolute(v - x.limit);
            if (width <= 0.5 * best_width || off <= 0.25 * best_off) since = 0;
            if (width <= 0.5 * best_width) best_width = width;
            if (off < best_off) best_off = off;
            price = since++ >= 3 ? split(x) : next(x);
            if (since > 3) since = 1;
            begin_between(x, x.over, x.within, price);
        }
        return settle(x);
    }
    [[nodiscard]] static double beside(const limited_axis& x, double price, int times) noexcept {
        double part = 1e-3;
        for (int t = 1; t < times; ++t) part *= -3.0;
        const double most = x.any_within ? x.within.at - price : price;
        const double least = x.any_over ? price - x.over.at : price;
        return price + part * (part > 0.0 ? most : least);
    }
    void take(limited_axis& x, double price, bool is_kept) noexcept {
        limited_point& side = is_kept ? x.within : x.over;
        bool& any = is_kept ? x.any_within : x.any_over;
        if (any) {
            x.last.swap_with(side);
            x.last_side = is_kept ? -1 : 1;
        } else {
            x.last_side = 0;
        }
        keep(side, price);
        any = true;
    }
    /// A price of the right size: exact for one asset of linear costs.
    [[nodiscard]] double first_price(const limited_axis& x) noexcept {
        const limited_point& from = x.over;
        double price = 0.0;
        limited_numbers& other = now_;
        const limited_numbers saved = now_;
        if (is_risk(x)) {
            // As if b were within the limits: between it and w the least objective is convex in the variance.
            measure(p_.benchmark.data(), other);
            const double f_there = objective_of(other) + kappa_ * other.cost;
            double f_here = f_there, variance = 0.0;
            if (from.known) {
                f_here = objective_of(from) + kappa_ * from.cost;
                variance = from.variance;
            } else {
                measure(p_.held.data(), other);
                f_here = objective_of(other) + kappa_ * other.cost - 0.5 * weights_.gamma * other.variance;
                variance = other.variance;
            }
            const double chord = absolute(f_there - f_here) / (0.5 * variance);
            const double ratio = __builtin_sqrt(variance / larger_of(x.limit, 1e-12 * variance));
            const double rho = 0.5 * (weights_.gamma + chord) * ratio;
            price = rho - weights_.gamma;
            if (!(price > 0.0)) price = chord;
        } else {
            stay(other);
            const double chord = (objective_of(other) + 0.5 * theta_ * other.variance - objective_of(from) - 0.5 * theta_ * from.variance) /
                                 absolute(from.cost);
            price = 2.0 * chord * (1.0 - x.limit / absolute(from.cost));
        }
        now_ = saved;
        if (!(price > 0.0) || !finite(price)) price = is_risk(x) && weights_.gamma > 0.0 ? weights_.gamma : 1.0;
        return price > from.at ? price : 2.0 * from.at;
    }
    void stay(limited_numbers& to) noexcept {
        double* const w = m_.scratch.data();
        for (std::size_t i = 0; i < n_; ++i) {
            const double h = p_.held[i];
            w[i] = h < p_.lower[i] ? p_.lower[i] : h > p_.upper[i] ? p_.upper[i] : h;
        }
        measure(w, to);
    }

    /// Above all that was too little.
    [[nodiscard]] double higher(const limited_axis& x, int grown) noexcept {
        const limited_point& o = x.over;
        double price = 0.0;
        if (x.last_side == 1 && x.last.known) price = along(x, x.last, o, grown < 4 ? 1.02 : 2.0);
        const double weight = weight_at(x, o.at), offset = weight_at(x, 0.0);
        if (!(price > o.at)) {
            double by = 0.0;
            if (is_risk(x))
                by = __builtin_sqrt(o.variance / larger_of(x.limit, 1e-6 * o.variance)) * (1.0 + 0.02 * steeper(grown)) - 1.0;
            else
                by = 2.0 * ((o.cost - x.limit) / larger_of(o.cost, x.limit)) * steeper(grown);
            price = weight * (1.0 + larger_of(by, 1e-10 * steeper(grown))) - offset;
        }
        if (grown > 4 && price < 4.0 * weight - offset) price = 4.0 * weight - offset;
        const double most_next = (grown > 8 ? 1e6 : 1e3) * weight - offset;
        if (price > most_next) price = most_next;
        if (!(price > o.at)) price = o.at + larger_of(o.at, 1e-3 * weight);
        if (x.last_side == 1) begin_between(x, x.last, o, price);
        return price;
    }
    [[nodiscard]] static double steeper(int times) noexcept {
        double by = 1.0;
        for (int t = 1; t < times && t < 12; ++t) by *= 8.0;
        return by;
    }
    /// Below all that was more than enough; 0 where that is so low.
    [[nodiscard]] double lower(const limited_axis& x, int shrunk) noexcept {
        const limited_point& w = x.within;
        double price = -1.0;
        if (x.last_side == -1 && x.last.known) price = along(x, x.last, w, 1.02);
        if (price < 0.0 || price >= w.at) {
            double by = 0.0;
            if (is_risk(x))
                by = 1.02 * (1.0 - __builtin_sqrt(w.variance / x.limit));
            else
                by = x.limit > 0.0 ? 2.0 * ((x.limit - w.cost) / x.limit) : 1.0;
            by = larger_of(by, 1e-10) * steeper(shrunk);
            price = weight_at(x, w.at) * (by < 0.9 ? 1.0 - by : 0.1) - weight_at(x, 0.0);
        }
        if (!(price > 0.0)) return 0.0;
        if (x.last_side == -1) begin_between(x, x.last, w, price);
        return price;
    }
    /// Where without its price nothing weighs risk.
    [[nodiscard]] double toward_nothing(const limited_axis& x, int shrunk) noexcept {
        const limited_point& w = x.within;
        if (x.last_side == -1 && x.last.known) {
            const double price = along(x, x.last, w, 1.0);
            if (price > 0.0 && price < w.at) {
                begin_between(x, x.last, w, price);
                return price;
            }
        }
        if (!is_risk(x)) return 0.25 * w.at + 0.75 * x.over.at;
        double by = __builtin_sqrt(w.variance / x.limit);
        if (by > 0.5) by = 0.5;
        if (by < 1.0 / 64.0) by = 1.0 / 64.0;
        const double price = w.at * (shrunk > 3 ? by * by * by : shrunk > 1 ? by * by : by);
        return price > x.over.at ? price : 0.5 * (w.at + x.over.at);
    }

    /// Where the straight line through two points meets the limit, as the part of the way from the first to the second; NaN where it does not.
    [[nodiscard]] double meeting(const limited_axis& x, const limited_point& a, const limited_point& b) const noexcept {
        constexpr double none = std::numeric_limits<double>::quiet_NaN();
        const double to = aim_of(x);
        if (!is_risk(x)) return (to - a.cost) / (b.cost - a.cost);
        // R = (1 − t)·Ra + t·Rb − t(1 − t)·Q, with Q the variance of one beside the other.
        const double q = quadratic_form(p_.risk, n_, [&](std::size_t i) { return b.position[i] - a.position[i]; });
        const double slope = b.variance - a.variance - q, off = a.variance - to;
        if (off == 0.0) return 0.0;
        const double root = slope * slope - 4.0 * q * off;
        if (!(root >= 0.0)) return none;
        const double s = __builtin_sqrt(root);
        if (off > 0.0) return slope < 0.0 ? 2.0 * off / (s - slope) : none;
        return slope >= 0.0 ? -2.0 * off / (slope + s) : q > 0.0 ? (s - slope) / (2.0 * q) : none;
    }
    /// The price at which that is; `push` times as far where it lies beyond the second.
    [[nodiscard]] double along(const limited_axis& x, const limited_point& a, const limited_point& b, double push) const noexcept {
        double t = is_risk(x) || !far_apart(a.cost, b.cost) ? meeting(x, a, b) : by_square(a.cost, b.cost, aim_of(x));
        if (!finite(t)) return -1.0;
        if (t > 1.0) t = 1.0 + push * (t - 1.0);
        if (!is_risk(x)) return a.at + t * (b.at - a.at);
        if (a.risk_weight == 0.0 || b.risk_weight == 0.0) return -1.0;
        const double u = 1.0 / a.risk_weight + t * (1.0 / b.risk_weight - 1.0 / a.risk_weight);
        return u > 0.0 ? 1.0 / u - weights_.gamma : -1.0;
    }
    /// Costs that bend fall about as the square of their weight.
    [[nodiscard]] static bool far_apart(double a, double b) noexcept { return a > 0.0 && b > 0.0 && (a > 1.5 * b || b > 1.5 * a); }
    [[nodiscard]] static double by_square(double a, double b, double to) noexcept {
        const auto root = [](double x) { return 1.0 / __builtin_sqrt(x); };
        return to > 0.0 ? (root(to) - root(a)) / (root(b) - root(a)) : 1.0;
    }
    [[nodiscard]] double next(const limited_axis& x) const noexcept {
        double price = -1.0;
        if (x.last_side != 0 && x.last.known) price = along(x, x.last, x.last_side > 0 ? x.over : x.within, 1.0);
        if (!(price > x.over.at && price < x.within.at)) price = along(x, x.over, x.within, 1.0);
        if (!(price > x.over.at && price < x.within.at)) price = split(x);
        return price;
    }
    [[nodiscard]] double weight_at(const limited_axis& x, double price) const noexcept {
        return price + (is_risk(x) ? weights_.gamma : weights_.cost);
    }
    [[nodiscard]] double split(const limited_axis& x) const noexcept {
        const double a = weight_at(x, x.over.at), b = weight_at(x, x.within.at);
        const double offset = weight_at(x, 0.0);
        if (a > 0.0 && b > 4.0 * a) return __builtin_sqrt(a) * __builtin_sqrt(b) - offset;
        return 0.5 * (x.over.at + x.within.at);
    }
    [[nodiscard]] double width_of(const limited_axis& x) const noexcept {
        return (x.within.at - x.over.at) / larger_of(weight_at(x, x.within.at), x.within.at);
    }

    // ---- where the best is not one point ----

    /// Where the sum jumps at a price there is more than one best answer there, and the straight line between those of both sides is made of
    /// them: the one that meets the limit is as good, if its conditions hold at the price that was tried last, or at 0.
    [[nodiscard]] bool between(limited_axis& x) noexcept {
        const bool at_nothing = is_risk(x) && x.over.risk_weight == 0.0;
        if (!at_nothing && !(width_of(x) < 1e-6) && is_risk(x)) return false;
        if (!is_risk(x) && now_.proof.how != search_end::best) return false;
        return meet_with(x, at_nothing ? x.over : prices_of_now(x));
    }
    [[nodiscard]] const limited_point& prices_of_now(const limited_axis& x) const noexcept {
        return x.within.price.costs == kappa_ && x.within.price.risk == theta_ ? x.within : x.over;
    }
    [[nodiscard]] bool meet(limited_axis& x) noexcept { return meet_with(x, x.within) || meet_with(x, x.over); }
    [[nodiscard]] bool meet_with(limited_axis& x, const limited_point& prices) noexcept {
        const double t = meeting(x, x.over, x.within);
        if (!(t >= 0.0 && t <= 1.0)) return false;
        limited_point& to = x.last;
        x.last_side = 0;
        for (std::size_t i = 0; i < n_; ++i) to.position[i] = mixed(x, i, t);
        measure(to.position.data(), to);
        if (!(wrong_by(to.position.data(), prices) <= 1e-11)) return false;
        for (std::size_t f = 0; f < a_.factor_price.size(); ++f) to.factor_price[f] = prices.factor_price[f];
        for (std::size_t j = 0; j < a_.price.row.size(); ++j) to.row[j] = prices.row[j];
        to.price = prices.price;
        to.at = prices.at;
        to.risk_weight = prices.risk_weight;
        to.cost_weight = prices.cost_weight;
        to.proof = prices.proof;
        to.known = to.joined = true;
        restore(to);
        return true;
    }
    [[nodiscard]] double mixed(const limited_axis& x, std::size_t i, double t) const noexcept {
        const double a = x.over.position[i], b = x.within.position[i];
        if (a == b) return a;
        const double w = a + t * (b - a), h = p_.held[i];
        if (absolute(w - h) <= 0x1p-50 * larger_of(absolute(w), absolute(h))) return h;
        return w < p_.lower[i] ? p_.lower[i] : w > p_.upper[i] ? p_.upper[i] : w;
    }
    /// The best that was found so far within the limit.
    [[nodiscard]] found settle(limited_axis& x) noexcept {
        if (x.any_within && x.within.known) {
            if (x.any_over && x.over.known && x.over.proof.relative_primal <= 1e-9) {
                const double t = meeting(x, x.over, x.within);
                if (t >= 0.0 && t <= 1.0) {  // what is nearer to the better one is better, as all is convex
                    restore(x.within);
                    for (std::size_t i = 0; i < n_; ++i) a_.position[i] = mixed(x, i, t);
                    measure(a_.position.data(), now_);
                    now_.joined = true;
                    return found::stopped;
                }
            }
            restore(x.within);
        }
        return found::stopped;
    }

    // ---- limits that are not to be had ----

    /// Whether any w keeps the limit. `conflict`: some do, or it is not known, and the search goes on.
    [[nodiscard]] found reach(limited_axis& x) noexcept {
        const objective_weights kept_weights = weights_;
        const double theta = theta_, kappa = kappa_;
        limited_point& best = is_risk(x) ? m_.least_risk : m_.cheapest;
        if (!best.known || (is_risk(x) && m_.cost.limits())) {
            found f{};
            if (is_risk(x)) {
                weights_ = {.gamma = 1.0, .alpha = false, .cost = 0.0};
                theta_ = kappa_ = 0.0;
                if (m_.cost.limits()) {
                    m_.cost.start = 0.0;
                    m_.cost.forget();
                    f = look_for(m_.cost);
                } else {
                    f = evaluate();
                }
            } else {
                weights_ = {.gamma = 0.0, .alpha = false, .cost = 1.0};
                theta_ = kappa_ = 0.0;
                f = evaluate();
            }
            const double lost = now_.cost_weight * now_.proof.gap;
            keep(best, 0.0);
            best.known = f == found::kept && now_.known && now_.proof.how == search_end::best;
            // The costs are known to so much, and each of it weighs κ.
            const double of_costs = kappa_ > 0.0 ? kappa_ * (now_.cost - nearly(m_.cost, now_, 0.0)) : 0.0;
            best.bound = is_risk(x) ? now_.variance + 2.0 * (of_costs - lost) : now_.cost - lost;
            weights_ = kept_weights;
            theta_ = theta;
            kappa_ = kappa;
            if (f == found::unattainable || f == found::broken) return f;
        }
        const double reached = value(x, best);
        if (best.known && is_certain(x, best.bound)) {
            restore(best);
            unattainable_ = &x;
            return found::unattainable;
        }
        restore(x.over);
        theta_ = theta;
        kappa_ = kappa;
        // All but the least that there is: what rounding leaves is as good.
        if (best.known && reached >= x.limit * (1.0 - 1e-10) && close(x, value(x, x.over))) {
            restore(x.over);
            return found::kept;
        }
        return found::conflict;
    }
    /// The least of all misses the limit by more than what it is known to.
    [[nodiscard]] bool is_certain(const limited_axis& x, double least_of_all) noexcept {
        return least_of_all > nearly(x, m_.cheapest, 1e-10);
    }
    /// Missed by what is no more than rounding.
    [[nodiscard]] bool close(const limited_axis& x, double v) noexcept { return v <= nearly(x, now_, 1e-15); }
    [[nodiscard]] double nearly(const limited_axis& x, const limited_numbers& at, double of_size) noexcept {
        if (!is_risk(x)) return x.limit + 8e-10 * at.cost_size + 1e-14 * at.cost_noise;
        const double te = p_.tracking_error * (1.0 + 8e-10) + of_size * size_of_risk();
        return te * te;
    }

    // ---- what is told ----

    void tell_conflict_of_others() noexcept {
        a_.price.risk = a_.price.costs = 0.0;
        if (a_.certificate.how == search_end::closest) finish(a_.certificate, 0.0);
    }
    void tell_unattainable() noexcept {
        const bool risk = unattainable_ == &m_.risk;
        a_.price.risk = risk ? 1.0 : 0.0;
        a_.price.costs = risk ? kappa_ : 1.0;
        solver::certificate c = now_.proof;
        c.how = how_.closest ? search_end::closest : search_end::infeasible;
        scale_proof(c, now_.cost_weight);
        if (how_.closest) finish(c, 0.0);
        c.iterations = steps_;
        a_.certificate = c;
    }
    static void scale_proof(solver::certificate& c, double by) noexcept {
        c.gap *= by;
        c.dual *= by;
        c.complementarity *= by;
    }
    void tell(search_end how) noexcept {
        a_.price.risk = theta_;
        a_.price.costs = kappa_;
        solver::certificate c = now_.proof;
        c.how = c.how == search_end::best ? how : search_end::stopped;
        scale_proof(c, now_.cost_weight);
        finish(c, now_.joined ? wrong_by(a_.position.data(), as_point()) : 0.0);
        a_.certificate = c;
    }
    [[nodiscard]] const limited_point& as_point() noexcept {
        keep(m_.cheapest, 0.0);
        return m_.cheapest;
    }
    /// The certificate of the program with its two limits.
    void finish(solver::certificate& c, double joined_wrong) noexcept {
        measure(a_.position.data(), now_);
        const limited_numbers& at = now_;
        double size = 0.0;
        c.objective = 0.5 * p_.risk_aversion * at.variance - at.gain + at.cost;
        for (std::size_t i = 0; i < n_; ++i) size += absolute(p_.alpha(i) * a_.position[i]);
        size += 0.5 * weight_at(m_.risk, a_.price.risk) * at.variance + (1.0 + a_.price.costs) * at.cost_size;
        // Where nothing bounds what a condition is worth that is missed: rounding earns nothing.
        if (!finite(c.gap)) c.gap = c.relative_dual <= 1e-12 ? 0.0 : infinity;
        if (c.relative_gap > 0.0 && c.gap / c.relative_gap > size) size = c.gap / c.relative_gap;
        const auto limit = [&](double price, double before, double room, double of) {
            if (price == 0.0) return;
            c.complementarity = larger_of(c.complementarity, price * absolute(room));
            if (room > 0.0) c.gap += price * room;
            // A price of what is not reached is none.
            if (c.how == search_end::best && room > enough * of && price > enough * before) c.how = search_end::stopped;
        };
        if (m_.risk.limits()) {
            const double digits = 0x1p-20 * size_of_risk();
            limit(a_.price.risk, p_.risk_aversion, 0.5 * (m_.risk.limit - at.variance),
                  0.5 * (m_.risk.limit + at.variance + digits * digits));
            const double te = __builtin_sqrt(at.variance);
            miss(c, te - p_.tracking_error, te + p_.tracking_error + size_of_risk());
        }
        if (m_.cost.limits()) {
            limit(a_.price.costs, 1.0, m_.cost.limit - at.cost, m_.cost.limit + at.cost_size + 1e-5 * at.cost_noise);
            miss(c, at.cost - m_.cost.limit, at.cost_size + m_.cost.limit);
        }
        c.relative_dual = larger_of(c.relative_dual, joined_wrong);
        c.dual = larger_of(c.dual, joined_wrong * size_of_terms());
        c.relative_gap = c.gap > 0.0 && size > 0.0 ? c.gap / size : c.gap > 0.0 ? infinity : 0.0;
        c.iterations = steps_;
    }
    static constexpr double enough = 1e-9;
    static void miss(solver::certificate& c, double by, double of) noexcept {
        if (!(by > 0.0)) return;
        c.primal = larger_of(c.primal, by);
        c.relative_primal = larger_of(c.relative_primal, by / of);
    }

    limited_axis* unattainable_ = nullptr;
};

}  // namespace ballast::inline v0::detail
