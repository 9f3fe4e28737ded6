/// The program of `solver::tracking`: the book's limits as numbers, asked of the search for prices, and what its prices say of each asset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "../../numeric/sum.hpp"
#include "../../risk/detail/covariance.hpp"
#include "../concept.hpp"
#include "../limited_search.hpp"
#include "../program.hpp"
#include "rounding.hpp"

namespace ballast::inline v0::detail {

/// The prices of an answer, where a search may begin: those of factors, then of rows, then of the budget, of turnover and of leverage.
/// Those of the tracking error and of the costs are looked for from nothing each time: where that search begins shows in the last bits.
struct remembered_prices {
    std::vector<double> price{};
    std::uint32_t factors = 0;  ///< how many of the first are of factors
    std::uint32_t rows = 0;     ///< and after them of rows
    bool known = false;

    void prepare(std::size_t most_factors, std::size_t m) {
        price.assign(most_factors + m + 3, 0.0);
        factors = rows = 0;
        known = false;
    }
    template <class Self, class Visit>
    static void fields(Self& r, Visit&& visit) {
        visit(r.price);
        visit(r.factors);
        visit(r.rows);
        visit(r.known);
    }
};

/// What the program works with.
struct tracking_columns {
    std::vector<double> held{}, lower{}, upper{}, aim{}, share{};    ///< of the search of one period
    std::vector<double> best{};                                      ///< the answer of the last search
    std::vector<double> expected{};                                  ///< returns over the horizon
    std::vector<double> rows{}, row_lower{}, row_upper{}, row_at{};  ///< A, its bounds, and its sums at the aims or at the answer
    std::vector<double> row_price{}, factor_price{};
    std::vector<why> limited{};  ///< per asset: which limit of the program keeps it where it is
    solver::limited_search search{};
    std::size_t factors = 0;  ///< most that there is room for

    void prepare(std::size_t n, std::size_t k, std::size_t m, bool dense) {
        for (auto* v : {&held, &lower, &upper, &aim, &share, &best, &expected}) v->resize(n);
        rows.resize(n * m);
        for (auto* v : {&row_lower, &row_upper, &row_at, &row_price}) v->resize(m);
        factor_price.resize(k);
        limited.resize(n);
        search.prepare(n, k, m, dense);
        factors = k;
    }
};

/// `How` is the policy: its parameters, and `for_each_limit(visit)`, which calls `visit(limit, coefficient)` with the coefficients of each.
template <class How, class View>
class tracking_program {
public:
    tracking_program(const How& how, const problem& p, const View& view, tracking_columns& c) noexcept
        : how_{how},
          p_{p},
          view_{view},
          c_{c},
          n_{p.look.assets()},
          k_{p.look.risk[how.estimator].layout == risk_layout::factor ? p.look.risk[how.estimator].factors() : 0},
          m_{c.row_lower.size()} {
        const double years = how.horizon.years();
        q_.risk = p.look.risk[how.estimator];
        q_.risk_aversion = how.risk_aversion * years;
        q_.tracking_error = how.tracking_error;
        if (how.expected_return.given()) {
            for (std::size_t i = 0; i < n_; ++i) c.expected[i] = how.expected_return[i] * years;
            q_.expected_return = {c.expected.data(), n_};
        }
        q_.benchmark = {c.aim.data(), n_};
        q_.held = {c.held.data(), n_};
        q_.lower = {c.lower.data(), n_};
        q_.upper = {c.upper.data(), n_};
        q_.rows = {c.rows.data(), m_ * n_};
        q_.row_lower = {c.row_lower.data(), m_};
        q_.row_upper = {c.row_upper.data(), m_};
        std::size_t r = 0;
        how.for_each_limit(q_.risk, [&](const auto&, const auto& coefficient) {
            for (std::size_t i = 0; i < n_; ++i) c.rows[r * n_ + i] = coefficient(i);
            ++r;
        });
        answer_.position = {c.best.data(), n_};
        answer_.factor_price = {c.factor_price.data(), k_};
        answer_.price.row = {c.row_price.data(), m_};
        forget();
        // Most calls have the matrix of the call before: of this account, or of another one of the same market. A fault comes up again in the search.
        if (q_.risk.layout == risk_layout::dense) (void)c.search.prepare_shared(q_.risk);
    }

    /// Begins where another search ended, if it was of as many factors and rows.
    void begin_at(const remembered_prices& m) noexcept {
        if (!m.known || m.factors != k_ || m.rows != m_ || m.price.size() < k_ + m_ + 3) return;
        const double* from = m.price.data();
        for (double& x : answer_.factor_price) x = *from++;
        for (double& x : answer_.price.row) x = *from++;
        answer_.price.budget = from[0];
        answer_.price.turnover = from[1];
        answer_.price.leverage = from[2];
        answer_.warm = true;
        at_held_ = true;
    }

    /// How much cash is spent, costs counted: as much as is best for purchases and sales; this amount; or half of the costs. Never more than there is.
    /// With c the costs and s what is spent, as shares of the wealth, the one-way turnover is that of the assets, ½Σ|Δw|, and ½(|s − c/2| + |c/2|): what
    /// `turnover_of` counts, the larger of purchases with half of the costs and of sales.
    /// @{
    void spend_freely() noexcept { cash_ = cash_use::free; }
    void spend(double amount, bool half_of_costs) noexcept {
        cash_ = half_of_costs ? cash_use::half_of_costs : cash_use::amount;
        amount_ = amount;
    }
    /// Share of the wealth.
    [[nodiscard]] double spent() const noexcept { return spent_; }
    [[nodiscard]] bool spends_all() const noexcept { return spends_all_; }
    /// What spending another share of the wealth would improve, and what spending one less would cost.
    [[nodiscard]] slope_interval worth_of_spending() const noexcept {
        const double half = 0.5 * answer_.price.turnover;
        return {answer_.price.budget - (side_ >= 0 ? half : -half), answer_.price.budget + (side_ <= 0 ? half : -half)};
    }
    [[nodiscard]] double size_of_worth() const noexcept { return absolute(answer_.price.budget) + answer_.price.turnover; }
    /// @}

    void at(double wealth, double budget) noexcept {
        const look& l = p_.look;
        const mandate& rules = *l.rules;
        solved_ = false;
        q_.wealth = wealth;
        exact_sum least, most, size, used, paid;
        begun_ = false;
        for (std::size_t i = 0; i < n_; ++i) {
            least.add(c_.lower[i]);
            most.add(c_.upper[i]);
            size.add(c_.lower[i] > 0.0 ? c_.lower[i] : c_.upper[i] < 0.0 ? -c_.upper[i] : 0.0);
            const double done = c_.held[i] - l.position[i] / wealth;
            used.add(absolute(done));
            begun_ = begun_ || done != 0.0;
            if (done != 0.0 && how_.cost_budget < infinity) paid.add(view_.cost(i, done * wealth) / wealth);
        }
        // What the mandate allows the positions to be, where the bounds leave so little.
        const double gross = rules.leverage * keeps, net = rules.net_leverage * keeps;
        const double exposure = rules.allow_short || net < gross ? net : gross;
        exposure_binds_ = exposure < budget * (keeps * keeps);  // where both are the same it is the cash that binds
        q_.budget_upper = larger(exposure_binds_ ? exposure : budget, least.value());
        q_.budget_lower = rules.allow_short && net < infinity ? smaller(-net, most.value()) : -infinity;
        q_.leverage = rules.allow_short ? larger(gross, size.value()) : infinity;
        q_.costs = how_.cost_budget < infinity ? larger(how_.cost_budget * keeps * (l.value / wealth) - paid.value(), 0.0) : infinity;
        q_.turnover = infinity;
        side_ = 0;
        spends_all_ = false;
        if (p_.limits.turnover < infinity) {
            const double half_of_costs = 0.5 * (l.value - wealth) / wealth;
            double of_cash = 0.0;
            if (cash_ != cash_use::free) {
                exact_sum held;
                for (std::size_t i = 0; i < n_; ++i) held.add(l.position[i]);
                const double before = 1.0 - (l.value - held.value()) / wealth;  // Σw where no cash is spent
                const double all = q_.budget_upper - before;
                spent_ = cash_ == cash_use::half_of_costs ? half_of_costs : amount_ / wealth;
                spends_all_ = spent_ >= all;
                if (spends_all_) spent_ = all;
                q_.budget_lower = q_.budget_upper = before + spent_;
                side_ = spent_ > half_of_costs ? 1 : spent_ < half_of_costs ? -1 : 0;
                of_cash = 0.5 * (absolute(spent_ - half_of_costs) + absolute(half_of_costs));
            }
            const double left = p_.limits.turnover * keeps * (l.value / wealth) - of_cash - 0.5 * used.value();
            q_.turnover = left > 0.0 ? left : 0.0;
        }
        std::size_t r = 0;
        how_.for_each_limit(q_.risk, [&](const auto& limit, const auto&) {
            const double from = limit.active ? sum_of_row(r, c_.aim) : 0.0;
            c_.row_lower[r] = limit.lower + from;
            c_.row_upper[r] = limit.upper + from;
            ++r;
        });
    }

    void solve(double = 0.0) noexcept {
        if (!solved_) search();
        for (std::size_t i = 0; i < n_; ++i) c_.share[i] = c_.best[i];
    }

    /// Whether no asset is worth an order.
    template <class Order>
    [[nodiscard]] bool holds(Order&& order) noexcept {
        solve();
        if (end_ != search_end::best) return false;
        for (std::size_t i = 0; i < n_; ++i) {
            const double way = c_.share[i] - c_.held[i];
            if (way != 0.0 && absolute(way) >= order(i, way > 0.0)) return false;
        }
        for (std::size_t i = 0; i < n_; ++i) c_.share[i] = c_.held[i];
        return true;
    }

    /// Of cash: 0 where it is the mandate's exposure that binds.
    [[nodiscard]] double price() const noexcept {
        if (end_ == search_end::infeasible || exposure_binds_) return 0.0;
        const double worth = cash_ == cash_use::free ? answer_.price.budget : spends_all_ ? worth_of_spending().low : 0.0;
        return worth > 0.0 ? worth : 0.0;
    }
    [[nodiscard]] search_end ended() const noexcept { return end_; }
    [[nodiscard]] fault problem_of_search() const noexcept { return fault_; }

    [[nodiscard]] optimality certificate() const noexcept {
        const solver::certificate& c = answer_.certificate;
        optimality o{.made = true, .proved = end_ == search_end::best, .end = end_, .iterations = steps_};
        const bool none = end_ == search_end::infeasible;
        o.cash_price = none && !exposure_binds_ ? answer_.price.budget : price();
        o.leverage_price = answer_.price.leverage;
        if (cash_ == cash_use::free && o.cash_price == 0.0) o.leverage_price += absolute(answer_.price.budget);
        o.turnover_price = answer_.price.turnover;
        // θ is that of half the square.
        const bool of_square = !none && q_.tracking_error > 0.0 && q_.tracking_error < infinity;
        o.tracking_error_price = answer_.price.risk * (of_square ? q_.tracking_error : 1.0);
        o.cost_price = answer_.price.costs;
        if (end_ == search_end::infeasible) return o;
        o.objective = c.objective;
        o.before = before();
        o.gap = c.gap;
        o.relative_gap = c.relative_gap;
        o.residual = c.dual;
        o.relative_residual = c.relative_dual;
        o.missed = c.primal;
        o.relative_missed = c.relative_primal;
        o.complementarity = c.complementarity;
        return o;
    }

    /// The reasons, the prices where there is room for them, and which limits contradict each other where some do.
    void tell(solution& s) noexcept {
        const bool none = end_ == search_end::infeasible;
        if (none) s.conflict = {fault_code::limits_contradict, first_in_conflict(), 0.0};
        answer_prices* const out = s.prices != nullptr && s.prices->holds(n_, how_.told_prices()) ? s.prices : nullptr;
        if (out != nullptr) out->clear();
        for (std::size_t i = 0; i < n_ && !none; ++i) {
            const parts_of_worth w = worth(i);
            const slope_interval cost = cost_slopes(i);
            c_.limited[i] = limit_of(i, w, cost);
            if (out == nullptr) continue;
            const double x = c_.share[i] - c_.held[i];
            const double lev = c_.share[i] == 0.0 ? answer_.price.leverage : 0.0;
            out->assets.push_back({.benefit = w.all(),
                                   .cost_low = cost.low + (x > 0.0 ? of_turnover(1) : of_turnover(-1)) - lev,
                                   .cost_high = cost.high + (x < 0.0 ? of_turnover(-1) : of_turnover(1)) + lev});
        }
        if (out == nullptr) return;
        std::size_t r = 0;
        how_.for_each_limit(q_.risk, [&](const auto& limit, const auto&) {
            out->limits.push_back({.name = limit.name,
                                   .value = none ? 0.0 : sum_of_row(r, c_.share),
                                   .lower = c_.row_lower[r],
                                   .upper = c_.row_upper[r],
                                   .price = answer_.price.row[r]});
            ++r;
        });
        for (std::size_t a = 0; a < k_ && !none; ++a) out->factors.push_back(answer_.factor_price[a]);
    }
    [[nodiscard]] why reason(std::size_t i) const noexcept { return c_.limited[i]; }

private:
    static constexpr double infinity = std::numeric_limits<double>::infinity();
    static constexpr double keeps = 1.0 - 1.0 / 17592186044416.0;  ///< 1 − 2^-44: so that rounding does not make it more than is allowed

    [[nodiscard]] static double larger(double a, double b) noexcept { return a > b ? a : b; }
    [[nodiscard]] static double smaller(double a, double b) noexcept { return a < b ? a : b; }

    void forget() noexcept {
        for (double& x : answer_.factor_price) x = 0.0;
        for (double& x : answer_.price.row) x = 0.0;
        answer_.price.budget = answer_.price.turnover = answer_.price.leverage = answer_.price.risk = answer_.price.costs = 0.0;
        answer_.warm = false;
    }

    void search() noexcept {
        for (std::size_t i = 0; at_held_ && i < n_; ++i) c_.best[i] = c_.held[i];
        at_held_ = false;
        c_.search.solve(q_, view_, answer_, {.iterations = how_.iterations, .closest = how_.closest});
        const solver::certificate& c = answer_.certificate;
        steps_ += c.iterations;
        solved_ = true;
        answer_.warm = true;
        end_ = c.how;
        // What is left to be rounded can not keep these any better: then it is what it is.
        if (end_ == search_end::infeasible && begun_ && (answer_.price.risk != 0.0 || answer_.price.costs != 0.0)) {
            for (std::size_t i = 0; i < n_; ++i) c_.best[i] = c_.held[i];
            end_ = search_end::stopped;
        }
        if (end_ == search_end::none) {
            end_ = search_end::infeasible;
            fault_ = c.fault ? c.fault : fault{fault_code::bad_risk};
        }
        // Stopped before anything was found that keeps the limits: nothing is traded.
        if (end_ == search_end::stopped && !(c.relative_primal <= 1e-9))
            for (std::size_t i = 0; i < n_; ++i) c_.best[i] = c_.held[i];
    }

    [[nodiscard]] double sum_of_row(std::size_t r, const std::vector<double>& x) const noexcept {
        exact_sum sum;
        for (std::size_t i = 0; i < n_; ++i)
            if (const double a = c_.rows[r * n_ + i]; a != 0.0) sum.add(a * x[i]);
        return sum.value();
    }
    /// The objective where nothing is traded.
    [[nodiscard]] double before() const noexcept {
        const auto off = [&](std::size_t i) { return c_.held[i] - c_.aim[i]; };
        double value = 0.5 * q_.risk_aversion * quadratic_form(q_.risk, n_, off);
        for (std::size_t i = 0; i < n_; ++i) value -= q_.alpha(i) * c_.held[i];
        return value;
    }

    /// What another share of the wealth in an asset is worth, in parts.
    struct parts_of_worth {
        double risk = 0.0;
        double gain = 0.0;
        double budget = 0.0;
        double rows = 0.0;
        double leverage = 0.0;
        [[nodiscard]] double all() const noexcept { return risk + gain + budget + rows + leverage; }
        [[nodiscard]] double size() const noexcept {
            return absolute(risk) + absolute(gain) + absolute(budget) + absolute(rows) + absolute(leverage);
        }
    };
    [[nodiscard]] parts_of_worth worth(std::size_t i) const noexcept {
        parts_of_worth w;
        const double aversion = q_.risk_aversion + answer_.price.risk;
        if (q_.risk.layout == risk_layout::dense)
            for (std::size_t j = 0; j < n_; ++j) w.risk -= aversion * q_.risk.dense[i * n_ + j] * (c_.share[j] - c_.aim[j]);
        else
            w.risk = -aversion * q_.risk.specific[i] * (c_.share[i] - c_.aim[i]);
        for (std::size_t a = 0; a < k_; ++a) w.risk -= q_.risk.loadings[i * k_ + a] * answer_.factor_price[a];
        w.gain = q_.alpha(i);
        w.budget = -(answer_.price.budget - lean());
        for (std::size_t r = 0; r < m_; ++r) w.rows -= q_.coefficient(r, i) * answer_.price.row[r];
        if (c_.share[i] != 0.0) w.leverage = c_.share[i] > 0.0 ? -answer_.price.leverage : answer_.price.leverage;
        return w;
    }
    [[nodiscard]] slope_interval cost_slopes(std::size_t i) const noexcept {
        const double x = c_.share[i] - c_.held[i];
        const slope_interval s = view_.marginal(i, x == 0.0 ? 0.0 : x * q_.wealth);
        return {weight_of_costs() * s.low, weight_of_costs() * s.high};
    }

    /// Which of the program's limits, but for its own bounds and cash, has an asset where it is: without that limit's price it would trade
    /// more, or less. `why::full`: none.
    [[nodiscard]] why limit_of(std::size_t i, const parts_of_worth& w, const slope_interval& cost) const noexcept {
        const double x = c_.share[i] - c_.held[i];
        const double all = w.all();
        const double exposure = w.leverage + (binds_exposure() ? w.budget : 0.0);
        const double noise = 1e-12 * (answer_.price.turnover + w.size());
        const auto wants = [&](double worth) { return worth > cost.high + noise ? 1 : worth < cost.low - noise ? -1 : 0; };
        if (x == 0.0) {
            if (w.rows != 0.0 && wants(all - w.rows) != 0 && wants(all) == 0) return why::cut_by_limit;
            if (exposure != 0.0 && wants(all - exposure) != 0 && wants(all) == 0) return why::exposure_full;
            if (answer_.price.turnover > 0.0 && wants(all) != 0 && !at_bound(i)) return why::cut_by_turnover;
            if (answer_.price.costs > 0.0 && wants(weight_of_costs() * all) != 0 && wants(all) == 0) return why::cut_by_limit;
            return why::full;
        }
        const double side = x > 0.0 ? 1.0 : -1.0;
        if (side * w.rows > 0.0 && side * (all - w.rows) <= side * kept_cost(i, side)) return why::limit_kept;
        const double of_te = for_tracking_error(w);
        if (side * of_te > 0.0 && side * (all - of_te) <= side * kept_cost(i, side)) return why::limit_kept;
        if (side * exposure > 0.0 && side * (all - exposure) <= side * kept_cost(i, side)) return why::exposure_reduced;
        const bool toward = side > 0.0 ? c_.share[i] <= c_.aim[i] + dust : c_.share[i] >= c_.aim[i] - dust;
        if (!toward) return side * w.gain > 0.0 && side * (all - w.gain) <= side * kept_cost(i, side) ? why::for_return : why::full;
        if (at_bound(i)) return why::full;
        if (side * w.rows < 0.0) return why::cut_by_limit;
        if (side * exposure < 0.0) return why::cut_by_exposure;
        if (side * of_turnover(x > 0.0 ? 1 : -1) > 1e-12 * answer_.price.turnover) return why::cut_by_turnover;
        return answer_.price.costs > 0.0 && side * (x > 0.0 ? cost.high : cost.low) > noise ? why::cut_by_limit : why::full;
    }
    /// With the price of the budget of costs.
    [[nodiscard]] double weight_of_costs() const noexcept { return 1.0 + answer_.price.costs; }
    /// What of the worth of an asset's risk is the price of the tracking error.
    [[nodiscard]] double for_tracking_error(const parts_of_worth& w) const noexcept {
        const double theta = answer_.price.risk;
        return theta > 0.0 ? w.risk * (theta / (q_.risk_aversion + theta)) : 0.0;
    }
    /// The marginal cost of the first unit on a side.
    [[nodiscard]] double kept_cost(std::size_t i, double side) const noexcept {
        const slope_interval first = view_.marginal(i, 0.0);
        return weight_of_costs() * (side > 0.0 ? first.high : first.low) + of_turnover(side > 0.0 ? 1 : -1);
    }
    /// Where an amount of cash is spent, what of the price of the budget is the turnover's and not the cash's: so much of the turnover's price is
    /// taken from sales and put on purchases.
    [[nodiscard]] double lean() const noexcept { return cash_ == cash_use::free ? 0.0 : answer_.price.budget - price(); }
    /// What the turnover adds to the slope of the costs of a purchase (1) or a sale (-1).
    [[nodiscard]] double of_turnover(int side) const noexcept { return side * 0.5 * answer_.price.turnover + lean(); }
    /// Whether the price of the budget is that of net exposure.
    [[nodiscard]] bool binds_exposure() const noexcept {
        return cash_ == cash_use::free && (exposure_binds_ || answer_.price.budget < 0.0);
    }
    [[nodiscard]] bool at_bound(std::size_t i) const noexcept { return c_.share[i] == c_.lower[i] || c_.share[i] == c_.upper[i]; }

    [[nodiscard]] std::uint32_t first_in_conflict() const noexcept {
        for (std::size_t r = 0; r < m_; ++r)
            if (answer_.price.row[r] != 0.0) return static_cast<std::uint32_t>(r);
        return no_index;
    }

    const How& how_;
    const problem& p_;
    const View& view_;
    tracking_columns& c_;
    std::size_t n_;
    std::size_t k_;
    std::size_t m_;
    solver::program q_{};
    solver::program_answer answer_{};
    search_end end_ = search_end::none;
    fault fault_{};
    int steps_ = 0;
    enum class cash_use : std::uint8_t { free, half_of_costs, amount };
    cash_use cash_ = cash_use::free;
    double amount_ = 0.0;  ///< of cash that is to be spent
    double spent_ = 0.0;   ///< of cash, a share of the wealth
    int side_ = 0;         ///< above 0: more than half of the costs
    bool spends_all_ = false;
    bool exposure_binds_ = false;
    bool solved_ = false;
    bool at_held_ = false;  ///< a search begins with what is held
    bool begun_ = false;    ///< some of the trades are made: whole orders
};

}  // namespace ballast::inline v0::detail
