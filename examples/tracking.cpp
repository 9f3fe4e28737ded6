// A factor portfolio of 500 stocks through a year, kept in four ways: risk, costs and limits weighed together (solver::tracking) beside rules that know nothing
// of risk. The targets follow scores that change each day; most of what they ask for is not worth its cost.
#include <ballast/ballast.hpp>

#include <cstdio>
#include <random>
#include <utility>
#include <vector>

using namespace ballast;
using namespace ballast::literals;

namespace {

constexpr std::size_t stocks = 500;
constexpr std::size_t sectors = 10;
constexpr std::size_t styles = 3;
constexpr std::size_t factors = 1 + sectors + styles;
constexpr int trading_days = 252;

// Uniform and (nearly) normal numbers from additions alone, so that they are the same with every compiler and library.
struct dice {
    std::mt19937_64 bits{7};
    double unit() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
    double between(double low, double high) { return low + (high - low) * unit(); }
    double normal() {
        double sum = -6.0;
        for (int k = 0; k < 12; ++k) sum += unit();
        return sum;
    }
};

// What moves the stocks: the market, the sector of each, and three styles. Per year.
struct factor_market {
    std::vector<double> loadings, covariance, specific, volatility;
    std::vector<std::uint32_t> sector_of;

    explicit factor_market(dice& d)
        : loadings(stocks * factors),
          covariance(factors * factors),
          specific(stocks),
          volatility(factors),
          sector_of(stocks) {
        for (std::size_t a = 0; a < factors; ++a) {
            volatility[a] = a == 0 ? 0.16 : a <= sectors ? d.between(0.06, 0.14) : d.between(0.03, 0.06);
            covariance[a * factors + a] = volatility[a] * volatility[a];
        }
        for (std::size_t i = 0; i < stocks; ++i) {
            double* of_stock = &loadings[i * factors];
            sector_of[i] = static_cast<std::uint32_t>(i % sectors);
            of_stock[0] = d.between(0.6, 1.4);
            of_stock[1 + sector_of[i]] = 1.0;
            for (std::size_t a = 1 + sectors; a < factors; ++a) of_stock[a] = d.normal();
            const double own = d.between(0.15, 0.45);
            specific[i] = own * own;
        }
    }
    // Prices a day on.
    void move(dice& d, std::vector<double>& price) const {
        const double day = 1.0 / 15.874507866387544;  // the root of 1/252
        double moved[factors];
        for (std::size_t a = 0; a < factors; ++a) moved[a] = volatility[a] * day * d.normal();
        for (std::size_t i = 0; i < stocks; ++i) {
            double r = 0.0003 + __builtin_sqrt(specific[i]) * day * d.normal();
            for (std::size_t a = 0; a < factors; ++a) r += loadings[i * factors + a] * moved[a];
            price[i] *= 1.0 + r;
        }
    }
};

// Weights of the fund: larger stocks have larger ones, and each is tilted by a score that comes and goes.
struct scored_targets {
    std::vector<double> base, score, weight;

    explicit scored_targets(dice& d) : base(stocks), score(stocks), weight(stocks) {
        for (double& b : base) b = d.between(0.2, 1.0) * d.between(0.2, 1.0);
        for (double& s : score) s = d.normal();
        update();
    }
    void move(dice& d) {
        for (double& s : score) s = 0.98 * s + 0.19899748742132398 * d.normal();  // the root of 1 − 0.98²
        update();
    }
    void update() {
        double sum = 0.0;
        for (std::size_t i = 0; i < stocks; ++i) {
            const double tilt = 1.0 + 0.5 * score[i];
            weight[i] = base[i] * (tilt > 0.1 ? tilt : 0.1);
            sum += weight[i];
        }
        for (double& w : weight) w *= 0.99 / sum;  // one in a hundred stays in cash
    }
};

// An account under one policy, and what came of it.
template <class Rebalancer>
struct fund {
    const char* name;
    keeper<Rebalancer> kept;
    holdings account{};
    int rebalances = 0;
    std::size_t orders = 0;
    int searched = 0, proved = 0;  // answers that are the best of all, and told so with proof
    double turnover = 0.0, cost = 0.0;

    fund(const char* called, Rebalancer r) : name{called}, kept{std::move(r), {.assets = stocks}} { account.quantity.assign(stocks, 0.0); }

    // A day: the prices of the evening, and what is done then.
    bool day(timestamp now, const factor_market& m, const std::vector<double>& price, const scored_targets& t) {
        // The model stays what it is, and is told once.
        const bool first = account.cash == 0.0 && rebalances == 0;
        market_view tick{.now = now, .price = price};
        if (first) {
            tick.loadings = m.loadings;
            tick.factor_covariance = m.covariance;
            tick.specific = m.specific;
            // It begins at its targets.
            account.cash = 1e7 * 0.01;
            for (std::size_t i = 0; i < stocks; ++i) account.quantity[i] = 1e7 * t.weight[i] / price[i];
        }
        if (kept.observe(tick)) return false;
        const decision& d = kept.propose(account.view(), t.weight);
        if (d.outcome == outcome::rejected || d.outcome == outcome::infeasible) return false;
        if (!d.orders.empty()) {
            ++rebalances;
            orders += d.orders.size();
            turnover += d.turnover;
            cost += d.cost / d.value;
        }
        if (d.optimality.made) {
            ++searched;
            if (d.optimality.proved) ++proved;
        }
        return !apply(account, d) && !kept.commit(d);
    }
    double value(const std::vector<double>& price) const {
        double v = account.cash;
        for (std::size_t i = 0; i < stocks; ++i) v += account.quantity[i] * price[i];
        return v;
    }
};

// The year; the same for every fund, as the dice are.
template <class Rebalancer>
bool show(const char* name, Rebalancer r) {
    dice d;
    const factor_market m{d};
    scored_targets t{d};
    std::vector<double> price(stocks, 100.0), before;
    fund f{name, std::move(r)};
    double squares = 0.0;
    for (int day = 0; day < trading_days; ++day) {
        if (!f.day(timestamp_from_civil(2024, 1, 1) + days(day + 2 * (day / 5)), m, price, t)) return false;
        // How the targets did until tomorrow, bought at no cost, and how the fund did.
        before = price;
        const double held = f.value(price);
        m.move(d, price);
        double wanted = 0.0;
        for (std::size_t i = 0; i < stocks; ++i) wanted += t.weight[i] * (price[i] / before[i] - 1.0);
        const double difference = f.value(price) / held - 1.0 - wanted;
        squares += difference * difference;
        t.move(d);
    }
    std::printf("%-24s %10d %7zu %8.0f %% %9.1f %14.2f %%", f.name, f.rebalances, f.orders, 100.0 * f.turnover, 1e4 * f.cost,
                100.0 * __builtin_sqrt(squares));
    if (f.searched > 0) std::printf(" %7d of %d", f.proved, f.searched);
    std::printf("\n");
    return true;
}

}  // namespace

int main() {
    // A third of the stocks is dear to trade.
    std::vector<double> rate(stocks);
    for (std::size_t i = 0; i < stocks; ++i) rate[i] = i % 3 == 0 ? 25_bps : 5_bps;
    const cost::proportional costs{.rate = rate};
    const risk::given_factors model{.factors = factors};

    // The sectors stay within 2 % of their targets, whatever a trade costs.
    const auto tracking = [&](double risk_aversion) {
        solver::tracking s{.risk_aversion = risk_aversion, .factors = factors};
        solver::group_limits by_sector;
        for (std::size_t i = 0; i < stocks; ++i) by_sector.group_of.push_back(static_cast<std::uint32_t>(i % sectors));
        by_sector.groups.assign(sectors, {.lower = -0.02, .upper = 0.02, .active = true});
        s.groups.push_back(std::move(by_sector));
        return s;
    };
    const trigger::calendar weekly{.period = trigger::period::weekly};
    const trigger::calendar monthly{.period = trigger::period::monthly};

    std::printf("%-24s %10s %7s %10s %9s %16s %14s\n", "", "rebalances", "orders", "turnover", "cost bps", "tracking error", "proved best");
    const trigger::every daily{};
    const bool done = show("monthly, to_target", rebalancer{monthly, costs, solver::to_target{}, model}) &&
                      show("weekly, to_target", rebalancer{weekly, costs, solver::to_target{}, model}) &&
                      show("25 % bands, to the edge", rebalancer{trigger::band{.relative = 0.25}, costs, solver::to_band{}, model}) &&
                      show("weekly, tracking at 10", rebalancer{weekly, costs, tracking(10.0), model}) &&
                      show("daily, tracking at 20", rebalancer{daily, costs, tracking(20.0), model}) &&
                      show("daily, tracking at 50", rebalancer{daily, costs, tracking(50.0), model});
    return done ? 0 : 1;
}
