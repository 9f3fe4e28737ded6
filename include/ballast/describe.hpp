/// What was decided, as a person would read it before the market opens.
///
///     TRADE at 2020-03-12T14:29:00Z, portfolio 100000.00: band fired: SPY is 6.30% of the portfolio above its target, 1.30% beyond the
///     5.00% allowed; calendar: not due; cooldown fired: 7 d 3 h since the last trade, 2 d 3 h beyond its 5 d
///       SELL 15.5 SPY at ≥ 402.11, notional 6232.71, cost 6.23 (traded in full)
///       BUY 57 AGG at ≤ 109.3, notional 6230.10, cost 6.23 (rounded to whole steps)
///       AGG traded in part, 64.20 below its target (rounded to whole steps)
///       GLD not traded, 41.00 below its target (below the minimum notional)
///       cost 12.46, turnover 6.24%, cash 100.00 before and 90.15 after
///
/// Where whole steps were chosen for the book as a whole, how good the choice is: "whole steps proved to be the best: distance and cost 0.21%,
/// 0.64% where each asset is rounded by itself", or "whole steps not proved to be the best (found by exchanges): ...; no choice is below 0.20%".
///
/// Before the orders stand open orders that are in the way, "CANCEL open order 2: BUY 20 GLD at ≤ 171.5"; last, where the next call would go
/// on: "more to do once these are cancelled and filled: GLD".
///
/// (The first two lines are one.) Quantities in steps are exact; limit prices read back as the same double; weights are percent of the
/// portfolio, times UTC. The texts are for people and may change with any version. The same on every machine, whatever its locale. UTF-8.
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "core/column.hpp"
#include "core/decision.hpp"
#include "core/fault.hpp"
#include "core/inputs.hpp"
#include "core/order.hpp"
#include "core/reason.hpp"
#include "core/step.hpp"
#include "core/timestamp.hpp"
#include "describe/detail/text.hpp"

namespace ballast::inline v0 {

namespace detail {
template <class Container, class Name>
concept list_of = requires(const Container& c) {
    column<Name>{c};
};
template <class Container>
concept names_of_assets = list_of<Container, std::string> || list_of<Container, std::string_view> || list_of<Container, const char*>;
}  // namespace detail

/// The names of the assets: a column, a contiguous container or a braced list of `std::string`, `std::string_view` or `const char*`; or
/// nothing. Owns nothing: for the length of a call. An asset beyond the end, or whose name is empty or null, is "asset 3".
class symbol_view {
public:
    symbol_view() noexcept = default;
    /// Symbols written out; they live as long as the full expression.
    symbol_view(std::initializer_list<const char*> names) noexcept : literals_{names.begin(), names.size()} {}
    /// Refers to a container of C strings, strings or string views, which must outlive it.
    template <detail::names_of_assets Container>
    symbol_view(const Container& names) noexcept {
        if constexpr (detail::list_of<Container, std::string>)
            strings_ = names;
        else if constexpr (detail::list_of<Container, std::string_view>)
            views_ = names;
        else
            literals_ = names;
    }

    /// The symbol of an asset; where there is none, its number.
    [[nodiscard]] std::string operator[](std::size_t asset) const {
        std::string_view name;
        if (asset < strings_.size())
            name = strings_[asset];
        else if (asset < views_.size())
            name = views_[asset];
        else if (asset < literals_.size() && literals_[asset] != nullptr)
            name = literals_[asset];
        return name.empty() ? "asset " + std::to_string(asset) : std::string{name};
    }

private:
    column<std::string> strings_{};
    column<std::string_view> views_{};
    column<const char*> literals_{};
};

// ---- numbers and times ----

/// All digits of a step count.
template <std::same_as<int128> Integer>
[[nodiscard]] std::string to_string(Integer steps) {
    return detail::steps_text(steps, {1, 0});
}
/// The quantity that so many steps are, exactly: 2300000000000000000000001 steps of 1e-18 are "2300000.000000000000000001".
template <std::same_as<int128> Integer>
[[nodiscard]] std::string to_string(Integer steps, const decimal_step& step) {
    return detail::steps_text(steps, step);
}
/// The count, or "overflow".
[[nodiscard]] inline std::string to_string(const step_count& n) { return n.overflow ? "overflow" : to_string(n.steps); }
/// The step as a decimal number; "continuous" where it is zero, "invalid" where it is none.
[[nodiscard]] inline std::string to_string(const decimal_step& step) {
    if (!step.valid()) return "invalid";
    return step.continuous() ? "continuous" : detail::steps_text(1, step);
}
/// ISO 8601 in UTC, to the last nanosecond: "2020-03-12T14:29:00Z", "2020-03-12T14:29:00.000000001Z"; "never".
[[nodiscard]] inline std::string to_string(timestamp t) {
    if (!t.happened()) return "never";
    const civil_date d = civil_from_timestamp(t);
    const std::int64_t rest = t.ns % days(1).ns;
    const auto of_day = static_cast<std::uint64_t>(rest < 0 ? rest + days(1).ns : rest);
    const std::uint64_t s = of_day / 1'000'000'000;
    const auto two = [](auto n) { return detail::padded(static_cast<std::uint64_t>(n), 2); };
    return detail::padded(static_cast<std::uint64_t>(d.year), 4) + "-" + two(d.month) + "-" + two(d.day) + "T" + two(s / 3600) + ":" +
           two(s / 60 % 60) + ":" + two(s % 60) + detail::fraction_text(of_day % 1'000'000'000) + "Z";
}
/// To the last nanosecond: "30 d 4 h", "1 min 0.5 s", "-2 h", "0 s".
[[nodiscard]] inline std::string to_string(duration d) {
    const std::uint64_t ns = d.ns < 0 ? -static_cast<std::uint64_t>(d.ns) : static_cast<std::uint64_t>(d.ns);
    const std::uint64_t s = ns / 1'000'000'000;
    std::string text;
    const auto add = [&](std::uint64_t n, const char* unit) {
        if (n != 0) text += (text.empty() ? "" : " ") + std::to_string(n) + unit;
    };
    add(s / 86'400, " d");
    add(s / 3'600 % 24, " h");
    add(s / 60 % 60, " min");
    const std::uint64_t rest = ns % 1'000'000'000;
    if (s % 60 != 0 || rest != 0 || text.empty())
        text += (text.empty() ? "" : " ") + std::to_string(s % 60) + detail::fraction_text(rest) + " s";
    return d.ns < 0 ? "-" + text : text;
}

// ---- faults ----

namespace detail {
/// Which faults are told with the row, not the asset.
[[nodiscard]] constexpr bool is_of_row(fault_code c) noexcept {
    return c == fault_code::bad_quantity || c == fault_code::short_not_allowed || c == fault_code::bad_weight ||
           c == fault_code::bad_asset_of_row;
}
[[nodiscard]] constexpr bool has_value(fault_code c) noexcept {
    return c != fault_code::none && c != fault_code::bad_step && c != fault_code::holdings_missing &&
           c != fault_code::holdings_given_twice && c != fault_code::targets_missing && c != fault_code::targets_given_twice &&
           c != fault_code::limits_contradict && c != fault_code::views_contradict;
}
[[nodiscard]] inline std::string row_text(std::size_t row, const symbol_view& symbols, const column<std::uint32_t>& asset_of_row) {
    if (asset_of_row.empty()) return symbols[row];
    const std::string text = "row " + std::to_string(row);
    return row < asset_of_row.size() ? text + " (" + symbols[asset_of_row[row]] + ")" : text;
}
}  // namespace detail

/// "price is not a number above zero: SPY, value nan". `asset_of_row` is the account's; where it is empty, row i is asset i.
[[nodiscard]] inline std::string describe(const fault& f, const symbol_view& symbols = {}, const column<std::uint32_t>& asset_of_row = {}) {
    std::string text = to_string(f.code);
    const char* separator = ": ";
    if (f.index != no_index) {
        text += separator;
        if (f.code == fault_code::bad_fill)
            text += "fill " + std::to_string(f.index);
        else if (f.code == fault_code::bad_open_order)
            text += "open order " + std::to_string(f.index);
        else if (f.code == fault_code::bad_signal)
            text += "signal " + std::to_string(f.index);
        else if (f.code == fault_code::bad_regime)
            text += "regime " + std::to_string(f.index);
        else if (f.code == fault_code::bad_factor_covariance)
            text += "factor " + std::to_string(f.index);
        else if (f.code == fault_code::limits_contradict || f.code == fault_code::unknown_factor)
            text += "limit " + std::to_string(f.index);
        else if (f.code == fault_code::views_contradict)
            text += "view " + std::to_string(f.index);
        else if (f.code == fault_code::bad_asset_of_row)
            text += "row " + std::to_string(f.index);
        else
            text += detail::is_of_row(f.code) ? detail::row_text(f.index, symbols, asset_of_row) : symbols[f.index];
        separator = ", ";
    }
    if (f.code == fault_code::bad_time && detail::absolute(f.value) < 9.2e18)
        text += separator + to_string(timestamp{static_cast<std::int64_t>(f.value)});
    else if (detail::has_value(f.code) && !(f.index == no_index && f.value == 0.0))
        text += separator + ("value " + detail::shortest_text(f.value));
    return text;
}

// ---- triggers ----

namespace detail {
/// "0.30% beyond the 5.00% allowed". Weights that differ by rounding alone are the same.
[[nodiscard]] inline std::string gap_text(const firing& f, std::string (*text)(double), const char* of, const char* allowed) {
    const double gap = f.margin();
    const bool same = gap == 0.0 || (f.unit == measure_unit::weight && absolute(gap) <= 1.0 / 281474976710656.0);
    const std::string threshold = of + text(f.threshold) + allowed;
    if (same) return "exactly " + threshold;
    return text(absolute(gap)) + (gap > 0.0 ? " beyond " : " short of ") + threshold;
}
/// "signal 2 is 0.95, 0.05 beyond 0.9"; of what fires below its threshold "0.1 below 0.5" and "0.2 above 0.5". Differences have as many digits
/// as they are good for.
[[nodiscard]] inline std::string signal_text(const firing& f) {
    const std::string head = "signal " + std::to_string(f.asset) + " is ";
    if (f.measure != f.measure) return head + "not known";
    const double gap = f.margin();
    const bool above = f.unit == measure_unit::signal;
    char digits[40];
    const auto end = std::to_chars(digits, digits + sizeof digits, absolute(gap), std::chars_format::general, 12);
    std::string how_far{digits, end.ptr};
    how_far += gap > 0.0 ? (above ? " beyond " : " below ") : (above ? " short of " : " above ");
    return head + shortest_text(f.measure) + ", " + (gap == 0.0 ? std::string{"exactly "} : how_far) + shortest_text(f.threshold);
}
/// "above its target", where the drifts tell on which side.
[[nodiscard]] inline const char* side_text(const firing& f, std::span<const double> drift) noexcept {
    if (f.asset == no_index) return "away from its targets, ";
    if (f.asset >= drift.size() || absolute(drift[f.asset]) != f.measure) return "away from its target, ";
    return drift[f.asset] < 0.0 ? "below its target, " : "above its target, ";
}
/// What a trigger measured and how far that is from its threshold.
[[nodiscard]] inline std::string measure_text(const firing& f, const symbol_view& symbols, std::span<const double> drift) {
    switch (f.unit) {
        case measure_unit::weight:
            return (f.asset == no_index ? "the book" : symbols[f.asset]) + " is " + percent_text(f.measure) + " of the portfolio " +
                   side_text(f, drift) + gap_text(f, percent_text, "the ", " allowed");
        case measure_unit::seconds:
            if (f.measure > 9.2e9) return "no trade yet";
            return span_text(f.measure) + " since the last trade, " + gap_text(f, span_text, "its ", "");
        case measure_unit::yes_no: return f.measure > 0.0 ? "due" : "not due";
        case measure_unit::volatility:
            if (f.measure < 0.0) return "the risk is not known yet";
            return "the risk against the targets is " + percent_text(f.measure) + " per year, " +
                   gap_text(f, percent_text, "the ", " allowed");
        case measure_unit::fall:
            return "the account is " + percent_text(f.measure) + " below its peak, " + gap_text(f, percent_text, "the ", " allowed") +
                   (f.margin() > 0.0 && !f.fired ? " (acted on already)" : "");
        case measure_unit::until_open:
            if (!(f.measure < 0.0)) return "open";
            return f.measure < -9.2e9 ? "closed, and does not open again" : "closed, opens in " + span_text(-f.measure);
        case measure_unit::signal:
        case measure_unit::signal_below: return signal_text(f);
        case measure_unit::chance:
            return (f.asset == no_index ? "it happens" : symbols[f.asset] + " leaves its band") + " with a chance of " +
                   percent_text(f.measure) + ", " + gap_text(f, percent_text, "the ", " allowed");
        case measure_unit::number: break;
    }
    const std::string of = f.asset == no_index ? "" : " for " + symbols[f.asset];
    return shortest_text(f.measure) + of + ", " + gap_text(f, shortest_text, "", "");
}
/// Has `not_` turned the numbers around, an odd number of times? A signal may be of either sign: of it the innermost is taken to be the only one.
[[nodiscard]] inline bool turned_around(const firing& f) noexcept {
    switch (f.unit) {
        case measure_unit::until_open: return f.measure > 0.0 || (f.measure == 0.0 && __builtin_signbit(f.measure) != 0);
        case measure_unit::signal:
        case measure_unit::signal_below: return true;
        default: return f.measure < 0.0 || f.threshold < 0.0;
    }
}
[[nodiscard]] inline std::string firing_text(const firing& f, const symbol_view& symbols, std::span<const double> drift) {
    const std::string name = f.trigger == nullptr || *f.trigger == '\0' ? "trigger" : f.trigger;
    const std::string head = name + (f.fired ? " fired: " : ": ");
    if (f.problem) return head + "can not tell, " + describe(f.problem, symbols);
    if (name == "not_" && turned_around(f)) {
        firing inner = f;
        inner.measure = -f.measure;
        inner.threshold = -f.threshold;
        inner.fired = !f.fired;
        return head + "what it turns around " + (f.fired ? "did not fire, " : "fired, ") + measure_text(inner, symbols, drift);
    }
    return head + measure_text(f, symbols, drift);
}
}  // namespace detail

/// "band: SPY is 3.20% of the portfolio away from its target, 1.80% short of the 5.00% allowed".
[[nodiscard]] inline std::string describe(const firing& f, const symbol_view& symbols = {}) { return detail::firing_text(f, symbols, {}); }

// ---- orders and reasons ----

/// "SELL 15.5 SPY at ≥ 402.11, notional 6232.71, cost 6.23 (traded in full)". The quantity is exact.
[[nodiscard]] inline std::string describe(const order& o, const symbol_view& symbols = {}) {
    const double size = detail::absolute(o.quantity);
    std::string text = o.buy() ? "BUY " : "SELL ";
    text += o.step.continuous() ? detail::shortest_text(size) : detail::size_text(o.steps, o.step);
    text += " " + symbols[o.asset];
    const auto number = [&](const char* what, std::uint32_t n) {
        if (n != no_index) text += what + std::to_string(n);
    };
    if (o.row != o.asset) number(" of row ", o.row);
    number(" in place ", o.place);
    number(" on venue ", o.venue);
    number(" against row ", o.against);
    number(" as a part of ", o.parent);
    text += o.buy() ? " at \xE2\x89\xA4 " : " at \xE2\x89\xA5 ";
    text += detail::shortest_text(o.limit_price) + ", notional " + detail::amount_text(detail::absolute(o.notional)) + ", cost " +
            detail::amount_text(o.cost);
    return text + " (" + to_string(o.reason) + ")";
}

/// "pays 0.0012 BNB as its fee"; "is paid 0.0012 BNB" where it is a rebate. The quantity is exact where it is counted.
[[nodiscard]] inline std::string describe(const fee_payment& f, const symbol_view& symbols = {}) {
    const std::string units =
        f.step.continuous() ? detail::shortest_text(detail::absolute(f.quantity)) : detail::size_text(f.steps, f.step);
    return (f.quantity < 0.0 ? "is paid " : "pays ") + units + " " + symbols[f.asset] + (f.quantity < 0.0 ? "" : " as its fee");
}

/// "BUY 20 AGG at ≤ 109.3": what is left of an open order, with its limit where it has one.
[[nodiscard]] inline std::string describe(const open_order& o, const symbol_view& symbols = {}) {
    const bool buy = o.quantity > 0.0;
    std::string text = buy ? "BUY " : "SELL ";
    text += detail::shortest_text(detail::absolute(o.quantity)) + " " + symbols[o.asset];
    if (o.row != no_index && o.row != o.asset) text += " of row " + std::to_string(o.row);
    if (o.limit_price == 0.0) return text;
    return text + (buy ? " at \xE2\x89\xA4 " : " at \xE2\x89\xA5 ") + detail::shortest_text(o.limit_price);
}

namespace detail {
[[nodiscard]] constexpr bool was_cut(why w) noexcept {
    return traded(w) && w != why::full && w != why::exposure_kept && w != why::reserve_kept && w != why::cash_raised &&
           w != why::fees_covered && w != why::exposure_reduced && w != why::hedged && w != why::for_return && w != why::limit_kept;
}
}  // namespace detail

/// "GLD not traded, 410.00 below its target (below the minimum notional)"; "GLD traded in part, ..." where less was traded than wished.
[[nodiscard]] inline std::string describe(const reason& r, const symbol_view& symbols = {}) {
    const bool noise = detail::absolute(r.missing()) <= detail::absolute(r.wished) * 1e-12;
    const double missing = noise ? 0.0 : r.missing();
    std::string text = symbols[r.asset];
    const bool beyond = missing * r.wished < 0.0;  // a step too much
    text += r.done == 0.0 ? " not traded" : detail::was_cut(r.code) && !beyond ? " traded in part" : " traded";
    if (missing != 0.0)
        text += ", " + detail::amount_text(detail::absolute(missing)) + (missing > 0.0 ? " below" : " above") + " its target";
    return text + " (" + to_string(r.code) + ")";
}

// ---- the decision ----

namespace detail {
[[nodiscard]] inline bool same_firing(const firing& a, const firing& b) noexcept {
    return std::string_view{a.trigger == nullptr ? "" : a.trigger} == (b.trigger == nullptr ? "" : b.trigger) && a.fired == b.fired &&
           (a.measure == b.measure || (a.measure != a.measure && b.measure != b.measure)) && a.threshold == b.threshold &&
           a.asset == b.asset;
}
[[nodiscard]] inline const char* outcome_word(outcome o) noexcept {
    switch (o) {
        case outcome::hold: return "HOLD";
        case outcome::trade: return "TRADE";
        case outcome::not_worth_it: return "NOT WORTH IT";
        case outcome::blocked: return "BLOCKED";
        case outcome::rejected: return "REJECTED";
        case outcome::infeasible: return "INFEASIBLE";
        case outcome::inexact: return "INEXACT";
    }
    return "UNKNOWN";
}
/// " (2.00 once for the list)" and ", 12.00 besides that is not paid with it", as far as there are such costs.
[[nodiscard]] inline std::string charges_text(const decision& d) {
    std::string text;
    if (d.batch != 0.0) text += " (" + amount_text(d.batch) + " once for the list)";
    if (d.unpaid != 0.0) text += ", " + amount_text(d.unpaid) + " besides that is not paid with it";
    return text;
}

/// What a guard weighed: "benefit 12.30 over 30 d (risk 10.00, carry 2.30), cost 15.00".
[[nodiscard]] inline std::string weighing_text(const weighing& w) {
    if (w.problem) return "their benefit is not known: " + describe(w.problem);
    if (w.forced) return "they raise missing cash or reduce an exposure that is not allowed, cost " + amount_text(w.cost);
    return "benefit " + amount_text(w.benefit) + " over " + span_text(w.horizon.seconds()) + " (risk " + amount_text(w.risk) + ", carry " +
           amount_text(w.carry) + "), cost " + amount_text(w.cost);
}
/// Why, in one sentence: the trigger that decided, then every other one.
[[nodiscard]] inline std::string why_text(const decision& d, const symbol_view& symbols) {
    const std::string guard = d.guard == nullptr || *d.guard == '\0' ? "a guard" : d.guard;
    std::string text;
    const std::string weighed = d.weighing.made ? ", " + weighing_text(d.weighing) : "";
    if (d.outcome == outcome::blocked) text = guard + " forbids to trade now" + weighed + "; ";
    if (d.outcome == outcome::not_worth_it) text = guard + " says that the trades are not worth it" + weighed + "; ";
    if (d.outcome == outcome::inexact) text = "the solver stopped short, the orders are its best feasible point; ";
    if (d.outcome == outcome::hold) text = d.firing.fired ? "nothing can be traded; " : "the trigger did not fire; ";
    text += firing_text(d.firing, symbols, d.drift());
    bool skipped = false;
    for (const firing& leaf : d.leaves) {
        if (!skipped && same_firing(leaf, d.firing))
            skipped = true;
        else
            text += "; " + firing_text(leaf, symbols, d.drift());
    }
    return text;
}
}  // namespace detail

namespace detail {
/// " (1000.00 paid in)", nothing without a flow.
[[nodiscard]] inline std::string flow_text(double flow) {
    if (flow == 0.0) return {};
    return " (" + amount_text(absolute(flow)) + (flow > 0.0 ? " paid in)" : " to be paid out)");
}
/// How good the choice of whole steps is.
[[nodiscard]] inline std::string steps_text(const step_certificate& c) {
    std::string text = "whole steps ";
    if (c.proved)
        text += "proved to be the best";
    else if (c.nodes == 0)
        text += "not proved to be the best (found by exchanges)";
    else
        text += "not proved to be the best (the search ended after " + std::to_string(c.nodes) + " nodes)";
    text += ": distance and cost " + percent_text(c.objective) + ", ";
    text += c.plain < 1e300 ? percent_text(c.plain) + " where each asset is rounded by itself"
                            : "too little cash where each asset is rounded by itself";
    if (c.proved) return text;
    if (!(c.bound > -1e300)) return text + "; nothing is known of what would be better";
    return text + "; no choice is below " + percent_text(c.bound < 0.0 ? 0.0 : c.bound) + ", better by " + percent_text(c.gap()) +
           " at most";
}
/// How good the solver's answer is.
[[nodiscard]] inline std::string optimality_text(const optimality& o) {
    std::string text = o.proved ? "the best trade, proved" : "not proved to be the best trade";
    text += ": risk and cost " + percent_text(o.objective);
    if (!o.proved) text += ", better by " + percent_text(o.gap) + " at most";
    if (o.end == search_end::stopped || o.end == search_end::closest) text += std::string{" ("} + to_string(o.end) + ")";
    if (o.cash_price > 0.0) text += "; another share of cash would improve it by " + percent_text(o.cash_price) + " of the share";
    if (o.turnover_price > 0.0) text += "; of turnover, by " + percent_text(o.turnover_price);
    if (o.leverage_price > 0.0) text += "; of leverage, by " + percent_text(o.leverage_price);
    if (o.tracking_error_price > 0.0) text += "; of tracking error, by " + percent_text(o.tracking_error_price);
    if (o.cost_price > 0.0) text += "; of the cost budget, by " + percent_text(o.cost_price);
    return text;
}
/// The name of a limit on several assets, or its number.
[[nodiscard]] inline std::string limit_name(const decision& d, std::size_t limit) {
    const bool named = limit < d.prices.limits.size() && !d.prices.limits[limit].name.empty();
    return named ? std::string{d.prices.limits[limit].name.text()} : "limit " + std::to_string(limit);
}
/// "tech at its upper limit of 30.00%: another 1.00% would improve ... by 0.01%" for each limit that binds; nothing where none does.
[[nodiscard]] inline std::string limits_text(const decision& d) {
    std::string text;
    for (std::size_t k = 0; k < d.prices.limits.size(); ++k) {
        const limit_price& l = d.prices.limits[k];
        if (l.price == 0.0) continue;
        text += text.empty() ? "limits that bind: " : ", ";
        text += limit_name(d, k) + (l.price > 0.0 ? " at most " : " at least ") + shortest_text(l.price > 0.0 ? l.upper : l.lower) +
                " (another unit would improve it by " + percent_text(absolute(l.price)) + ")";
    }
    return text;
}
/// Those that contradict each other: "tech, beta, turnover"; nothing where it is not known.
[[nodiscard]] inline std::string conflict_text(const decision& d) {
    std::string text;
    const auto add = [&](bool so, const std::string& name) {
        if (so) text += (text.empty() ? "" : ", ") + name;
    };
    for (std::size_t k = 0; k < d.prices.limits.size(); ++k) add(d.prices.limits[k].price != 0.0, limit_name(d, k));
    add(d.optimality.cash_price != 0.0, "cash");
    add(d.optimality.turnover_price != 0.0, "turnover");
    add(d.optimality.leverage_price != 0.0, "leverage");
    add(d.optimality.tracking_error_price != 0.0, "tracking error");
    add(d.optimality.cost_price != 0.0, "costs");
    return text;
}
[[nodiscard]] inline std::string problem_text(const decision& d, const symbol_view& symbols, const column<std::uint32_t>& asset_of_row) {
    const std::string names = d.problem.code == fault_code::limits_contradict ? conflict_text(d) : std::string{};
    return names.empty() ? describe(d.problem, symbols, asset_of_row) : to_string(d.problem.code) + (": " + names);
}
/// "more to do once these are cancelled and filled: AGG, GLD"; nothing where there is no more.
[[nodiscard]] inline std::string more_text(const decision& d, const symbol_view& symbols) {
    std::string assets;
    bool settles = false;
    bool open = false;
    for (const reason& r : d.reasons) {
        if (!r.more_to_do()) continue;
        assets += (assets.empty() ? "" : ", ") + symbols[r.asset];
        settles = settles || r.code == why::cut_by_settlement || r.code == why::not_settled;
        open = open || r.code == why::open_order;
    }
    if (assets.empty()) return {};
    std::string until;
    const auto add = [&](bool so, const char* what) {
        if (so) until += (until.empty() ? "" : " and ") + std::string{what};
    };
    add(!d.orders.empty() || !d.cancels.empty(), d.cancels.empty()  ? "these are filled"
                                                 : d.orders.empty() ? "these are cancelled"
                                                                    : "these are cancelled and filled");
    add(open && until.empty(), "open orders are filled");
    add(settles, "the cash has settled");
    add(until.empty(), "open orders are filled");
    return "more to do once " + until + ": " + assets;
}
}  // namespace detail

/// The whole decision: a sentence that says what and why; a line for every open order that is to be cancelled and for every order; one for
/// every asset that was not traded or traded in part, with what is missing; the totals; how good the solver's answer and a choice of whole steps are; which assets the next call would go on with. Lines are
/// parted by '\n'; the last one has none. `asset_of_row` is the account's, for faults of rows; `open` are its open orders: without them the
/// cancelled ones are told by number.
[[nodiscard]] inline std::string describe(const decision& d, const symbol_view& symbols = {},
                                          const column<std::uint32_t>& asset_of_row = {}, const column<open_order>& open = {}) {
    const bool at_fault = d.outcome == outcome::rejected || d.outcome == outcome::infeasible;
    std::string text = detail::outcome_word(d.outcome);
    text += " at " + to_string(d.at);
    if (d.value > 0.0) text += ", portfolio " + detail::amount_text(d.value);
    text += ": " + (at_fault ? detail::problem_text(d, symbols, asset_of_row) : detail::why_text(d, symbols));
    for (const std::uint32_t k : d.cancels) {
        text += "\n  CANCEL open order " + std::to_string(k);
        if (k < open.size()) text += ": " + describe(open[k], symbols);
    }
    std::size_t fee = 0;
    for (std::size_t k = 0; k < d.orders.size(); ++k) {
        text += "\n  " + describe(d.orders[k], symbols);
        if (fee < d.fees.size() && d.fees[fee].order == k) text += ", " + describe(d.fees[fee++], symbols);
    }
    const double noise = d.value / 70368744177664.0;  // 2^-46: what doubles can not tell from zero in a portfolio of this value
    for (const reason& r : d.reasons)
        if (r.done == 0.0 || (detail::was_cut(r.code) && detail::absolute(r.missing()) > noise)) text += "\n  " + describe(r, symbols);
    if (at_fault) return text;
    const auto money = [&](double x) { return detail::amount_text(detail::absolute(x) <= noise ? 0.0 : x); };
    if (d.orders.empty())
        text += "\n  no orders, cash stays " + money(d.cash) + detail::flow_text(d.flow);
    else
        text += "\n  cost " + detail::amount_text(d.cost) + detail::charges_text(d) + ", turnover " + detail::percent_text(d.turnover) +
                ", cash " + money(d.cash) + " before" + detail::flow_text(d.flow) + " and " + money(d.cash_after) + " after";
    if (d.weighing.made && !d.orders.empty())
        text += (d.weighing.forced ? "\n  not weighed: " : "\n  worth it: ") + detail::weighing_text(d.weighing);
    if (d.optimality.made) text += "\n  " + detail::optimality_text(d.optimality);
    if (const std::string limits = detail::limits_text(d); !limits.empty()) text += "\n  " + limits;
    if (d.steps.made()) text += "\n  " + detail::steps_text(d.steps);
    if (const std::string more = detail::more_text(d, symbols); !more.empty()) text += "\n  " + more;
    return text;
}

}  // namespace ballast::inline v0
