// Are two answers the same to the last bit? -0.0 differs from 0.0, and a NaN is the same as itself.
#pragma once

#include <ballast/core/decision.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace test {

inline bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

inline bool same_bits(std::span<const double> a, std::span<const double> b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!same_bits(a[i], b[i])) return false;
    return true;
}

inline bool same_text(const char* a, const char* b) { return a == b || (a != nullptr && b != nullptr && std::strcmp(a, b) == 0); }

inline bool same_bits(const ballast::fault& a, const ballast::fault& b) {
    return a.code == b.code && a.index == b.index && same_bits(a.value, b.value);
}

inline bool same_bits(const ballast::firing& a, const ballast::firing& b) {
    return a.fired == b.fired && same_text(a.trigger, b.trigger) && same_bits(a.measure, b.measure) &&
           same_bits(a.threshold, b.threshold) && a.unit == b.unit && a.asset == b.asset && same_bits(a.problem, b.problem);
}

inline bool same_bits(const ballast::order& a, const ballast::order& b) {
    return a.row == b.row && a.asset == b.asset && a.against == b.against && a.place == b.place && a.venue == b.venue &&
           a.parent == b.parent && a.steps == b.steps && a.step == b.step && same_bits(a.quantity, b.quantity) &&
           same_bits(a.price, b.price) && same_bits(a.limit_price, b.limit_price) && same_bits(a.notional, b.notional) &&
           same_bits(a.cost, b.cost) && a.reason == b.reason;
}

inline bool same_bits(const ballast::reason& a, const ballast::reason& b) {
    return a.asset == b.asset && a.code == b.code && same_bits(a.wished, b.wished) && same_bits(a.done, b.done) && a.more == b.more;
}

inline bool same_bits(const ballast::step_certificate& a, const ballast::step_certificate& b) {
    return a.proved == b.proved && same_bits(a.objective, b.objective) && same_bits(a.bound, b.bound) && same_bits(a.plain, b.plain) &&
           a.nodes == b.nodes;
}

inline bool same_bits(const ballast::optimality& a, const ballast::optimality& b) {
    return a.made == b.made && a.proved == b.proved && same_bits(a.objective, b.objective) && same_bits(a.gap, b.gap) &&
           same_bits(a.residual, b.residual) && same_bits(a.cash_price, b.cash_price) && a.end == b.end && same_bits(a.before, b.before) &&
           same_bits(a.relative_gap, b.relative_gap) && same_bits(a.relative_residual, b.relative_residual) &&
           same_bits(a.missed, b.missed) && same_bits(a.relative_missed, b.relative_missed) &&
           same_bits(a.complementarity, b.complementarity) && same_bits(a.turnover_price, b.turnover_price) &&
           same_bits(a.leverage_price, b.leverage_price) && same_bits(a.tracking_error_price, b.tracking_error_price) &&
           same_bits(a.cost_price, b.cost_price);  // but for the steps, which depend on where a search begins
}

inline bool same_bits(const ballast::asset_worth& a, const ballast::asset_worth& b) {
    return same_bits(a.benefit, b.benefit) && same_bits(a.cost_low, b.cost_low) && same_bits(a.cost_high, b.cost_high);
}

inline bool same_bits(const ballast::limit_price& a, const ballast::limit_price& b) {
    return a.name == b.name && same_bits(a.value, b.value) && same_bits(a.lower, b.lower) && same_bits(a.upper, b.upper) &&
           same_bits(a.price, b.price);
}

inline bool same_bits(const ballast::weighing& a, const ballast::weighing& b) {
    return a.made == b.made && a.forced == b.forced && same_bits(a.benefit, b.benefit) && same_bits(a.risk, b.risk) &&
           same_bits(a.carry, b.carry) && same_bits(a.cost, b.cost) && a.horizon == b.horizon && same_bits(a.problem, b.problem);
}

template <class T>
bool same_lists(const std::vector<T>& a, const std::vector<T>& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!same_bits(a[i], b[i])) return false;
    return true;
}

inline bool same_bits(const ballast::decision& a, const ballast::decision& b) {
    return a.outcome == b.outcome && same_bits(a.problem, b.problem) && same_bits(a.firing, b.firing) && same_text(a.guard, b.guard) &&
           a.at == b.at && same_bits(a.value, b.value) && same_bits(a.cash, b.cash) && same_bits(a.cash_after, b.cash_after) &&
           same_bits(a.flow, b.flow) && same_bits(a.cost, b.cost) && same_bits(a.turnover, b.turnover) && same_bits(a.steps, b.steps) &&
           same_bits(a.optimality, b.optimality) && same_lists(a.prices.assets, b.prices.assets) &&
           same_lists(a.prices.limits, b.prices.limits) && same_lists(a.prices.factors, b.prices.factors) &&
           same_bits(a.weighing, b.weighing) && a.cancels == b.cancels && same_lists(a.orders, b.orders) &&
           same_lists(a.reasons, b.reasons) && same_lists(a.leaves, b.leaves) && same_bits(a.weight_before(), b.weight_before()) &&
           same_bits(a.weight_after(), b.weight_after()) && same_bits(a.drift(), b.drift());
}

}  // namespace test
