// Random programs of one period, over all kinds of costs, limits, risk and degenerate input. A seed is a problem: its kinds go round with the
// seed, so that any range of consecutive ones has all of them in equal parts; the rest is drawn. What is meant to be feasible is so by
// construction: a point is drawn first, and the limits are set around it.
#pragma once

#include <ballast/core/look.hpp>
#include <ballast/cost/linear_impact.hpp>
#include <ballast/cost/power_impact.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/square_root_impact.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/cost/tiered.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/solver/program.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace ballast_test {

enum class cost_kind : std::uint8_t {
    zero,
    uniform,
    two_sided,
    rebate,
    root,
    root_and_rate,
    power,
    quadratic,
    tiers,
    sum,
    sum_of_three,
    count
};
enum class limit_kind : std::uint8_t {
    none,
    budget,
    budget_range,
    costs_inside,
    groups,
    rows,
    equal_rows,
    turnover,
    turnover_and_budget,
    leverage,
    all,
    all_inside,
    count
};
enum class risk_kind : std::uint8_t {
    diagonal,
    diagonal_some_zero,
    no_factors,
    one_factor,
    factors,
    as_many_factors,
    more_factors,
    tiny_specific,
    no_specific,
    some_specific,
    singular_factors,
    zero_factors,
    count
};
enum class degenerate_kind : std::uint8_t {
    plain,
    expected_return,
    one_asset,
    few_assets,
    ties,
    held_at_bound,
    held_outside,
    all_cash,
    some_fixed,
    all_fixed,
    duplicate_rows,
    benchmark_held,
    held_inside,  // what is held keeps all limits, some of them just so
    just_binds,
    no_risk_aversion,
    infeasible,
    count
};

inline constexpr std::array cost_names{"zero",  "uniform",   "two sides", "rebate", "root",        "root+rate",
                                       "power", "quadratic", "tiers",     "sum",    "sum of three"};
inline constexpr std::array limit_names{"no limit",   "budget",   "budget range",    "costs inside", "groups", "rows",
                                        "equal rows", "turnover", "turnover+budget", "leverage",     "all",    "all inside"};
inline constexpr std::array risk_names{"diagonal", "diagonal some 0", "k=0", "k=1",    "factors",  "k=n",
                                       "k>n",      "D tiny",          "D=0", "D some", "singular", "zero factors"};
inline constexpr std::array degenerate_names{"plain",          "alpha",      "n=1",         "n=2..3",    "ties",       "held at bound",
                                             "held outside",   "all cash",   "some fixed",  "all fixed", "duplicates", "benchmark held",
                                             "held is inside", "just binds", "no aversion", "infeasible"};
static_assert(cost_names.size() == static_cast<std::size_t>(cost_kind::count) &&
              limit_names.size() == static_cast<std::size_t>(limit_kind::count) &&
              risk_names.size() == static_cast<std::size_t>(risk_kind::count) &&
              degenerate_names.size() == static_cast<std::size_t>(degenerate_kind::count));

struct program_class {
    cost_kind cost{};
    limit_kind limit{};
    risk_kind risk{};
    degenerate_kind degenerate{};

    /// How many there are.
    static constexpr std::size_t count = cost_names.size() * limit_names.size() * risk_names.size() * degenerate_names.size();
    /// Neighbours differ in all four; all are met before one is met again.
    [[nodiscard]] static program_class of(std::uint64_t seed) {
        std::uint64_t x = seed * 7919 % count;  // 7919 is a prime that does not divide count
        const auto next = [&](std::size_t kinds) {
            const std::uint64_t kind = x % kinds;
            x /= kinds;
            return kind;
        };
        program_class c;
        c.cost = static_cast<cost_kind>(next(cost_names.size()));
        c.limit = static_cast<limit_kind>(next(limit_names.size()));
        c.risk = static_cast<risk_kind>(next(risk_names.size()));
        c.degenerate = static_cast<degenerate_kind>(next(degenerate_names.size()));
        return c;
    }
    [[nodiscard]] std::string name(const char* of_risk = nullptr) const {
        return std::string{cost_names[static_cast<std::size_t>(cost)]} + ", " + limit_names[static_cast<std::size_t>(limit)] + ", " +
               (of_risk != nullptr ? of_risk : risk_names[static_cast<std::size_t>(risk)]) + ", " +
               degenerate_names[static_cast<std::size_t>(degenerate)];
    }
};

/// A program that owns its numbers.
struct random_program {
    program_class kind{};
    std::uint64_t seed = 0;
    bool feasible = true;  ///< what it is meant to be
    double scale = 1.0;    ///< what a share of 1 is in units of w
    ballast::risk_layout layout = ballast::risk_layout::diagonal;
    std::vector<double> specific{}, dense{}, loadings{}, factor_covariance{};
    const char* dense_name = nullptr;  ///< of a dense risk: what it was made of; see dense_dice.hpp
    std::vector<double> benchmark{}, held{}, expected_return{}, lower{}, upper{}, rows{}, row_lower{}, row_upper{};
    double risk_aversion = 1.0, wealth = 1.0;
    double budget_lower = -std::numeric_limits<double>::infinity(), budget_upper = std::numeric_limits<double>::infinity();
    double turnover = std::numeric_limits<double>::infinity(), leverage = std::numeric_limits<double>::infinity();
    double tracking_error = std::numeric_limits<double>::infinity(), most_costs = std::numeric_limits<double>::infinity();
    bool costs_inside = false;
    std::vector<double> inside{};  ///< a point that keeps all limits, where it is feasible

    ballast::cost::proportional rates{};
    ballast::cost::square_root_impact root{};
    ballast::cost::power_impact power{};
    ballast::cost::linear_impact quadratic{};
    ballast::cost::tiered tiers{};

    [[nodiscard]] std::size_t assets() const { return held.size(); }
    [[nodiscard]] std::size_t factors() const { return specific.empty() ? 0 : loadings.size() / specific.size(); }
    /// Looks at these numbers: lives no longer than they.
    [[nodiscard]] ballast::solver::program view() const {
        ballast::solver::program p;
        p.risk.layout = layout;
        p.risk.ready = true;
        p.risk.specific = specific;
        p.risk.dense = dense;
        p.risk.loadings = loadings;
        p.risk.factor_covariance = factor_covariance;
        p.risk_aversion = risk_aversion;
        p.wealth = wealth;
        p.benchmark = benchmark;
        p.held = held;
        p.expected_return = expected_return;
        p.lower = lower;
        p.upper = upper;
        p.budget_lower = budget_lower;
        p.budget_upper = budget_upper;
        p.costs_inside = costs_inside;
        p.rows = rows;
        p.row_lower = row_lower;
        p.row_upper = row_upper;
        p.turnover = turnover;
        p.leverage = leverage;
        p.tracking_error = tracking_error;
        p.costs = most_costs;
        return p;
    }
    /// f(bound cost), of the library's own type.
    template <class F>
    auto with_cost(F&& f) const {
        const ballast::look l;
        switch (kind.cost) {
            case cost_kind::zero: return f(ballast::cost::zero{}.bind(l));
            case cost_kind::root:
            case cost_kind::root_and_rate: return f(root.bind(l));
            case cost_kind::power: return f(power.bind(l));
            case cost_kind::quadratic: return f(quadratic.bind(l));
            case cost_kind::tiers: return f(tiers.bind(l));
            case cost_kind::sum: {
                const ballast::cost::sum both{rates, root};
                return f(both.bind(l));
            }
            case cost_kind::sum_of_three: {
                const ballast::cost::sum three{rates, quadratic, root};
                return f(three.bind(l));
            }
            default: return f(rates.bind(l));
        }
    }
    /// Σφ of a w.
    [[nodiscard]] double cost_of(const std::vector<double>& w) const {
        return with_cost([&](const auto& view) {
            double sum = 0.0;
            for (std::size_t i = 0; i < w.size(); ++i) sum += view.cost(i, wealth * (w[i] - held[i])) / wealth;
            return sum;
        });
    }
    [[nodiscard]] std::string name() const {
        return "seed " + std::to_string(seed) + ", n " + std::to_string(assets()) + ", k " + std::to_string(factors()) + ", m " +
               std::to_string(row_lower.size()) + ": " + kind.name(dense_name);
    }
};

/// Draws of one seed (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators").
class seeded {
public:
    explicit seeded(std::uint64_t seed) : state_{seed * 0x9e3779b97f4a7c15u + 0x632be59bd9b4e019u} {}
    [[nodiscard]] std::uint64_t bits() {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }
    [[nodiscard]] double unit() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
    [[nodiscard]] double between(double lo, double hi) { return lo + (hi - lo) * unit(); }
    [[nodiscard]] double power_of_ten(double lo, double hi) { return std::pow(10.0, between(lo, hi)); }
    [[nodiscard]] bool chance(double p) { return unit() < p; }
    [[nodiscard]] std::size_t below(std::size_t n) { return static_cast<std::size_t>(bits() % n); }
    [[nodiscard]] double normal() { return std::sqrt(-2.0 * std::log(1.0 - unit())) * std::cos(6.283185307179586 * unit()); }

private:
    std::uint64_t state_;
};

class program_dice {
public:
    explicit program_dice(std::uint64_t seed, std::size_t most_assets = 2000) : d_{seed}, most_{most_assets} {
        r_.seed = seed;
        r_.kind = program_class::of(seed);
    }
    [[nodiscard]] random_program draw() {
        choose_size();
        choose_scales();
        risk();
        return rest();
    }

protected:
    // All but the size, the scales and the risk.
    [[nodiscard]] random_program rest() {
        positions();
        bounds();
        ties();
        costs();
        if (kind() == degenerate_kind::expected_return || kind() == degenerate_kind::no_risk_aversion ||
            (kind() == degenerate_kind::plain && d_.chance(0.3)))
            returns();
        if (kind() == degenerate_kind::no_risk_aversion) r_.risk_aversion = 0.0;
        anchor();
        limits();
        if (kind() == degenerate_kind::duplicate_rows) duplicates();
        if (kind() == degenerate_kind::just_binds) just_binds();
        if (kind() == degenerate_kind::held_inside) held_inside();
        if (kind() == degenerate_kind::infeasible) conflict();
        return std::move(r_);
    }
    static constexpr double infinity = std::numeric_limits<double>::infinity();
    [[nodiscard]] degenerate_kind kind() const { return r_.kind.degenerate; }

    void choose_size() {
        double top = std::log10(static_cast<double>(most_));
        if (r_.kind.risk == risk_kind::as_many_factors || r_.kind.risk == risk_kind::more_factors) top = std::min(top, 1.7);
        n_ = static_cast<std::size_t>(std::pow(10.0, top * d_.unit()));
        if (d_.chance(0.1)) n_ = static_cast<std::size_t>(std::pow(10.0, top));
        if (kind() == degenerate_kind::one_asset) n_ = 1;
        if (kind() == degenerate_kind::few_assets) n_ = 2 + d_.below(2);
        n_ = std::max<std::size_t>(n_, 1);
    }

    void choose_scales() {
        const double money = d_.power_of_ten(3.0, 12.0);
        const bool in_money = d_.chance(0.3);
        r_.scale = in_money ? money : 1.0;
        r_.wealth = in_money ? 1.0 : money;
        volatility_ = d_.chance(0.6) ? d_.between(0.1, 0.8) : d_.power_of_ten(-4.0, 0.7);
        aversion_ = d_.power_of_ten(-1.0, 2.0);
        r_.risk_aversion = aversion_ / r_.scale;
    }

    void risk() {
        const double v = volatility_ * volatility_;
        r_.specific.resize(n_);
        for (double& s : r_.specific) s = v * d_.power_of_ten(-1.0, 0.0);
        if (r_.kind.risk == risk_kind::diagonal) return;
        if (r_.kind.risk == risk_kind::diagonal_some_zero) return some_zero(0.3);
        r_.layout = ballast::risk_layout::factor;
        std::size_t k = 2 + d_.below(19);
        if (r_.kind.risk == risk_kind::no_factors) k = 0;
        if (r_.kind.risk == risk_kind::one_factor) k = 1;
        if (r_.kind.risk == risk_kind::as_many_factors) k = n_;
        if (r_.kind.risk == risk_kind::more_factors) k = n_ + 1 + d_.below(5);
        // A market that all follow, and styles or sectors around it.
        r_.loadings.resize(n_ * k);
        for (std::size_t i = 0; i < n_; ++i)
            for (std::size_t f = 0; f < k; ++f)
                r_.loadings[i * k + f] = f == 0 ? d_.between(0.5, 1.5) : (d_.chance(0.3) ? 0.0 : 0.5 * d_.normal());
        // Ω = BBᵀ: of full rank, or not.
        const std::size_t rank = r_.kind.risk == risk_kind::singular_factors ? (k + 1) / 2 : k;
        std::vector<double> root(k * rank);
        for (std::size_t a = 0; a < k; ++a)
            for (std::size_t b = 0; b < rank; ++b) root[a * rank + b] = volatility_ * (a == b ? 1.0 : 0.1 * d_.normal());
        r_.factor_covariance.assign(k * k, 0.0);
        for (std::size_t a = 0; a < k && r_.kind.risk != risk_kind::zero_factors; ++a)
            for (std::size_t b = 0; b <= a; ++b) {
                double sum = 0.0;
                for (std::size_t c = 0; c < rank; ++c) sum += root[a * rank + c] * root[b * rank + c];
                r_.factor_covariance[a * k + b] = r_.factor_covariance[b * k + a] = sum;
            }
        if (r_.kind.risk == risk_kind::tiny_specific) {
            const double tiny = d_.power_of_ten(-14.0, -6.0);
            for (double& s : r_.specific) s *= tiny;
        }
        if (r_.kind.risk == risk_kind::no_specific) some_zero(1.0);
        if (r_.kind.risk == risk_kind::some_specific) some_zero(0.4);
    }
    void some_zero(double share) {
        for (double& s : r_.specific) {
            if (d_.chance(share))
                s = 0.0;
            else if (share < 1.0 && d_.chance(0.2))
                s *= 1e-10;
        }
    }

    [[nodiscard]] std::vector<double> shares(double shorts) {
        std::vector<double> w(n_);
        double sum = 0.0;
        for (double& x : w) sum += std::fabs(x = d_.power_of_ten(-1.0, 0.0) * (d_.chance(shorts) ? -1.0 : 1.0));
        for (double& x : w) x *= r_.scale / sum;
        return w;
    }
    void positions() {
        shorts_ = d_.chance(0.3) ? 0.3 : 0.0;
        r_.benchmark = shares(shorts_);
        if (d_.chance(0.15))
            for (double& b : r_.benchmark)
                if (d_.chance(0.3)) b = 0.0;
        if (d_.chance(0.7)) {
            const double drift = d_.power_of_ten(-3.0, -0.3);
            r_.held = r_.benchmark;
            for (double& h : r_.held) h *= std::exp(drift * d_.normal());
        } else {
            r_.held = shares(shorts_);
        }
        if (kind() == degenerate_kind::all_cash) r_.held.assign(n_, 0.0);
        if (kind() == degenerate_kind::benchmark_held) r_.held = r_.benchmark;
    }

    void bounds() {
        const std::size_t form = d_.below(5);
        const double typical = r_.scale / static_cast<double>(n_);
        // Without curvature something has to bound what is worth having; and what an infinite bound leaves open no price may decide.
        const bool finite_only = kind() == degenerate_kind::no_risk_aversion || kind() == degenerate_kind::expected_return ||
                                 kind() == degenerate_kind::plain || kind() == degenerate_kind::infeasible ||
                                 r_.kind.cost == cost_kind::rebate;
        r_.lower.assign(n_, -infinity);
        r_.upper.assign(n_, infinity);
        for (std::size_t i = 0; i < n_; ++i) {
            const double b = r_.benchmark[i];
            const std::size_t mine = form == 4 ? d_.below(4) : form;
            if (mine == 0 || (mine == 1 && finite_only)) {
                r_.lower[i] = shorts_ > 0.0 ? std::min(0.0, 3.0 * b) : 0.0;
                r_.upper[i] = std::max(3.0 * b, 0.1 * r_.scale);
            } else if (mine == 2) {
                r_.lower[i] = b - 2.0 * typical * d_.unit();
                r_.upper[i] = b + 2.0 * typical * d_.unit();
            } else if (mine == 3) {
                r_.lower[i] = shorts_ > 0.0 ? -0.5 * r_.scale : 0.0;
                if (finite_only) r_.upper[i] = r_.scale;
            }
            const double h = r_.held[i];
            switch (kind()) {
                case degenerate_kind::held_at_bound:
                    if (d_.chance(0.7)) (d_.chance(0.5) ? r_.lower[i] : r_.upper[i]) = h;
                    break;
                case degenerate_kind::held_outside:
                    if (d_.chance(0.5)) {
                        if (d_.chance(0.5))
                            r_.lower[i] = h + typical * d_.unit();
                        else
                            r_.upper[i] = h - typical * d_.unit();
                    }
                    break;
                case degenerate_kind::some_fixed:
                    if (d_.chance(0.4)) r_.lower[i] = r_.upper[i] = d_.chance(0.5) ? h : b;
                    break;
                case degenerate_kind::all_fixed: r_.lower[i] = r_.upper[i] = i % 2 == 0 ? h : b; break;
                default: break;
            }
            if (r_.lower[i] > r_.upper[i]) std::swap(r_.lower[i], r_.upper[i]);
        }
    }

    // Some assets are copies of others.
    void ties() {
        if (kind() != degenerate_kind::ties) return;
        const std::size_t k = r_.factors();
        copy_of_.resize(n_);
        for (std::size_t i = 0; i < n_; ++i) {
            copy_of_[i] = i;
            if (i == 0 || d_.chance(0.4)) continue;
            const std::size_t of = copy_of_[i] = copy_of_[d_.below(i)];
            for (std::vector<double>* v : {&r_.specific, &r_.benchmark, &r_.held, &r_.lower, &r_.upper}) (*v)[i] = (*v)[of];
            for (std::size_t f = 0; f < k; ++f) r_.loadings[i * k + f] = r_.loadings[of * k + f];
        }
        const std::vector<double> each = r_.dense;
        for (std::size_t i = 0; i < n_ && !each.empty(); ++i)
            for (std::size_t j = 0; j < n_; ++j) r_.dense[i * n_ + j] = each[copy_of_[i] * n_ + copy_of_[j]];
    }

    [[nodiscard]] double variance(std::size_t i) const { return std::max(r_.view().risk.variance(i), 1e-3 * volatility_ * volatility_); }

    // Rates around what a trade of a usual size is worth, so that some assets trade and others do not; or a few basis points whatever it is worth.
    void costs() {
        const double typical_share = 0.3 / static_cast<double>(n_);
        const double gain = aversion_ * variance(n_ / 2) * typical_share;
        const double usual = d_.chance(0.75) ? gain * d_.power_of_ten(-1.5, 0.8) : 1e-4 * d_.between(1.0, 30.0);
        const double rate = std::min(usual, 0.3);
        const double money = r_.wealth * r_.scale;
        const double trade = money * typical_share;
        std::vector<double> buy(n_), sell(n_), volume(n_), strength(n_);
        for (std::size_t i = 0; i < n_; ++i) {
            buy[i] = rate * d_.power_of_ten(-0.5, 0.5);
            sell[i] = rate * d_.power_of_ten(-0.5, 0.5);
            if (d_.chance(0.1)) buy[i] = 0.0;
            volume[i] = money * d_.power_of_ten(-2.0, 2.0);
            if (copy(i) != i) {
                buy[i] = buy[copy(i)];
                sell[i] = sell[copy(i)];
                volume[i] = volume[copy(i)];
            }
            if (r_.kind.cost == cost_kind::rebate && i % 3 == 0) buy[i] = -0.5 * sell[i];
            strength[i] = rate / (1.5 * std::sqrt(trade / volume[i]));
        }
        if (r_.kind.cost == cost_kind::uniform)
            r_.rates = {.rate = rate};
        else
            r_.rates = {.rate = buy, .sell = sell};
        const bool with_rate = r_.kind.cost == cost_kind::root_and_rate;
        r_.root = {.coefficient = strength, .daily_volatility = 1.0, .daily_volume = volume};
        if (with_rate) r_.root.rate = buy_only(buy, rate);
        r_.power = {.exponent = 1.6, .coefficient = strength, .daily_volatility = 1.0, .daily_volume = volume};
        for (std::size_t i = 0; i < n_; ++i) strength[i] = rate * volume[i] / trade;
        r_.quadratic = {.coefficient = strength, .daily_volume = volume};
        const double edge = trade * d_.power_of_ten(-1.0, 0.5);
        r_.tiers = {.tiers = {{0.3 * edge, 0.3 * rate}, {edge, 0.7 * rate}, {4.0 * edge, 1.5 * rate}, {.rate = 2.0 * rate}}};
    }
    [[nodiscard]] std::size_t copy(std::size_t i) const { return copy_of_.empty() ? i : copy_of_[i]; }
    [[nodiscard]] static std::vector<double> buy_only(std::vector<double> rates, double most) {
        for (double& r : rates) r = std::min(r, most);
        return rates;
    }

    void returns() {
        const double size = aversion_ * volatility_ * volatility_ * d_.power_of_ten(-1.0, 0.0) * 2.0 / static_cast<double>(n_);
        r_.expected_return.resize(n_);
        for (double& a : r_.expected_return) a = size * d_.normal();
        for (std::size_t i = 0; i < n_; ++i) r_.expected_return[i] = r_.expected_return[copy(i)];
    }

    [[nodiscard]] double within(std::size_t i, double w) const { return std::min(std::max(w, r_.lower[i]), r_.upper[i]); }
    // The point that is to keep all limits: part of the way from what is held to the benchmark, and a little off.
    void anchor() {
        const double way = d_.chance(0.3) ? 1.0 : d_.unit();
        const double noise = d_.chance(0.3) ? 0.0 : d_.power_of_ten(-2.0, 0.0) / static_cast<double>(n_) * r_.scale;
        r_.inside.resize(n_);
        for (std::size_t i = 0; i < n_; ++i)
            r_.inside[i] = within(i, r_.held[i] + way * (r_.benchmark[i] - r_.held[i]) + noise * d_.normal());
    }

    [[nodiscard]] double sum_inside() const {
        double s = 0.0;
        for (const double w : r_.inside) s += w;
        return s;
    }
    [[nodiscard]] double inside_turnover() const {
        double t = 0.0;
        for (std::size_t i = 0; i < n_; ++i) t += 0.5 * std::fabs(r_.inside[i] - r_.held[i]);
        return t;
    }
    [[nodiscard]] double inside_leverage() const {
        double t = 0.0;
        for (const double w : r_.inside) t += std::fabs(w);
        return t;
    }
    // A little room above the point, or none.
    [[nodiscard]] double room(double size) { return d_.chance(0.5) ? 0.0 : size * d_.power_of_ten(-3.0, -0.5); }

    void limits() {
        const limit_kind l = r_.kind.limit;
        const bool all = l == limit_kind::all || l == limit_kind::all_inside;
        if (l == limit_kind::costs_inside || l == limit_kind::all_inside) {
            r_.costs_inside = true;
            r_.budget_upper = sum_inside() + r_.cost_of(r_.inside) + room(r_.scale);
        } else if (l == limit_kind::budget_range) {
            r_.budget_lower = sum_inside() - room(r_.scale);
            r_.budget_upper = sum_inside() + room(r_.scale);
        } else if (l == limit_kind::budget || all || l == limit_kind::turnover_and_budget ||
                   ((l == limit_kind::groups || l == limit_kind::rows || l == limit_kind::equal_rows || l == limit_kind::leverage) &&
                    d_.chance(0.6))) {
            r_.budget_lower = r_.budget_upper = sum_inside();
        }
        if (l == limit_kind::groups || all) groups();
        if (l == limit_kind::rows || all) general_rows(false);
        if (l == limit_kind::equal_rows) general_rows(true);
        if (l == limit_kind::turnover || l == limit_kind::turnover_and_budget || all)
            r_.turnover = inside_turnover() + room(0.3 * r_.scale);
        if (l == limit_kind::leverage || all) r_.leverage = inside_leverage() + room(r_.scale);
    }
    void add_row(const std::vector<double>& a, double lower, double upper) {
        r_.rows.insert(r_.rows.end(), a.begin(), a.end());
        r_.row_lower.push_back(lower);
        r_.row_upper.push_back(upper);
    }
    [[nodiscard]] double at_inside(const std::vector<double>& a) const {
        double s = 0.0;
        for (std::size_t i = 0; i < n_; ++i) s += a[i] * r_.inside[i];
        return s;
    }
    void groups() {
        const std::size_t count = 1 + d_.below(std::min<std::size_t>(n_, 12));
        std::vector<std::size_t> group(n_);
        for (std::size_t& g : group) g = d_.below(count);
        for (std::size_t g = 0; g < count; ++g) {
            std::vector<double> a(n_, 0.0);
            for (std::size_t i = 0; i < n_; ++i) a[i] = group[i] == g ? 1.0 : 0.0;
            two_sides(a, r_.scale / static_cast<double>(count));
        }
    }
    void two_sides(const std::vector<double>& a, double size) {
        const double here = at_inside(a);
        const bool below = d_.chance(0.6);
        const bool above = !below || d_.chance(0.6);
        add_row(a, below ? here - room(size) : -infinity, above ? here + room(size) : infinity);
    }
    void general_rows(bool equal) {
        const std::size_t count = 1 + d_.below(4);
        for (std::size_t j = 0; j < count; ++j) {
            std::vector<double> a(n_);
            const double size = d_.chance(0.3) ? d_.power_of_ten(-4.0, 4.0) : 1.0;
            for (double& c : a) c = size * (d_.chance(0.2) ? 0.0 : 0.5 + d_.normal());
            if (equal)
                add_row(a, at_inside(a), at_inside(a));
            else
                two_sides(a, size * r_.scale / std::sqrt(static_cast<double>(n_)));
        }
    }

    // The same row twice, one times a number, the sum of two, a row that is the budget, and one of nothing.
    void duplicates() {
        if (r_.row_lower.empty()) general_rows(d_.chance(0.5));
        const std::size_t m = r_.row_lower.size();
        const std::vector<double> first(r_.rows.begin(), r_.rows.begin() + static_cast<std::ptrdiff_t>(n_));
        add_row(first, r_.row_lower[0], r_.row_upper[0]);
        std::vector<double> twice = first;
        for (double& c : twice) c *= -2.0;
        add_row(twice, -2.0 * r_.row_upper[0], -2.0 * r_.row_lower[0]);
        if (m > 1) {
            std::vector<double> sum = first;
            for (std::size_t i = 0; i < n_; ++i) sum[i] += r_.rows[n_ + i];
            two_sides(sum, r_.scale);
        }
        if (d_.chance(0.5)) two_sides(std::vector<double>(n_, 1.0), r_.scale);
        if (d_.chance(0.3)) add_row(std::vector<double>(n_, 0.0), d_.chance(0.5) ? 0.0 : -1.0, d_.chance(0.5) ? 0.0 : 1.0);
    }

    // Without costs and other limits the benchmark, clamped, is best of a diagonal Σ: a turnover and a leverage that it takes just so.
    void just_binds() {
        r_.kind.cost = cost_kind::zero;
        r_.expected_return.clear();
        for (std::size_t i = 0; i < n_; ++i) {
            r_.lower[i] = std::min(r_.lower[i], r_.benchmark[i]);
            r_.upper[i] = std::max(r_.upper[i], r_.benchmark[i]);
            r_.inside[i] = r_.benchmark[i];
        }
        r_.rows.clear();
        r_.row_lower.clear();
        r_.row_upper.clear();
        r_.budget_lower = -infinity;
        r_.budget_upper = infinity;
        r_.costs_inside = false;
        r_.turnover = r_.leverage = infinity;
        const limit_kind l = r_.kind.limit;
        if (l == limit_kind::groups || l == limit_kind::rows || l == limit_kind::equal_rows) {
            std::vector<double> a(n_);
            for (double& c : a) c = d_.normal();
            add_row(a, l == limit_kind::equal_rows ? at_inside(a) : -infinity, at_inside(a));
        } else if (l == limit_kind::budget || l == limit_kind::budget_range || l == limit_kind::costs_inside) {
            r_.budget_upper = sum_inside();
            if (l == limit_kind::budget) r_.budget_lower = r_.budget_upper;
            r_.costs_inside = l == limit_kind::costs_inside;
        }
        if (l == limit_kind::turnover || l == limit_kind::turnover_and_budget || l == limit_kind::all || l == limit_kind::all_inside) {
            r_.turnover = inside_turnover();
            if (d_.chance(0.3)) r_.turnover *= d_.chance(0.5) ? 1.0 - 1e-12 : 1.0 + 1e-12;
        }
        if (l == limit_kind::leverage || l == limit_kind::all || l == limit_kind::all_inside) r_.leverage = inside_leverage();
    }

    // What is held keeps all limits, and is at the edge of those that leave no room: often nothing is worth a trade.
    void held_inside() {
        for (std::size_t i = 0; i < n_; ++i) {
            r_.lower[i] = std::min(r_.lower[i], r_.held[i]);
            r_.upper[i] = std::max(r_.upper[i], r_.held[i]);
        }
        r_.inside = r_.held;
        r_.rows.clear();
        r_.row_lower.clear();
        r_.row_upper.clear();
        r_.costs_inside = false;
        r_.budget_lower = -infinity;
        r_.budget_upper = r_.turnover = r_.leverage = infinity;
        limits();
    }

    // Limits that contradict each other, by much or by little.
    void conflict() {
        r_.feasible = false;
        const double by = r_.scale * d_.power_of_ten(-4.0, 0.0);
        double most = 0.0;
        double least = 0.0;
        for (std::size_t i = 0; i < n_; ++i) {
            r_.lower[i] = std::max(r_.lower[i], -2.0 * r_.scale);
            r_.upper[i] = std::min(r_.upper[i], 2.0 * r_.scale);
            most += r_.upper[i];
            least += r_.lower[i];
        }
        const std::vector<double> one(n_, 1.0);
        double sum_held = 0.0;
        for (const double h : r_.held) sum_held += h;
        switch (d_.below(7)) {
            case 0:  // more than the bounds hold
                r_.costs_inside = false;
                r_.budget_lower = most + by;
                r_.budget_upper = infinity;
                break;
            case 1:  // less
                r_.budget_lower = -infinity;
                r_.budget_upper = least - by;
                if (r_.costs_inside && r_.kind.cost == cost_kind::rebate) r_.costs_inside = false;
                break;
            case 2: {  // two rows
                std::vector<double> a(n_);
                for (double& c : a) c = d_.normal();
                const double here = at_inside(a);
                add_row(a, here + by, infinity);
                for (double& c : a) c *= 2.0;
                add_row(a, -infinity, 2.0 * here);
                break;
            }
            case 3:  // the turnover does not get there
                r_.costs_inside = false;
                r_.turnover = 0.1 * by;
                r_.budget_lower = sum_held + by;
                r_.budget_upper = infinity;
                break;
            case 4:  // nor the leverage
                r_.leverage = 0.1 * r_.scale;
                add_row(one, 0.1 * r_.scale + by, infinity);
                break;
            case 5: {  // a bound
                const std::size_t i = d_.below(n_);
                r_.upper[i] = r_.lower[i] - by;
                break;
            }
            default: {  // groups against their sum
                std::vector<double> a(n_);
                std::vector<double> b(n_);
                for (std::size_t i = 0; i < n_; ++i) {
                    a[i] = i % 2 == 0 ? 1.0 : 0.0;
                    b[i] = 1.0 - a[i];
                }
                add_row(a, -infinity, at_inside(a));
                add_row(b, -infinity, at_inside(b));
                r_.costs_inside = false;
                r_.budget_lower = sum_inside() + by;
                r_.budget_upper = infinity;
                break;
            }
        }
    }

    seeded d_;
    std::size_t most_;
    random_program r_{};
    std::size_t n_ = 0;
    double volatility_ = 0.2;
    double aversion_ = 1.0;
    double shorts_ = 0.0;
    std::vector<std::size_t> copy_of_{};
};

/// The program of a seed.
[[nodiscard]] inline random_program draw_program(std::uint64_t seed, std::size_t most_assets = 2000) {
    return program_dice{seed, most_assets}.draw();
}

}  // namespace ballast_test
