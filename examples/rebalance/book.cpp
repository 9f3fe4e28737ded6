#include "book.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include "times.hpp"

using namespace ballast;

namespace host {

namespace {

constexpr const char* cash_name = "CASH";
constexpr double infinity = std::numeric_limits<double>::infinity();
/// Targets that should add up to 1 may miss it by what is left of 1/3 + 1/3 + 1/3 after six digits.
constexpr double sum_slack = 1e-6;

/// Reads the fields of one column.
class reader {
public:
    reader(const table& t, const char* name) : table_{t}, column_{t.column(name)} {}

    [[nodiscard]] bool given() const { return column_ != table::none; }
    [[nodiscard]] bool blank(std::size_t row) const { return table_.field(row, column_).empty(); }
    [[nodiscard]] std::string_view text(std::size_t row) const { return table_.field(row, column_); }
    [[nodiscard]] failure wrong(std::size_t row, std::string_view what) const { return table_.wrong_field(row, column_, what); }
    failure number(std::size_t row, double& out) const { return parse_number(text(row), out) ? failure{} : wrong(row, "is not a number"); }
    /// A number, or this one where the field is blank.
    failure number_or(std::size_t row, double otherwise, double& out) const {
        if (!blank(row)) return number(row, out);
        out = otherwise;
        return {};
    }

private:
    const table& table_;
    std::size_t column_;
};

/// A column of numbers that are an asset's rules.
struct rule_column {
    const char* name;
    std::vector<double>& (*of)(instruments&);
    double blank;                 ///< what a blank field stands for
    bool above_zero = false;      ///< 0 is wrong as well
    const char* least = nullptr;  ///< for a maximum, the column that it may not be below
};
const rule_column rule_columns[] = {
    {"min_quantity", [](instruments& r) -> std::vector<double>& { return r.min_quantity; }, 0.0},
    {"max_quantity", [](instruments& r) -> std::vector<double>& { return r.max_quantity; }, infinity, false, "min_quantity"},
    {"min_notional", [](instruments& r) -> std::vector<double>& { return r.min_notional; }, 0.0},
    {"max_notional", [](instruments& r) -> std::vector<double>& { return r.max_notional; }, infinity, false, "min_notional"},
    {"buy_min_quantity", [](instruments& r) -> std::vector<double>& { return r.buy.min_quantity; }, 0.0},
    {"buy_max_quantity", [](instruments& r) -> std::vector<double>& { return r.buy.max_quantity; }, infinity, false, "buy_min_quantity"},
    {"buy_min_notional", [](instruments& r) -> std::vector<double>& { return r.buy.min_notional; }, 0.0},
    {"buy_max_notional", [](instruments& r) -> std::vector<double>& { return r.buy.max_notional; }, infinity, false, "buy_min_notional"},
    {"sell_min_quantity", [](instruments& r) -> std::vector<double>& { return r.sell.min_quantity; }, 0.0},
    {"sell_max_quantity", [](instruments& r) -> std::vector<double>& { return r.sell.max_quantity; }, infinity, false, "sell_min_quantity"},
    {"sell_min_notional", [](instruments& r) -> std::vector<double>& { return r.sell.min_notional; }, 0.0},
    {"sell_max_notional", [](instruments& r) -> std::vector<double>& { return r.sell.max_notional; }, infinity, false, "sell_min_notional"},
    {"min_position", [](instruments& r) -> std::vector<double>& { return r.min_position; }, 0.0},
    {"max_position", [](instruments& r) -> std::vector<double>& { return r.max_position; }, infinity, false, "min_position"},
    {"max_short", [](instruments& r) -> std::vector<double>& { return r.max_short; }, infinity},
    {"margin_long", [](instruments& r) -> std::vector<double>& { return r.margin_long; }, 0.0},
    {"margin_short", [](instruments& r) -> std::vector<double>& { return r.margin_short; }, 0.0},
    {"multiplier", [](instruments& r) -> std::vector<double>& { return r.multiplier; }, 1.0, true},
};

const std::vector<std::string>& known_columns() {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> names{"asset",   "quantity",   "price",         "target",         "step",      "tick",
                                       "lower",   "upper",      "open_quantity", "open_limit",     "open_cost", "no_buy",
                                       "no_sell", "close_only", "frozen",        "close_first",    "as_of",     "volatility",
                                       "volume",  "fee_asset",  "buy_fee_asset", "sell_fee_asset", "fee_step",  "settled"};
        for (const rule_column& r : rule_columns) names.emplace_back(r.name);
        return names;
    }();
    return all;
}

struct readers {
    reader asset, quantity, price, target, step, tick, lower, upper, open, open_limit, open_cost, no_buy, no_sell, close_only, frozen,
        close_first, as_of, volatility, volume, fee_asset, buy_fee_asset, sell_fee_asset, fee_step, settled;
    std::vector<reader> rules{};  // of rule_columns
    explicit readers(const table& t)
        : asset{t, "asset"},
          quantity{t, "quantity"},
          price{t, "price"},
          target{t, "target"},
          step{t, "step"},
          tick{t, "tick"},
          lower{t, "lower"},
          upper{t, "upper"},
          open{t, "open_quantity"},
          open_limit{t, "open_limit"},
          open_cost{t, "open_cost"},
          no_buy{t, "no_buy"},
          no_sell{t, "no_sell"},
          close_only{t, "close_only"},
          frozen{t, "frozen"},
          close_first{t, "close_first"},
          as_of{t, "as_of"},
          volatility{t, "volatility"},
          volume{t, "volume"},
          fee_asset{t, "fee_asset"},
          buy_fee_asset{t, "buy_fee_asset"},
          sell_fee_asset{t, "sell_fee_asset"},
          fee_step{t, "fee_step"},
          settled{t, "settled"} {
        for (const rule_column& r : rule_columns) rules.emplace_back(t, r.name);
    }
    [[nodiscard]] bool restricting() const { return no_buy.given() || no_sell.given() || close_only.given() || frozen.given(); }
};

failure check_header(const table& t, const book_rules& rules, book& out) {
    for (const auto& name : t.header()) {
        bool known = name.empty();
        for (const std::string& k : known_columns()) known = known || k == name;
        if (known) continue;
        // A name that is nearly right is a slip, not a column of the user's own.
        const std::string meant = nearest(name, known_columns());
        if (!meant.empty() && t.column(meant) == table::none && distance_between(name, meant) <= 2)
            return t.wrong_header(joined({"no column of a book is called ", in_quotes(name), "; did you mean '", meant, "'?"}));
        out.not_read.emplace_back(name);
    }
    for (const char* needed : {"asset", "quantity", "price", "target"}) {
        if (!rules.targets && std::string_view{needed} == "target") continue;
        if (t.column(needed) == table::none)
            return t.wrong_header(joined({"no column is called ", in_quotes(needed), "; there are: ", listed(t.header())}));
    }
    if (!rules.targets && t.column("target") != table::none)
        return t.wrong_header("the column 'target' is given, but the target policy makes its own targets");
    return {};
}

failure read_cash(const readers& c, std::size_t row, double& cash, std::optional<double>& unsettled, double& cash_target) {
    if (failure f = c.quantity.number(row, cash)) return f;
    if (c.settled.given() && !c.settled.blank(row)) {
        double settled = 0.0;
        if (failure f = c.settled.number(row, settled)) return f;
        if (settled > cash) return c.settled.wrong(row, joined({"is more than the cash, ", shortest(cash)}));
        unsettled = cash - settled;
    }
    double price = 1.0;
    if (failure f = c.price.number_or(row, 1.0, price)) return f;
    if (price != 1.0) return c.price.wrong(row, "is not the price of cash, which is 1, or blank");
    if (c.target.given() && !c.target.blank(row))
        if (failure f = c.target.number(row, cash_target)) return f;
    const auto blank = [&](const reader& r) -> failure {
        if (!r.given() || r.blank(row)) return {};
        return r.wrong(row, "means nothing for CASH; leave it blank (--reserve keeps cash)");
    };
    for (const reader* r :
         {&c.step, &c.tick, &c.lower, &c.upper, &c.open, &c.open_limit, &c.open_cost, &c.no_buy, &c.no_sell, &c.close_only, &c.frozen,
          &c.close_first, &c.volatility, &c.volume, &c.fee_asset, &c.buy_fee_asset, &c.sell_fee_asset, &c.fee_step})
        if (failure f = blank(*r)) return f;
    for (const reader& r : c.rules)
        if (failure f = blank(r)) return f;
    return {};
}

failure read_step(const reader& r, std::size_t row, std::vector<decimal_step>& out) {
    double x = 0.0;
    if (!r.given()) return {};
    if (failure f = r.number_or(row, 0.0, x)) return f;
    if (x < 0.0) return r.wrong(row, "is below zero");
    const decimal_step step{x};
    if (!step.valid()) return r.wrong(row, "is no decimal number of at most 18 places and 9e15 at most");
    out.push_back(step);
    return {};
}

failure read_yes(const reader& r, std::size_t row, bool& yes) {
    yes = false;
    if (!r.given()) return {};
    std::string word{r.text(row)};
    for (char& letter : word) letter = lower_case(letter);
    yes = word == "yes" || word == "true" || word == "1";
    if (yes || word.empty() || word == "no" || word == "false" || word == "0") return {};
    return r.wrong(row, "is neither yes (true, 1) nor no (false, 0, blank)");
}

/// The strictest of what a row says. Which side closes a position depends on the position; the other side is not open to it anyway.
failure read_restriction(const readers& c, std::size_t row, double position, book& out) {
    bool no_buy = false;
    bool no_sell = false;
    bool close_only = false;
    bool frozen = false;
    if (!c.restricting()) return {};
    if (failure f = read_yes(c.no_buy, row, no_buy)) return f;
    if (failure f = read_yes(c.no_sell, row, no_sell)) return f;
    if (failure f = read_yes(c.close_only, row, close_only)) return f;
    if (failure f = read_yes(c.frozen, row, frozen)) return f;
    if (close_only) (position < 0.0 ? no_sell : no_buy) = true;
    frozen = frozen || (no_buy && no_sell);
    out.rules.restriction.push_back(frozen       ? restriction::frozen
                                    : close_only ? restriction::close_only
                                    : no_buy     ? restriction::no_buy
                                    : no_sell    ? restriction::no_sell
                                                 : restriction::none);
    return {};
}

failure read_numbers(const readers& c, std::size_t row, book& out) {
    std::size_t k = 0;
    for (const rule_column& column : rule_columns) {
        const reader& r = c.rules[k++];
        if (!r.given()) continue;
        double x = 0.0;
        if (failure f = r.number_or(row, column.blank, x)) return f;
        if (column.above_zero && !(x > 0.0)) return r.wrong(row, "is not a number above zero");
        if (x < 0.0) return r.wrong(row, "is below zero");
        column.of(out.rules).push_back(x);
        if (column.least == nullptr) continue;
        const std::vector<double>& least = rule_columns[k - 2].of(out.rules);
        if (!least.empty() && x < least.back()) return r.wrong(row, joined({"is below the ", column.least, ", ", shortest(least.back())}));
    }
    return {};
}

failure read_rules(const readers& c, std::size_t row, double position, book& out) {
    double x = 0.0;
    if (failure f = read_step(c.step, row, out.rules.step)) return f;
    if (failure f = read_step(c.tick, row, out.rules.tick)) return f;
    if (failure f = read_step(c.fee_step, row, out.rules.fee_step)) return f;
    if (failure f = read_numbers(c, row, out)) return f;
    if (failure f = read_restriction(c, row, position, out)) return f;
    if (c.close_first.given()) {
        bool yes = false;
        if (failure f = read_yes(c.close_first, row, yes)) return f;
        out.rules.crossing.push_back(yes ? zero_crossing::close_first : zero_crossing::one_order);
    }
    if (c.as_of.given()) {
        timestamp when = timestamp::never();
        if (!c.as_of.blank(row) && !parse_time(c.as_of.text(row), when))
            return c.as_of.wrong(row, joined({"is no time (", time_forms, ")"}));
        out.as_of.push_back(when);
    }
    if (c.volatility.given()) {
        if (failure f = c.volatility.number(row, x)) return f;
        if (x < 0.0 || x > 1e6) return c.volatility.wrong(row, "is no volatility per year, like 0.16");
        out.volatility.push_back(x);
    }
    if (c.volume.given()) {
        if (failure f = c.volume.number_or(row, std::numeric_limits<double>::quiet_NaN(), x)) return f;
        if (x < 0.0) return c.volume.wrong(row, "is below zero");
        out.volume.push_back(x);
    }
    return {};
}

/// What is left of an order that is on its way.
failure read_open(const readers& c, std::size_t row, double held, bool allow_short, book& out, double& open) {
    open_order o{.asset = static_cast<std::uint32_t>(out.assets() - 1)};
    if (c.open.given())
        if (failure f = c.open.number_or(row, 0.0, o.quantity)) return f;
    for (const reader* r : {&c.open_limit, &c.open_cost})
        if (o.quantity == 0.0 && r->given() && !r->blank(row)) return r->wrong(row, "is said of an open order, but open_quantity has none");
    open = o.quantity;
    if (open == 0.0) return {};
    if (held + open < 0.0 && open < 0.0 && !allow_short)
        return c.open.wrong(row, joined({"sells more than the ", shortest(held), " that are held"}));
    if (c.open_limit.given() && !c.open_limit.blank(row)) {
        if (failure f = c.open_limit.number(row, o.limit_price)) return f;
        if (!(o.limit_price > 0.0)) return c.open_limit.wrong(row, "is not a price above zero");
    }
    if (c.open_cost.given())
        if (failure f = c.open_cost.number_or(row, 0.0, o.cost)) return f;
    out.open.push_back(o);
    return {};
}

failure read_band(const readers& c, std::size_t row, double target, book& out) {
    double x = 0.0;
    if (c.lower.given()) {
        if (failure f = c.lower.number_or(row, -infinity, x)) return f;
        if (x > target) return c.lower.wrong(row, joined({"is above the target ", shortest(target)}));
        out.lower.push_back(x);
    }
    if (c.upper.given()) {
        if (failure f = c.upper.number_or(row, infinity, x)) return f;
        if (x < target) return c.upper.wrong(row, joined({"is below the target ", shortest(target)}));
        out.upper.push_back(x);
    }
    return {};
}

failure read_asset(const readers& c, std::size_t row, const book_rules& rules, book& out) {
    double quantity = 0.0;
    double price = 0.0;
    double target = 0.0;
    double open = 0.0;
    if (failure f = c.quantity.number(row, quantity)) return f;
    if (c.settled.given() && !c.settled.blank(row)) return c.settled.wrong(row, "is said of CASH alone");
    if (quantity < 0.0 && !rules.mandate.allow_short) return c.quantity.wrong(row, "is a short position, which the mandate does not allow");
    if (failure f = c.price.number(row, price)) return f;
    if (!(price > 0.0)) return c.price.wrong(row, "is not a price above zero");
    if (rules.targets) {
        if (c.target.blank(row)) return c.target.wrong(row, "write 0 for an asset that should go");
        if (failure f = c.target.number(row, target)) return f;
        if (target < 0.0 && !rules.mandate.allow_short) return c.target.wrong(row, "is a short target, which the mandate does not allow");
        if (failure f = read_band(c, row, target, out)) return f;
    }
    if (failure f = read_open(c, row, quantity, rules.mandate.allow_short, out, open)) return f;
    out.quantity.push_back(quantity);
    out.price.push_back(price);
    out.target.push_back(target);
    if (failure f = read_rules(c, row, quantity + open, out)) return f;
    const double worth = out.worth(out.assets() - 1);
    if (!std::isfinite(quantity * worth) || !std::isfinite((quantity + open) * worth))
        return c.quantity.wrong(row, "is worth more than can be counted");
    return {};
}

/// A decimal number as a whole number of steps, exactly; false where it is none, or too large.
bool whole_steps(std::string_view text, const decimal_step& step, int128& out) {
    constexpr int128 most = (static_cast<int128>(1) << 120) / 10;
    const bool negative = !text.empty() && text.front() == '-';
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
    int128 digits = 0;
    int places = 0;
    bool point = false;
    for (const char ch : text) {
        if (ch == '.') {
            point = true;
            continue;
        }
        if (ch < '0' || ch > '9' || digits > most) return false;  // an exponent is left to doubles
        digits = 10 * digits + (ch - '0');
        places += point ? 1 : 0;
    }
    // digits / 10^places = out · mantissa · 10^exponent
    for (int shift = step.exponent() + places; shift != 0;) {
        if (shift > 0) {
            if (digits % 10 != 0) return false;
            digits /= 10;
            --shift;
        } else {
            if (digits > most) return false;
            digits *= 10;
            ++shift;
        }
    }
    if (step.mantissa() == 0 || digits % step.mantissa() != 0) return false;
    out = (negative ? -digits : digits) / step.mantissa();
    return true;
}

/// What fees are paid in: an asset of the book by its name, its own or another's; blank: cash.
failure read_fee_assets(const readers& c, book& b) {
    const auto read = [&](const reader& of_side, std::vector<std::uint32_t>& out) -> failure {
        if (!of_side.given() && !c.fee_asset.given()) return {};
        for (const std::size_t row : b.row) {
            const reader& r = of_side.given() && !(of_side.blank(row) && c.fee_asset.given()) ? of_side : c.fee_asset;
            std::uint32_t asset = ballast::no_index;
            for (std::uint32_t i = 0; i < b.assets(); ++i)
                if (b.asset[i] == r.text(row)) asset = i;
            if (asset == ballast::no_index && !r.blank(row) && r.text(row) != cash_name)
                return r.wrong(row, "is no asset of the book, nor CASH");
            out.push_back(asset);
        }
        return {};
    };
    if (failure f = read(c.buy_fee_asset, b.rules.fee_asset.buy)) return f;
    return read(c.sell_fee_asset, b.rules.fee_asset.sell);
}

/// Counts what is held, and what is open, where all of it is whole steps. Fees that are paid in assets need not be whole steps.
void count_steps(const readers& c, const std::vector<std::size_t>& rows, book& b) {
    if (b.rules.step.empty() || !b.rules.fee_asset.buy.empty() || !b.rules.fee_asset.sell.empty()) return;
    std::vector<int128> counted(b.assets());
    for (std::size_t i = 0; i < b.assets(); ++i)
        if (!whole_steps(c.quantity.text(rows[i]), b.rules.step[i], counted[i])) return;
    for (open_order& o : b.open)
        if (!whole_steps(c.open.text(rows[o.asset]), b.rules.step[o.asset], o.steps)) return;
    b.counted = std::move(counted);
}

/// The targets together, and what they leave to cash.
failure check_targets(const table& t, const book_rules& rules, std::size_t cash_row, bool cash_targeted, double cash_target,
                      const book& b) {
    double sum = 0.0;
    double gross = 0.0;
    double margin = 0.0;
    for (std::size_t i = 0; i < b.assets(); ++i) {
        const double x = b.target[i];
        sum += x;
        gross += std::abs(x);
        const std::vector<double>& rate = x < 0.0 ? b.rules.margin_short : b.rules.margin_long;
        if (!rate.empty()) margin += rate[i] * std::abs(x);
    }
    const std::string in_all = joined({"column ", std::to_string(t.column("target") + 1), " (target): "});
    if (gross > rules.mandate.leverage + sum_slack)
        return {bad_data, joined({t.file(), ", ", in_all, "the targets add up to ", number12(gross), ", more than the leverage of ",
                                  number12(rules.mandate.leverage)})};
    if (std::abs(sum) > rules.mandate.net_leverage + sum_slack)
        return {bad_data, joined({t.file(), ", ", in_all, "long less short they come to ", number12(sum),
                                  ", more than the net leverage of ", number12(rules.mandate.net_leverage)})};
    if (margin > 1.0 + sum_slack)
        return {bad_data, joined({t.file(), ", ", in_all, "they need a margin of ", number12(margin), " of the portfolio"})};
    if (cash_targeted && std::abs(cash_target - (1.0 - sum)) > sum_slack)
        return t.wrong_field(cash_row, t.column("target"), joined({"is not what the other targets leave over, ", number12(1.0 - sum)}));
    return {};
}

}  // namespace

failure read_book(const table& t, const book_rules& rules, book& out) {
    out = {};
    if (failure f = check_header(t, rules, out)) return f;
    const readers c{t};
    if (!rules.targets && (c.lower.given() || c.upper.given()))
        return t.wrong_header("lower and upper are bounds around targets of the book, but a target policy makes its own");
    std::size_t cash_row = table::none;
    double cash_target = 0.0;
    bool cash_targeted = false;
    for (std::size_t row = 0; row < t.rows(); ++row) {
        const std::string_view name = c.asset.text(row);
        if (name.empty()) return c.asset.wrong(row, "an asset needs a name");
        if (name == cash_name) {
            if (cash_row != table::none) return c.asset.wrong(row, joined({"is also in row ", std::to_string(t.line(cash_row))}));
            cash_row = row;
            if (failure f = read_cash(c, row, out.cash, out.unsettled, cash_target)) return f;
            cash_targeted = c.target.given() && !c.target.blank(row);
            continue;
        }
        if (same_word(name, cash_name)) return c.asset.wrong(row, "is no asset's name; cash is written CASH");
        for (std::size_t i = 0; i < out.assets(); ++i)
            if (out.asset[i] == name) return c.asset.wrong(row, joined({"is also in row ", std::to_string(t.line(out.row[i]))}));
        out.asset.emplace_back(name);
        out.row.push_back(row);
        if (failure f = read_asset(c, row, rules, out)) return f;
    }
    if (out.assets() == 0) return {bad_data, joined({t.file(), ", row ", std::to_string(t.rows() + 1), ": it holds no asset"})};
    if (failure f = read_fee_assets(c, out)) return f;
    count_steps(c, out.row, out);
    if (!rules.targets) {
        out.target.clear();
        return {};
    }
    return check_targets(t, rules, cash_row, cash_targeted, cash_target, out);
}

}  // namespace host
