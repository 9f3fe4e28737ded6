#include "book.hpp"

#include <cmath>
#include <limits>

#include "times.hpp"

using namespace ballast;

namespace host {

namespace {

const std::vector<std::string> known_columns{"asset", "quantity", "price",         "target", "step",  "min_notional",
                                             "lower", "upper",    "open_quantity", "frozen", "as_of", "volatility"};
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

struct readers {
    reader asset, quantity, price, target, step, min_notional, lower, upper, open, frozen, as_of, volatility;
    explicit readers(const table& t)
        : asset{t, "asset"},
          quantity{t, "quantity"},
          price{t, "price"},
          target{t, "target"},
          step{t, "step"},
          min_notional{t, "min_notional"},
          lower{t, "lower"},
          upper{t, "upper"},
          open{t, "open_quantity"},
          frozen{t, "frozen"},
          as_of{t, "as_of"},
          volatility{t, "volatility"} {}
};

failure check_header(const table& t, const book_rules& rules, book& out) {
    for (const auto& name : t.header()) {
        bool known = name.empty();
        for (const std::string& k : known_columns) known = known || k == name;
        if (known) continue;
        // A name that is nearly right is a slip, not a column of the user's own.
        const std::string meant = nearest(name, known_columns);
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

failure read_cash(const table& t, const readers& c, std::size_t row, double& cash, double& cash_target) {
    if (const failure f = c.quantity.number(row, cash)) return f;
    double price = 1.0;
    if (const failure f = c.price.number_or(row, 1.0, price)) return f;
    if (price != 1.0) return c.price.wrong(row, "is not the price of cash, which is 1, or blank");
    if (c.target.given() && !c.target.blank(row))
        if (const failure f = c.target.number(row, cash_target)) return f;
    for (const reader* r : {&c.step, &c.min_notional, &c.lower, &c.upper, &c.open, &c.frozen, &c.volatility})
        if (r->given() && !r->blank(row)) return r->wrong(row, "means nothing for CASH; leave it blank (--reserve keeps cash)");
    (void)t;
    return {};
}

failure read_rules(const readers& c, std::size_t row, book& out) {
    double x = 0.0;
    if (c.step.given()) {
        if (const failure f = c.step.number_or(row, 0.0, x)) return f;
        if (x < 0.0) return c.step.wrong(row, "is below zero");
        const decimal_step step{x};
        if (!step.valid()) return c.step.wrong(row, "is no decimal number of at most 18 places and 9e15 at most");
        out.step.push_back(step);
    }
    if (c.min_notional.given()) {
        if (const failure f = c.min_notional.number_or(row, 0.0, x)) return f;
        if (x < 0.0) return c.min_notional.wrong(row, "is below zero");
        out.min_notional.push_back(x);
    }
    if (c.frozen.given()) {
        std::string word{c.frozen.text(row)};
        for (char& letter : word) letter = lower_case(letter);
        const bool yes = word == "yes" || word == "true" || word == "1";
        if (!yes && !word.empty() && word != "no" && word != "false" && word != "0")
            return c.frozen.wrong(row, "is neither yes (true, 1) nor no (false, 0, blank)");
        out.frozen.push_back(yes ? 1 : 0);
    }
    if (c.as_of.given()) {
        timestamp when = timestamp::never();
        if (!c.as_of.blank(row) && !parse_time(c.as_of.text(row), when))
            return c.as_of.wrong(row, joined({"is no time (", time_forms, ")"}));
        out.as_of.push_back(when);
    }
    if (c.volatility.given()) {
        if (const failure f = c.volatility.number(row, x)) return f;
        if (x < 0.0 || x > 1e6) return c.volatility.wrong(row, "is no volatility per year, like 0.16");
        out.volatility.push_back(x);
    }
    return {};
}

failure read_band(const readers& c, std::size_t row, double target, book& out) {
    double x = 0.0;
    if (c.lower.given()) {
        if (const failure f = c.lower.number_or(row, -infinity, x)) return f;
        if (x > target) return c.lower.wrong(row, joined({"is above the target ", shortest(target)}));
        out.lower.push_back(x);
    }
    if (c.upper.given()) {
        if (const failure f = c.upper.number_or(row, infinity, x)) return f;
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
    if (const failure f = c.quantity.number(row, quantity)) return f;
    if (quantity < 0.0 && !rules.mandate.allow_short) return c.quantity.wrong(row, "is a short position, which the mandate does not allow");
    if (const failure f = c.price.number(row, price)) return f;
    if (!(price > 0.0)) return c.price.wrong(row, "is not a price above zero");
    if (rules.targets) {
        if (c.target.blank(row)) return c.target.wrong(row, "write 0 for an asset that should go");
        if (const failure f = c.target.number(row, target)) return f;
        if (target < 0.0 && !rules.mandate.allow_short) return c.target.wrong(row, "is a short target, which the mandate does not allow");
        if (const failure f = read_band(c, row, target, out)) return f;
    }
    if (c.open.given()) {
        if (const failure f = c.open.number_or(row, 0.0, open)) return f;
        if (quantity + open < 0.0 && !rules.mandate.allow_short)
            return c.open.wrong(row, joined({"sells more than the ", shortest(quantity), " that are held"}));
        out.open.push_back(open);
    }
    if (!std::isfinite(quantity * price) || !std::isfinite((quantity + open) * price))
        return c.quantity.wrong(row, "is worth more than can be counted");
    out.quantity.push_back(quantity);
    out.price.push_back(price);
    out.target.push_back(target);
    return read_rules(c, row, out);
}

/// The targets together, and what they leave to cash.
failure check_targets(const table& t, const book_rules& rules, std::size_t cash_row, bool cash_targeted, double cash_target,
                      const book& b) {
    double sum = 0.0;
    double gross = 0.0;
    for (const double x : b.target) {
        sum += x;
        gross += std::abs(x);
    }
    const std::string in_all = joined({"column ", std::to_string(t.column("target") + 1), " (target): "});
    if (gross > rules.mandate.leverage + sum_slack)
        return {bad_data, joined({t.file(), ", ", in_all, "the targets add up to ", number12(gross), ", more than the leverage of ",
                                  number12(rules.mandate.leverage)})};
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
            if (failure f = read_cash(t, c, row, out.cash, cash_target)) return f;
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
    if (!rules.targets) {
        out.target.clear();
        return {};
    }
    return check_targets(t, rules, cash_row, cash_targeted, cash_target, out);
}

}  // namespace host
