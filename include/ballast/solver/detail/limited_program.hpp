/// The program without its limits on the tracking error and on the costs, at given prices of them: solved, measured, and what is found kept.
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

namespace ballast::inline v0::detail {

/// With ρ = γ + θ and c = 1 + κ the Lagrange function of both limits is c times the objective of the same program with the risk aversion ρ/c
/// and the returns α/c, so that what solves that program answers here as well; its prices times c are those here.
template <class View>
class limited_program {
public:
    limited_program(const solver::program& p, const View& view, solver::price_search& search, limited_memory& m, solver::program_answer& a,
                    const solver::search_options& how) noexcept
        : p_{p},
          q_{p},
          view_{view},
          search_{search},
          m_{m},
          a_{a},
          how_{how},
          n_{p.assets()},
          weights_{.gamma = p.risk_aversion} {
        q_.tracking_error = q_.costs = infinity;
        allowed_ = how.iterations < most_steps ? 10 * how.iterations : 10 * most_steps;
    }

protected:
    static constexpr double infinity = std::numeric_limits<double>::infinity();
    static constexpr double aim = 1e-12;       ///< relative: so much is left of a limit that binds
    static constexpr double enough = 1e-11;    ///< and no more than this
    static constexpr double rounding = 1e-13;  ///< missed by less it is kept
    static constexpr int most_steps = 100'000'000;
    static constexpr int quick = 40, thorough = 200;  ///< steps of one program

    enum class found : std::uint8_t {
        kept,          ///< with a price, or without one where there is room
        stopped,       ///< out of steps, or of digits
        conflict,      ///< of the other limits
        unattainable,  ///< whatever keeps the other limits misses this one
        broken,
    };
    /// What is weighed beside the two limits: the program's objective, or nothing but the risk, or nothing but the costs.
    struct objective_weights {
        double gamma = 0.0;
        bool alpha = true;
        double cost = 1.0;
    };

    [[nodiscard]] bool is_risk(const limited_axis& x) const noexcept { return &x == &m_.risk; }
    [[nodiscard]] static double larger_of(double a, double b) noexcept { return a > b ? a : b; }

    // ---- one program ----

    /// The best w at the weights that the prices now give, into the answer and `now_`.
    [[nodiscard]] found evaluate() noexcept {
        const double rho = weights_.gamma + theta_;
        double c = weights_.cost + kappa_;
        const bool free = c == 0.0 && !p_.costs_inside;
        if (c == 0.0) c = free ? 1.0 : next_to_nothing(rho);
        scale_prices(1.0 / c);
        q_.risk_aversion = rho / c;
        const bool scaled = c != 1.0 && weights_.alpha && p_.expected_return.size() == n_;
        q_.expected_return = weights_.alpha ? p_.expected_return : std::span<const double>{};
        if (scaled) {
            double* const alpha = m_.scratch.data() + (m_.scratch.size() - n_);
            for (std::size_t i = 0; i < n_; ++i) alpha[i] = p_.expected_return[i] / c;
            q_.expected_return = {alpha, n_};
        }
        if (steps_ >= allowed_) return found::stopped;
        // Seldom a search that begins nearby gets stuck: then from nowhere.
        if (a_.warm) search(free, quick);
        if (!a_.warm || (a_.certificate.how == search_end::stopped && steps_ < allowed_)) {
            a_.warm = false;
            search(free, thorough);
        }
        const solver::certificate& told = a_.certificate;
        if (told.how == search_end::none) return found::broken;
        if (told.how == search_end::infeasible || told.how == search_end::closest) {
            if (first_) return found::conflict;
            if (told.how == search_end::infeasible) return found::stopped;
        }
        first_ = false;
        scale_prices(c);
        a_.warm = true;
        now_.joined = false;
        now_.known = true;
        for (std::size_t i = 0; i < n_; ++i) now_.known = now_.known && finite(a_.position[i]);
        now_.proof = told;
        now_.risk_weight = rho;
        now_.cost_weight = c;
        if (now_.known) measure(a_.position.data(), now_);
        if (told.how == search_end::stopped && rho == 0.0) now_.known = false;  // nothing ends it: it is not to be had
        return found::kept;
    }
    void search(bool free, int steps) noexcept {
        solver::search_options how = how_;
        how.closest = how_.closest && first_;
        const int left = allowed_ - steps_;
        if (left < steps) steps = left;
        if (!first_ && steps < how.iterations) how.iterations = steps;
        if (free)
            search_.solve(q_, nothing_paid{}, a_, how);
        else
            search_.solve(q_, view_, a_, how);
        steps_ += a_.certificate.iterations;
    }
    /// A weight of the costs that is next to none beside the risk.
    [[nodiscard]] double next_to_nothing(double rho) const noexcept {
        const double risk = 0.5 * rho * now_.variance;
        return now_.cost_size > 0.0 && risk > 0.0 ? 0x1p-40 * (risk / now_.cost_size) : 0x1p-40;
    }
    void scale_prices(double by) noexcept {
        for (double& x : a_.factor_price) x *= by;
        for (double& x : a_.price.row) x *= by;
        a_.price.budget *= by;
        a_.price.turnover *= by;
        a_.price.leverage *= by;
    }
    void measure(const double* w, limited_numbers& to) const noexcept {
        exact_sum cost, gain;
        to.cost_size = to.cost_noise = 0.0;
        for (std::size_t i = 0; i < n_; ++i) {
            const double paid = view_.cost(i, p_.wealth * (w[i] - p_.held[i])) / p_.wealth;
            cost.add(paid);
            to.cost_size += absolute(paid);
            const slope_interval s = view_.marginal(i, p_.wealth * (w[i] - p_.held[i]));
            to.cost_noise += larger_of(absolute(s.low), absolute(s.high)) * (absolute(w[i]) + absolute(p_.held[i]));
            gain.add(p_.alpha(i) * w[i]);
        }
        to.cost = cost.value();
        to.gain = gain.value();
        const double variance = quadratic_form(p_.risk, n_, [&](std::size_t i) { return w[i] - p_.benchmark[i]; });
        to.variance = variance > 0.0 ? variance : 0.0;
    }
    /// What the weights make of it: the objective, without what the two limits add.
    [[nodiscard]] double objective_of(const limited_numbers& at) const noexcept {
        return 0.5 * weights_.gamma * at.variance - (weights_.alpha ? at.gain : 0.0) + weights_.cost * at.cost;
    }
    /// The standard deviation of w beside b were all of it perfectly correlated: what its rounding is measured by.
    [[nodiscard]] double size_of_risk() noexcept {
        if (risk_size_ < 0.0) {
            risk_size_ = 0.0;
            for (std::size_t i = 0; i < n_; ++i) {
                const double all = absolute(p_.benchmark[i]) + absolute(p_.held[i]);
                if (all > 0.0) risk_size_ += __builtin_sqrt(p_.risk.variance(i)) * all;
            }
        }
        return risk_size_;
    }

    // ---- points ----

    void keep(limited_point& to, double price) const noexcept {
        for (std::size_t i = 0; i < n_ && now_.known; ++i) to.position[i] = a_.position[i];
        for (std::size_t f = 0; f < a_.factor_price.size(); ++f) to.factor_price[f] = a_.factor_price[f];
        for (std::size_t j = 0; j < a_.price.row.size(); ++j) to.row[j] = a_.price.row[j];
        static_cast<limited_numbers&>(to) = now_;
        to.price = {a_.price.budget, a_.price.turnover, a_.price.leverage, theta_, kappa_, {}};
        to.at = price;
    }
    /// As if it had just been found.
    void restore(const limited_point& s) noexcept {
        for (std::size_t i = 0; i < n_ && s.known; ++i) a_.position[i] = s.position[i];
        for (std::size_t f = 0; f < a_.factor_price.size(); ++f) a_.factor_price[f] = s.factor_price[f];
        for (std::size_t j = 0; j < a_.price.row.size(); ++j) a_.price.row[j] = s.row[j];
        a_.price.budget = s.price.budget;
        a_.price.turnover = s.price.turnover;
        a_.price.leverage = s.price.leverage;
        theta_ = s.price.risk;
        kappa_ = s.price.costs;
        now_ = s;
    }
    /// Where the next search begins: on a piece prices are linear in θ and in κ.
    void begin_between(const limited_axis& x, const limited_point& a, const limited_point& b, double price) noexcept {
        const double part = (price - a.at) / (b.at - a.at);
        if (!finite(part) || !a.known || !b.known || part < -1.0 || part > 2.0) return;
        const auto mix = [&](double one, double other) { return one + part * (other - one); };
        for (std::size_t f = 0; f < a_.factor_price.size(); ++f) a_.factor_price[f] = mix(a.factor_price[f], b.factor_price[f]);
        for (std::size_t j = 0; j < a_.price.row.size(); ++j) a_.price.row[j] = mix(a.row[j], b.row[j]);
        a_.price.budget = mix(a.price.budget, b.price.budget);
        const auto rising = [&](double one, double other) { return larger_of(mix(one, other), 0.0); };
        a_.price.turnover = rising(a.price.turnover, b.price.turnover);
        a_.price.leverage = rising(a.price.leverage, b.price.leverage);
        if (is_risk(x)) kappa_ = rising(a.price.costs, b.price.costs);
    }

    // ---- what it comes to ----

    [[nodiscard]] double value(const limited_axis& x, const limited_numbers& at) const noexcept {
        return is_risk(x) ? at.variance : at.cost;
    }
    /// Above this the limit is missed.
    [[nodiscard]] double most(const limited_axis& x) noexcept {
        if (!is_risk(x)) return x.limit * (1.0 + rounding) + 4e-16 * now_.cost_noise;
        const double te = p_.tracking_error * (1.0 + 0.5 * rounding) + 1e-15 * size_of_risk();
        return te * te;
    }
    [[nodiscard]] static double aim_of(const limited_axis& x) noexcept { return x.limit * (1.0 - aim); }
    [[nodiscard]] double least(const limited_axis& x) noexcept {
        if (!is_risk(x)) return x.limit * (1.0 - enough) - 8e-16 * now_.cost_noise;
        const double te = p_.tracking_error * (1.0 - 0.5 * enough) - 2e-15 * size_of_risk();
        return te > 0.0 ? te * te : 0.0;
    }

    // ---- whether it is the best ----

    /// How much w misses its conditions at given prices, relative to their terms; of limits as well.
    [[nodiscard]] double wrong_by(const double* w, const limited_point& y) noexcept {
        double* const off = m_.scratch.data();
        double* const pull = off + n_;
        double* const factors = pull + n_;
        for (std::size_t i = 0; i < n_; ++i) off[i] = w[i] - p_.benchmark[i];
        times_covariance(p_.risk, n_, off, pull, factors);
        double worst = 0.0, largest = 0.0;
        const double cost_weight = y.cost_weight + (p_.costs_inside ? y.price.budget : 0.0);
        for (int pass = 0; pass < 2; ++pass)
            for (std::size_t i = 0; i < n_; ++i) {
                const double alpha = weights_.alpha ? p_.alpha(i) : 0.0, risk = y.risk_weight * pull[i], x = w[i] - p_.held[i];
                double charge = y.price.budget, size = absolute(alpha) + absolute(risk) + absolute(charge);
                for (std::size_t j = 0; j < p_.row_count(); ++j) {
                    const double term = y.row[j] == 0.0 ? 0.0 : y.row[j] * p_.coefficient(j, i);
                    charge += term;
                    size += absolute(term);
                }
                const double step = 0x1p-51 * larger_of(absolute(w[i]), absolute(p_.held[i]));
                const double below = x > 0.0 && x <= step ? 0x1p-10 * x : x == 0.0 ? 0.0 : x - step;
                const double above = x < 0.0 && x >= -step ? 0x1p-10 * x : x == 0.0 ? 0.0 : x + step;
                double low = cost_weight * view_.marginal(i, p_.wealth * below).low;
                double high = cost_weight * view_.marginal(i, p_.wealth * above).high;
                low += (x > 0.0 ? 0.5 : -0.5) * y.price.turnover + (w[i] > 0.0 ? 1.0 : -1.0) * y.price.leverage;
                high += (x < 0.0 ? -0.5 : 0.5) * y.price.turnover + (w[i] < 0.0 ? -1.0 : 1.0) * y.price.leverage;
                if (w[i] <= p_.lower[i]) low = -infinity;
                if (w[i] >= p_.upper[i]) high = infinity;
                const double benefit = alpha - risk - charge;
                const double miss = benefit > high ? benefit - high : benefit < low ? low - benefit : 0.0;
                size += absolute(benefit > high && finite(high) ? high : finite(low) ? low : 0.0) + y.price.turnover + y.price.leverage;
                if (pass == 0)
                    largest = larger_of(largest, size);
                else if (miss > 0.0)
                    worst = larger_of(worst, miss / larger_of(size, 0x1p-10 * largest));
            }
        return larger_of(worst, room_with_price(w, y));
    }
    [[nodiscard]] double room_with_price(const double* w, const limited_point& y) const noexcept {
        double worst = 0.0;
        const auto one = [&](double price, double lower, double upper, auto&& term, double more) {
            if (price == 0.0) return;
            exact_sum sum;
            double size = absolute(more);
            sum.add(more);
            for (std::size_t i = 0; i < n_; ++i) {
                sum.add(term(i));
                size += absolute(term(i));
            }
            const double side = price > 0.0 ? upper : lower;
            worst = larger_of(worst, absolute(side - sum.value()) / (size + absolute(side)));
        };
        one(
            y.price.budget, p_.budget_lower, p_.budget_upper, [&](std::size_t i) { return w[i]; },
            p_.costs_inside ? measured_cost(w) : 0.0);
        one(
            y.price.turnover, -infinity, p_.turnover, [&](std::size_t i) { return 0.5 * absolute(w[i] - p_.held[i]); }, 0.0);
        one(
            y.price.leverage, -infinity, p_.leverage, [&](std::size_t i) { return absolute(w[i]); }, 0.0);
        for (std::size_t j = 0; j < p_.row_count(); ++j)
            one(
                y.row[j], p_.row_lower[j], p_.row_upper[j], [&](std::size_t i) { return p_.coefficient(j, i) * w[i]; }, 0.0);
        return worst;
    }
    [[nodiscard]] double measured_cost(const double* w) const noexcept {
        exact_sum sum;
        for (std::size_t i = 0; i < n_; ++i) sum.add(view_.cost(i, p_.wealth * (w[i] - p_.held[i])) / p_.wealth);
        return sum.value();
    }

    /// Of an asset's condition, the largest cost or return.
    [[nodiscard]] double size_of_terms() const noexcept {
        double largest = absolute(a_.price.budget);
        for (std::size_t i = 0; i < n_; ++i) {
            const slope_interval s = view_.marginal(i, p_.wealth * (a_.position[i] - p_.held[i]));
            largest = larger_of(largest, absolute(p_.alpha(i)));
            largest = larger_of(largest, (1.0 + a_.price.costs) * larger_of(absolute(s.low), absolute(s.high)));
        }
        return largest;
    }

    const solver::program& p_;
    solver::program q_;  ///< without the two limits
    const View& view_;
    solver::price_search& search_;
    limited_memory& m_;
    solver::program_answer& a_;
    const solver::search_options& how_;
    std::size_t n_;
    objective_weights weights_;
    double theta_ = 0.0, kappa_ = 0.0;
    limited_numbers now_{};  ///< of what stands in the answer
    double risk_size_ = -1.0;
    int steps_ = 0;
    int allowed_ = 0;
    bool first_ = true;
};

}  // namespace ballast::inline v0::detail
