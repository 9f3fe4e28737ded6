// Random books: accounts, prices, rules of instruments and mandates, from a seed.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include <ballast/core/apply.hpp>
#include <ballast/core/inputs.hpp>
#include <ballast/core/mandate.hpp>

namespace ballast_test {

/// Everything that a host owns of one account and its market.
struct book {
    std::vector<double> price{};
    ballast::holdings held{};
    std::vector<double> target{};
    std::vector<ballast::decimal_step> step{}, tick{};
    std::vector<double> min_notional{};
    ballast::instruments venue{};  ///< the other rules; step, tick and min_notional stand above
    ballast::mandate rules{};
    double flow = 0.0;
    double unsettled = 0.0;
    std::vector<ballast::open_order> open{};

    [[nodiscard]] ballast::inputs view() const {
        ballast::inputs in = view(held);
        in.account.flow = flow;
        in.account.unsettled = unsettled;
        in.account.open = open;
        return in;
    }
    /// Once all is filled, settled and paid.
    [[nodiscard]] ballast::inputs view(const ballast::holdings& h) const {
        ballast::inputs in{.market = {.price = price}, .account = h.view(), .target = target, .instruments = venue.view()};
        in.instruments.step = step;
        in.instruments.tick = tick;
        in.instruments.min_notional = min_notional;
        return in;
    }
    [[nodiscard]] double worth(std::size_t asset) const {
        return venue.multiplier.empty() ? price[asset] : price[asset] * venue.multiplier[venue.multiplier.size() == 1 ? 0 : asset];
    }
    [[nodiscard]] double value() const { return value(held); }
    [[nodiscard]] double value(const ballast::holdings& h) const {
        double v = h.cash;
        for (std::size_t r = 0; r < h.quantity.size(); ++r) v += h.quantity[r] * worth(h.asset_of_row.empty() ? r : h.asset_of_row[r]);
        return v;
    }
};

/// Chances with which a random book has each of the things that make books hard.
struct book_kind {
    double steps = 0.7;
    double ticks = 0.2;
    double minimums = 0.3;
    double shorts = 0.1;
    double rows = 0.15;  ///< several rows of one asset
    double reserve = 0.3;
    double cash_target = 0.5;  ///< targets that leave cash over
    double overdrawn = 0.05;
    double spread = 0.3;    ///< size of drifts, relative
    double rules = 0.3;     ///< rules of a venue: sizes of orders and positions, restrictions, multipliers
    double counted = 0.1;   ///< holdings counted in steps
    double pending = 0.0;   ///< flows, unsettled cash, open orders
    double exposure = 0.0;  ///< margins, a net leverage, leverage that the targets use up, orders that may not go through zero
};

class dice {
public:
    explicit dice(std::uint64_t seed) : rng_{seed} {}
    [[nodiscard]] double unit() { return static_cast<double>(rng_() >> 11) * (1.0 / 9007199254740992.0); }
    [[nodiscard]] bool chance(double p) { return unit() < p; }
    [[nodiscard]] double between(double a, double b) { return a + (b - a) * unit(); }
    /// The logarithm is uniform.
    [[nodiscard]] double scale(double a, double b) { return a * std::pow(b / a, unit()); }
    [[nodiscard]] std::size_t below(std::size_t n) { return static_cast<std::size_t>(rng_() % n); }
    [[nodiscard]] double normal() {
        double s = 0.0;
        for (int i = 0; i < 12; ++i) s += unit();
        return s - 6.0;
    }
    /// Rounded to so many significant digits, as prices are.
    [[nodiscard]] static double digits(double x, int d) {
        if (x == 0.0) return 0.0;
        const double e = std::pow(10.0, d - 1 - std::floor(std::log10(std::fabs(x))));
        return std::round(x * e) / e;
    }

private:
    std::mt19937_64 rng_;
};

[[nodiscard]] inline ballast::decimal_step random_step(dice& d) {
    static constexpr std::pair<std::int64_t, int> usual[] = {{1, -8},  {1, -6}, {1, -5}, {1, -4}, {1, -3}, {1, -2}, {5, -3}, {1, -1},
                                                             {25, -2}, {1, 0},  {1, 0},  {1, 0},  {1, 0},  {5, 0},  {1, 1},  {1, 2}};
    if (d.chance(0.1)) return {};
    const auto& [m, e] = usual[d.below(std::size(usual))];
    return {m, e};
}

/// The number of assets: mostly few, sometimes hundreds.
[[nodiscard]] inline std::size_t random_count(dice& d) {
    if (d.chance(0.02)) return 60 + d.below(941);
    if (d.chance(0.3)) return d.below(61);
    return d.below(9);
}

/// A column of one rule: none, one for all, or one for each asset, some of which have none.
[[nodiscard]] inline std::vector<double> random_rule(dice& d, std::size_t n, double chance, double none, auto&& one) {
    std::vector<double> c;
    if (!d.chance(chance)) return c;
    if (n > 0 && d.chance(0.2)) {
        c.push_back(one(d.below(n)));
        return c;
    }
    for (std::size_t i = 0; i < n; ++i) c.push_back(d.chance(0.6) ? none : one(i));
    return c;
}

/// Fees that are paid in what is bought or sold, in one coin for all, or in this and that.
inline void add_fee_assets(dice& d, ballast::instruments& v, std::size_t n) {
    const auto coin = static_cast<std::uint32_t>(d.below(n));
    const bool mixed = d.chance(0.3);
    const std::uint32_t usual = d.chance(0.4) ? ballast::own_asset : coin;
    for (auto* side : {&v.fee_asset.buy, &v.fee_asset.sell}) {
        if (d.chance(0.3)) continue;  // in the base currency
        if (!mixed && d.chance(0.5)) {
            side->push_back(usual);
            continue;
        }
        for (std::size_t i = 0; i < n; ++i) {
            const std::uint32_t any[] = {ballast::no_index, ballast::own_asset, coin, static_cast<std::uint32_t>(d.below(n))};
            side->push_back(mixed ? any[d.below(4)] : usual);
        }
    }
    if (d.chance(0.5)) v.fee_step.push_back(ballast::decimal_step{1, -static_cast<int>(d.below(9))});
}

/// What a venue and a host may ask of orders and positions. `slice`: the size of a usual position.
inline void add_venue_rules(dice& d, book& b, double slice) {
    const std::size_t n = b.price.size();
    if (d.chance(0.3)) {
        static constexpr double usual[] = {0.1, 1.0, 10.0, 50.0, 100.0, 1000.0};
        for (std::size_t i = 0; i < n; ++i) {
            const double m = usual[d.below(std::size(usual))];
            b.venue.multiplier.push_back(m);
            b.price[i] = dice::digits(b.price[i] / m, 5);
        }
    }
    const auto notional = [&](double low, double high) {
        return [&d, slice, low, high](std::size_t) { return slice * d.scale(low, high); };
    };
    const auto units = [&](double low, double high) {
        return [&d, &b, slice, low, high](std::size_t i) { return dice::digits(slice * d.scale(low, high) / b.worth(i), 3); };
    };
    const double infinity = HUGE_VAL;
    ballast::instruments& v = b.venue;
    v.max_notional = random_rule(d, n, 0.15, infinity, notional(1e-2, 2.0));
    v.max_quantity = random_rule(d, n, 0.15, infinity, units(1e-2, 2.0));
    v.min_quantity = random_rule(d, n, 0.2, 0.0, units(1e-4, 0.3));
    v.buy.min_notional = random_rule(d, n, 0.15, 0.0, notional(1e-4, 0.3));
    v.buy.max_notional = random_rule(d, n, 0.1, infinity, notional(1e-2, 2.0));
    v.buy.min_quantity = random_rule(d, n, 0.1, 0.0, units(1e-4, 0.3));
    v.buy.max_quantity = random_rule(d, n, 0.1, infinity, units(1e-2, 2.0));
    v.sell.min_notional = random_rule(d, n, 0.15, 0.0, notional(1e-4, 0.3));
    v.sell.max_notional = random_rule(d, n, 0.1, infinity, notional(1e-2, 2.0));
    v.sell.min_quantity = random_rule(d, n, 0.1, 0.0, units(1e-4, 0.3));
    v.sell.max_quantity = random_rule(d, n, 0.1, infinity, units(1e-2, 2.0));
    v.min_position = random_rule(d, n, 0.2, 0.0, units(1e-3, 1.0));
    v.max_position = random_rule(d, n, 0.15, infinity, units(0.3, 3.0));
    v.max_short = random_rule(d, n, 0.2, infinity, units(0.1, 2.0));
    if (d.chance(0.3))
        for (std::size_t i = 0; i < n; ++i)
            v.restriction.push_back(d.chance(0.6) ? ballast::restriction::none : static_cast<ballast::restriction>(d.below(5)));
    if (n > 0 && d.chance(0.3)) add_fee_assets(d, v, n);
    if (d.chance(0.2)) {
        b.rules.money_step = ballast::decimal_step{1, -static_cast<int>(d.below(5))};
        const double unit = b.rules.money_step.value();
        if (d.chance(0.8)) b.held.cash = ballast::quantity_of(ballast::steps_toward_zero(b.held.cash, b.rules.money_step).steps, unit);
    }
}

/// Limits on the exposure that the targets keep, many of them to the last bit; venues that take no order through zero.
inline void add_exposure_rules(dice& d, book& b) {
    const std::size_t n = b.price.size();
    double gross = 0.0, net = 0.0;
    for (const double t : b.target) {
        gross += std::fabs(t);
        net += t;
    }
    if (d.chance(0.5) && gross > 0.0) b.rules.leverage = gross;
    if (d.chance(0.4)) b.rules.net_leverage = d.chance(0.5) ? std::fabs(net) : d.between(std::fabs(net), std::fmax(gross, std::fabs(net)));
    const auto rates = [&] {
        std::vector<double> r(d.chance(0.3) || n == 0 ? std::size_t{1} : n);
        for (double& x : r) x = d.chance(0.1) ? 0.0 : d.scale(0.05, 2.0);
        return r;
    };
    if (d.chance(0.4)) b.venue.margin_long = rates();
    if (d.chance(0.4)) b.venue.margin_short = rates();
    double needed = 0.0;
    const auto of = [](const std::vector<double>& c, std::size_t i) { return c.empty() ? 0.0 : c[c.size() == 1 ? 0 : i]; };
    for (std::size_t i = 0; i < n; ++i)
        needed += std::fabs(b.target[i]) * of(b.target[i] < 0.0 ? b.venue.margin_short : b.venue.margin_long, i);
    if (needed > 1.0 || (needed > 0.0 && d.chance(0.5)))
        for (auto* rates_of : {&b.venue.margin_long, &b.venue.margin_short})
            for (double& x : *rates_of) x /= needed;
    if (d.chance(0.7)) {
        b.venue.crossing.resize(d.chance(0.5) || n == 0 ? std::size_t{1} : n);
        for (auto& c : b.venue.crossing) c = d.chance(0.7) ? ballast::zero_crossing::close_first : ballast::zero_crossing::one_order;
        // Positions on the other side of nothing than their targets.
        if (b.rules.allow_short)
            for (double& q : b.held.quantity)
                if (d.chance(0.3)) q = -q;
    }
}

[[nodiscard]] inline book random_book(dice& d, std::size_t n, const book_kind& kind = {}) {
    book b;
    const double value = d.scale(1e2, 1e12);
    const bool whole = d.chance(kind.steps);
    const bool one_step = d.chance(0.3);
    const bool usual_prices = d.chance(0.5);
    const bool short_book = d.chance(kind.shorts);

    // Targets.
    std::vector<double> raw(n);
    double sum = 0.0;
    const bool lots_of_zeros = d.chance(0.1);
    for (double& x : raw) {
        x = d.chance(lots_of_zeros ? 0.5 : 0.08) ? 0.0 : d.scale(0.05, 1.0);
        if (short_book && d.chance(0.3)) x = -x;
        sum += std::fabs(x);
    }
    double gross = 1.0;
    if (short_book) {
        b.rules.allow_short = true;
        gross = d.between(0.5, 2.0);
        b.rules.leverage = d.chance(0.5) ? 2.0 : gross;
    } else if (d.chance(0.05)) {
        gross = d.between(1.0, 1.8);
        b.rules.leverage = 1.8;
    }
    if (d.chance(kind.cash_target)) gross *= d.between(0.3, 1.0);
    b.target.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
        b.target[i] = sum > 0.0 ? gross * raw[i] / sum : 0.0;
        if (d.chance(0.3)) b.target[i] = std::round(b.target[i] * 1e4) / 1e4;
    }
    double asked = 0.0;
    for (double t : b.target) asked += std::fabs(t);
    if (asked > b.rules.leverage) b.rules.leverage = asked;

    // Prices, steps and what is held.
    const double drift = d.chance(0.2) ? 0.0 : kind.spread * d.scale(0.01, 1.0);
    const ballast::decimal_step every_step = random_step(d);
    double invested = 0.0;
    b.held.quantity.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
        const double p = dice::digits(usual_prices ? d.scale(1.0, 1000.0) : d.scale(1e-6, 1e6), d.chance(0.8) ? 5 : 17);
        b.price.push_back(p);
        b.step.push_back(!whole ? ballast::decimal_step{} : one_step ? every_step : random_step(d));
        double weight = b.target[i] * (1.0 + drift * d.normal());
        if (d.chance(0.05)) weight = 0.0;
        if (d.chance(0.05)) weight += 0.5 * d.unit() / static_cast<double>(n);
        if (!short_book && weight < 0.0) weight = 0.0;
        double q = weight * value / p;
        if (!b.step[i].continuous() && d.chance(0.85)) q = std::round(q / b.step[i].value()) * b.step[i].value();
        if (!std::isfinite(q)) q = 0.0;
        b.held.quantity[i] = q;
        invested += q * p;
    }
    if (!whole && d.chance(0.5)) b.step.clear();
    b.held.cash = value - invested;
    if (d.chance(0.3)) b.held.cash = d.between(0.0, 0.1) * value;
    if (d.chance(0.2)) b.held.cash = 0.0;
    if (b.held.cash < 0.0 && !d.chance(kind.overdrawn)) b.held.cash = 0.0;
    if (d.chance(0.3)) b.held.cash = std::round(b.held.cash * 100.0) / 100.0;
    if (b.value() <= 0.2 * value) b.held.cash += value - b.value();

    if (d.chance(kind.reserve)) {
        if (d.chance(0.7)) b.rules.reserve = d.scale(1e-3, 0.3);
        if (d.chance(0.5)) b.rules.reserve_amount = value * d.scale(1e-4, d.chance(0.1) ? 2.0 : 0.2);
    }
    if (d.chance(kind.ticks))
        for (std::size_t i = 0; i < n; ++i)
            b.tick.push_back(d.chance(0.2) ? ballast::decimal_step{}
                                           : ballast::decimal_step{1, static_cast<int>(std::floor(std::log10(b.price[i]))) -
                                                                          static_cast<int>(d.below(5))});
    if (d.chance(kind.minimums)) {
        const double size = value / static_cast<double>(n + 1) * d.scale(1e-4, 0.3);
        if (d.chance(0.3))
            b.min_notional.push_back(size);
        else
            for (std::size_t i = 0; i < n; ++i) b.min_notional.push_back(d.chance(0.2) ? 0.0 : size * d.between(0.5, 1.5));
    }

    if (d.chance(kind.rules)) add_venue_rules(d, b, value / static_cast<double>(n + 1));
    if (kind.exposure > 0.0 && d.chance(kind.exposure)) add_exposure_rules(d, b);

    // The same holdings in several rows.
    if (n > 0 && d.chance(kind.rows)) {
        ballast::holdings split;
        split.cash = b.held.cash;
        for (std::size_t i = 0; i < n; ++i) {
            if (b.held.quantity[i] == 0.0 && d.chance(0.3)) continue;  // no row at all
            const std::size_t parts = 1 + (d.chance(0.4) ? d.below(4) : 0);
            double left = b.held.quantity[i];
            for (std::size_t k = 0; k < parts; ++k) {
                double q = k + 1 == parts ? left : left * d.unit();
                const double unit = b.step.empty() ? 0.0 : b.step[i].value();
                if (k + 1 < parts && unit > 0.0 && d.chance(0.7)) q = std::floor(q / unit) * unit;
                if (short_book && k + 1 < parts && d.chance(0.1)) q = -q;
                if (!short_book && (q < 0.0 || left - q < 0.0)) q = left;
                split.quantity.push_back(q);
                split.asset_of_row.push_back(static_cast<std::uint32_t>(i));
                left -= q;
            }
        }
        for (std::size_t k = split.quantity.size(); k > 1; --k) {
            const std::size_t j = d.below(k);
            std::swap(split.quantity[k - 1], split.quantity[j]);
            std::swap(split.asset_of_row[k - 1], split.asset_of_row[j]);
        }
        if (!split.quantity.empty()) b.held = split;
    }

    if (d.chance(kind.pending)) {
        if (d.chance(0.4)) b.flow = (d.chance(0.5) ? 0.3 : -0.3) * d.unit() * b.value();
        if (d.chance(0.4)) b.unsettled = d.unit() * std::fmax(b.held.cash, 0.0);
        if (d.chance(0.4)) b.rules.proceeds = ballast::proceeds::when_settled;
    }

    // The same counted.
    if (n > 0 && !b.step.empty() && d.chance(kind.counted)) {
        bool every = true;
        for (const ballast::decimal_step& s : b.step) every = every && !s.continuous();
        for (std::size_t r = 0; every && r < b.held.quantity.size(); ++r) {
            const ballast::decimal_step& s = b.step[b.held.asset_of_row.empty() ? r : b.held.asset_of_row[r]];
            const ballast::step_count count = ballast::steps_toward_zero(b.held.quantity[r], s);
            b.held.steps.push_back(count.steps);
            b.held.quantity[r] = ballast::quantity_of(count.steps, s);
        }
    }
    if (b.value() <= 0.2 * value) b.held.cash += value - b.value();
    if (b.rules.allow_short || kind.pending == 0.0 || d.chance(0.4)) return b;

    // Orders that are on their way.
    std::vector<double> left = b.held.quantity;
    double money = std::fmax(b.held.cash + b.flow, 0.0);
    for (std::size_t r = 0; r < b.held.quantity.size(); ++r) {
        const auto i = static_cast<std::uint32_t>(b.held.asset_of_row.empty() ? r : b.held.asset_of_row[r]);
        const ballast::decimal_step s = b.step.empty() ? ballast::decimal_step{} : b.step[i];
        for (int k = d.chance(0.7) ? 0 : 1 + static_cast<int>(d.below(3)); k > 0; --k) {
            const bool buys = d.chance(0.5);
            double q = (buys ? 0.3 * money / b.worth(i) : left[r]) * d.unit();
            ballast::open_order o{.asset = i,
                                  .row = b.held.asset_of_row.empty() && d.chance(0.5) ? ballast::no_index : static_cast<std::uint32_t>(r)};
            if (!s.continuous()) {
                const ballast::step_count count = ballast::steps_toward_zero(q, s);
                o.steps = buys ? count.steps : -count.steps;
                q = ballast::quantity_of(count.steps, s);
            }
            if (q <= 0.0) continue;
            o.quantity = buys ? q : -q;
            if (d.chance(0.5)) o.limit_price = b.price[i] * (buys ? 1.01 : 0.99);
            if (d.chance(0.3)) o.cost = 1e-3 * q * b.worth(i);
            (buys ? money : left[r]) -= buys ? q * b.worth(i) : q;
            b.open.push_back(o);
        }
    }
    return b;
}

}  // namespace ballast_test
