#include "prices.hpp"

#include <ballast/describe.hpp>

#include <cmath>
#include <limits>

#include "times.hpp"

using namespace ballast;

namespace host {

namespace {

constexpr const char* cash_name = "CASH";
constexpr double sum_slack = 1e-6;

constexpr double not_known = std::numeric_limits<double>::quiet_NaN();

failure wrong_targets(std::string_view what) { return {wrong_usage, joined({"--targets: ", what})}; }

/// A column of the file, and where its numbers go.
struct chosen_column {
    std::size_t at = table::none;
    std::vector<double>* to = nullptr;
    bool may_be_blank = false;
};

std::size_t find_column(const table& t, const std::string& name) {
    std::size_t found = table::none;
    for (std::size_t c = 1; c < t.columns(); ++c)
        if (t.header()[c] == name) found = c;
    return found;
}

/// Adds the column of this name, which has to be there.
failure choose(const table& t, const std::string& name, std::vector<double>& to, std::vector<chosen_column>& chosen) {
    const std::vector<std::string_view> names{t.header().begin() + 1, t.header().end()};
    const std::size_t found = find_column(t, name);
    if (found == table::none) {
        const std::string help = names.empty() ? "; after the date there are none" : advice(name, names);
        return t.wrong_header(joined({"no column is called ", in_quotes(name), help}));
    }
    chosen.push_back({found, &to, false});
    return {};
}

/// Adds one part of the bars of all assets.
failure choose_bars(const table& t, const std::vector<std::string>& assets, const char* part, std::vector<double>& to,
                    std::vector<chosen_column>& chosen) {
    for (const std::string& asset : assets) {
        const std::string name = joined({asset, ".", part});
        std::size_t found = find_column(t, name);
        if (found == table::none && assets.size() == 1) found = find_column(t, part);
        if (found == table::none)
            return t.wrong_header(joined({"no column is called ", in_quotes(name), ", which an estimator from bars reads"}));
        chosen.push_back({found, &to, true});
    }
    return {};
}

}  // namespace

failure parse_targets(std::string_view text, bool weights, bool allow_short, double leverage, target_list& out) {
    out = {};
    double sum = 0.0;
    double gross = 0.0;
    double cash = 0.0;
    bool cash_named = false;
    for (bool last = false; !last;) {
        const std::size_t comma = text.find(',');
        last = comma == std::string_view::npos;
        const std::string_view part = trimmed(text.substr(0, comma));
        if (!last) text.remove_prefix(comma + 1);
        const std::size_t equals = part.rfind('=');
        const std::string_view name = trimmed(part.substr(0, equals));
        double weight = std::numeric_limits<double>::quiet_NaN();
        const bool given = equals != std::string_view::npos;
        if (name.empty() || (given ? !parse_number(trimmed(part.substr(equals + 1)), weight) : weights))
            return wrong_targets(
                joined({in_quotes(part), weights ? " is not NAME=WEIGHT, like A=0.6" : " is neither NAME nor NAME=WEIGHT"}));
        if (given && weight < 0.0 && !allow_short)
            return wrong_targets(joined({"the weight of ", in_quotes(name), " is below 0, and the mandate does not allow shorts"}));
        if (name != cash_name && same_word(name, cash_name)) return wrong_targets(joined({in_quotes(name), ": cash is written CASH"}));
        bool twice = cash_named && name == cash_name;
        for (const std::string& other : out.asset) twice = twice || other == name;
        if (twice) return wrong_targets(joined({in_quotes(name), " is named twice"}));
        if (name == cash_name) {
            cash_named = true;
            cash = given ? weight : 0.0;
            continue;
        }
        out.asset.emplace_back(name);
        out.weight.push_back(weight);
        sum += given ? weight : 0.0;
        gross += given ? std::abs(weight) : 0.0;
    }
    if (out.asset.empty()) return wrong_targets("it names no asset but CASH");
    if (weights && gross > leverage + sum_slack)
        return wrong_targets(joined({"the weights add up to ", number12(gross), ", more than the leverage of ", number12(leverage)}));
    if (weights && cash_named && std::abs(sum + cash - 1.0) > sum_slack)
        return wrong_targets(joined({"with CASH the weights add up to ", number12(sum + cash), ", not to 1"}));
    out.cash = 1.0 - sum;
    return {};
}

std::string price_history::date(std::size_t k) const { return days_only ? date_text(when[k]) : ballast::to_string(when[k]); }

failure read_prices(const table& t, const columns_asked& asked, price_history& out) {
    out = {};
    out.assets = asked.assets.size();
    out.signal_count = asked.signals.size();
    std::vector<chosen_column> chosen;
    for (const std::string& asset : asked.assets)
        if (failure f = choose(t, asset, out.price, chosen)) return f;
    if (asked.bars != bar_columns::none) {
        if (failure f = choose_bars(t, asked.assets, "high", out.high, chosen)) return f;
        if (failure f = choose_bars(t, asked.assets, "low", out.low, chosen)) return f;
    }
    if (asked.bars == bar_columns::open_high_low)
        if (failure f = choose_bars(t, asked.assets, "open", out.open, chosen)) return f;
    std::vector<chosen_column> signals;
    for (const std::string& name : asked.signals)
        if (failure f = choose(t, name, out.signal, signals)) return f;
    timestamp last = timestamp::never();
    for (std::size_t row = 0; row < t.rows(); ++row) {
        timestamp when;
        if (!parse_time(t.field(row, 0), when)) return t.wrong_field(row, 0, joined({"is no date (", time_forms, ")"}));
        if (when <= last)
            return t.wrong_field(
                row, 0, when == last ? "is the date of the row before as well" : "is earlier than the row before; oldest rows come first");
        last = when;
        out.days_only = out.days_only && is_midnight(when);
        bool blank = false;
        for (const chosen_column& c : chosen) blank = blank || (!c.may_be_blank && t.field(row, c.at).empty());
        if (blank) continue;
        for (const chosen_column& c : chosen) {
            double price = not_known;
            const bool known = !t.field(row, c.at).empty();
            if (known && (!parse_number(t.field(row, c.at), price) || !(price > 0.0) || price > 1e300))
                return t.wrong_field(row, c.at, "is not a price above zero");
            c.to->push_back(price);
        }
        for (const chosen_column& c : signals) {
            double x = not_known;
            if (!t.field(row, c.at).empty() && !parse_number(t.field(row, c.at), x)) return t.wrong_field(row, c.at, "is not a number");
            c.to->push_back(x);
        }
        out.when.push_back(when);
        out.row.push_back(row);
    }
    if (out.when.empty()) return {bad_data, joined({t.file(), ": no row has a price in every column of ", listed(asked.assets)})};
    if (out.when.size() == 1)
        return {bad_data, joined({t.place(out.row[0]), ": it is the only row with all prices, and one row is no history"})};
    return {};
}

}  // namespace host
