#include "venues.hpp"

#include <ballast/venue/constant_price.hpp>
#include <ballast/venue/constant_product.hpp>
#include <ballast/venue/stable.hpp>
#include <ballast/venue/weighted.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

using namespace ballast;

namespace host {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_given = std::numeric_limits<double>::quiet_NaN();

const std::vector<std::string> column_names{"asset", "venue", "kind",  "units", "cash",  "weight", "amplification", "fee",
                                            "gas",   "side",  "price", "size",  "lower", "upper",  "liquidity"};
const std::vector<std::string> kinds{"constant_product", "weighted", "stable", "concentrated", "order_book", "constant_price", "quotes"};

/// Kinds that have one row for each level, answer or range.
bool has_rows(std::string_view kind) { return kind == "order_book" || kind == "quotes" || kind == "concentrated"; }

}  // namespace

/// Reads the rows of a file of venues, one venue after the other.
class venue_reader {
public:
    venue_reader(const table& t, const book& b, venue_list& to) : table_{t}, book_{b}, to_{to} {}

    failure read() {
        for (const auto& name : table_.header())
            if (!name.empty() && std::find(column_names.begin(), column_names.end(), name) == column_names.end())
                return table_.wrong_header(joined({"no column of venues is called ", in_quotes(name), advice(name, column_names)}));
        for (const char* needed : {"asset", "venue", "kind"})
            if (table_.column(needed) == table::none) return table_.wrong_header(joined({"no column is called '", needed, "'"}));
        to_.of_asset_.assign(book_.assets(), {});
        for (std::size_t row = 0; row < table_.rows();) {
            std::size_t end = row + 1;
            while (end < table_.rows() && same_venue(row, end)) ++end;
            if (failure f = read_venue(row, end)) return f;
            row = end;
        }
        return find_crossed();
    }

private:
    /// Where one venue of an asset pays more than another one asks, their states are of different times, and a plan on both would be made of air.
    [[nodiscard]] failure find_crossed() const {
        for (std::size_t i = 0; i < book_.assets(); ++i) {
            const asset_venues& v = to_.of_asset_[i];
            for (std::size_t a = 0; a < v.name.size(); ++a)
                for (std::size_t c = 0; c < v.name.size(); ++c) {
                    const double paid = venue::spot(v.sell[a]);
                    const double units = venue::spot(v.buy[c]);
                    if (paid * units > 1.0 + 1e-12)
                        return {bad_data, joined({table_.file(), ": ", book_.asset[i], ": ", v.name[a], " pays ", number12(paid), ", ",
                                                  v.name[c], " asks ", number12(1.0 / units), ": are they of the same time?"})};
                }
        }
        return {};
    }

    [[nodiscard]] std::string_view text(std::size_t row, std::string_view column) const {
        const std::size_t c = table_.column(column);
        return c == table::none ? std::string_view{} : table_.field(row, c);
    }
    [[nodiscard]] failure wrong(std::size_t row, std::string_view column, std::string_view what) const {
        const std::size_t c = table_.column(column);
        if (c == table::none) return {bad_data, joined({table_.place(row), ": ", what, ": there is no column '", column, "'"})};
        return table_.wrong_field(row, c, what);
    }
    [[nodiscard]] bool same_venue(std::size_t a, std::size_t b) const {
        for (const char* column : {"asset", "venue", "kind"})
            if (text(a, column) != text(b, column)) return false;
        return true;
    }
    /// A number at or above 0 (above 0 where `above`); a blank one is `otherwise`, or wrong where that is NaN.
    failure number(std::size_t row, std::string_view column, bool above, double otherwise, double& out) const {
        const std::string_view field = text(row, column);
        if (field.empty()) {
            if (!(otherwise == otherwise)) return wrong(row, column, joined({"a ", text(row, "kind"), " needs it"}));
            out = otherwise;
            return {};
        }
        if (!parse_number(field, out)) return wrong(row, column, "is not a number");
        if (out < 0.0 || (above && out == 0.0)) return wrong(row, column, above ? "is not above zero" : "is below zero");
        return {};
    }
    failure needed(std::size_t row, std::string_view column, double& out) const { return number(row, column, true, not_given, out); }

    failure read_venue(std::size_t row, std::size_t end) {
        const std::string_view symbol = text(row, "asset");
        const auto at = std::find(book_.asset.begin(), book_.asset.end(), symbol);
        if (at == book_.asset.end()) return wrong(row, "asset", joined({"is no asset of the book", advice(symbol, book_.asset)}));
        const std::string_view name = text(row, "venue");
        if (name.empty()) return wrong(row, "venue", "");
        for (std::size_t i = 0; i < book_.assets(); ++i)
            for (const std::string& known : to_.of_asset_[i].name)
                if (known == name)
                    return wrong(row, "venue",
                                 book_.asset[i] == symbol ? "is there twice: the rows of a venue stand together"
                                                          : "is a venue of another asset as well: a plan prices one order per venue");
        const std::string_view kind = text(row, "kind");
        if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
            return wrong(row, "kind", joined({"is no kind of venue", advice(kind, kinds)}));
        if (end - row > 1 && !has_rows(kind)) return wrong(row + 1, "venue", joined({"is there twice: a ", kind, " is one row"}));
        double fee = 0.0;
        double gas = 0.0;
        if (failure f = number(row, "fee", false, 0.0, fee)) return f;
        if (!(fee < 1.0)) return wrong(row, "fee", "is no share below 1");
        if (failure f = number(row, "gas", false, 0.0, gas)) return f;
        asset_venues& to = to_.of_asset_[static_cast<std::size_t>(at - book_.asset.begin())];
        venue::market m;
        failure f;
        if (kind == "constant_product") f = read_constant_product(row, fee, m);
        if (kind == "weighted") f = read_weighted(row, fee, m);
        if (kind == "stable") f = read_stable(row, fee, m);
        if (kind == "constant_price") f = read_constant_price(row, fee, m);
        if (kind == "order_book") f = read_order_book(row, end, fee, m);
        if (kind == "quotes") f = read_quotes(row, end, m);
        if (kind == "concentrated") f = read_concentrated(row, end, fee, m);
        if (f) return f;
        to.name.emplace_back(name);
        to.sell.push_back(m.sell);
        to.buy.push_back(m.buy);
        to.gas.push_back(gas);
        return {};
    }
    /// What a pool itself finds wrong.
    [[nodiscard]] failure check(std::size_t row, const configuration_fault& f) const {
        return f ? failure{bad_data, joined({table_.place(row), ": ", f.parameter, " = ", number12(f.value), ": ", f.range})} : failure{};
    }
    template <class Pool>
    failure take(std::size_t row, const Pool& pool, venue::market& m) const {
        if (failure f = check(row, pool.validate())) return f;
        m.sell = pool.curve(0, 1);
        m.buy = pool.curve(1, 0);
        return {};
    }

    failure read_constant_product(std::size_t row, double fee, venue::market& m) const {
        venue::constant_product pool{.fee = fee};
        if (failure f = needed(row, "units", pool.balances[0])) return f;
        if (failure f = needed(row, "cash", pool.balances[1])) return f;
        return take(row, pool, m);
    }
    failure read_weighted(std::size_t row, double fee, venue::market& m) const {
        venue::weighted pool{.tokens = 2, .fee = fee};
        if (failure f = needed(row, "units", pool.balances[0])) return f;
        if (failure f = needed(row, "cash", pool.balances[1])) return f;
        if (failure f = needed(row, "weight", pool.weights[0])) return f;
        if (!(pool.weights[0] < 1.0)) return wrong(row, "weight", "is no share below 1");
        pool.weights[1] = 1.0 - pool.weights[0];
        return take(row, pool, m);
    }
    failure read_stable(std::size_t row, double fee, venue::market& m) const {
        venue::stable pool;
        pool.coins = 2;
        pool.fee = fee;
        if (failure f = needed(row, "units", pool.balances[0])) return f;
        if (failure f = needed(row, "cash", pool.balances[1])) return f;
        if (failure f = needed(row, "amplification", pool.amplification)) return f;
        return take(row, pool, m);
    }
    failure read_constant_price(std::size_t row, double fee, venue::market& m) const {
        venue::constant_price firm{.fee = fee};
        if (failure f = needed(row, "price", firm.price)) return f;
        if (failure f = number(row, "units", false, infinity, firm.holds_0)) return f;
        if (failure f = number(row, "cash", false, infinity, firm.holds_1)) return f;
        return take(row, firm, m);
    }
    failure read_order_book(std::size_t row, std::size_t end, double fee, venue::market& m) {
        std::vector<venue::book_level> bids, asks;
        for (std::size_t r = row; r < end; ++r) {
            const std::string_view side = text(r, "side");
            if (side != "bid" && side != "ask") return wrong(r, "side", "is neither bid nor ask");
            venue::book_level level;
            if (failure f = needed(r, "price", level.price)) return f;
            if (failure f = number(r, "size", false, not_given, level.size)) return f;
            (side == "bid" ? bids : asks).push_back(level);
        }
        venue::order_book& of = to_.books_.emplace_back(venue::book_rules{.fee = fee, .fee_from = venue::taker_fee::money});
        of.prepare(end - row);
        if (failure f = check(row, of.assign(std::span<const venue::book_level>{bids}, std::span<const venue::book_level>{asks}))) return f;
        m.sell = of.curve(0, 1);
        m.buy = of.curve(1, 0);
        return {};
    }
    failure read_quotes(std::size_t row, std::size_t end, venue::market& m) {
        std::vector<double> units[2], cash[2];  // sales, purchases
        for (std::size_t r = row; r < end; ++r) {
            const std::string_view side = text(r, "side");
            if (side != "sell" && side != "buy") return wrong(r, "side", "is neither sell nor buy");
            const std::size_t k = side == "buy" ? 1 : 0;
            if (failure f = needed(r, "units", units[k].emplace_back())) return f;
            if (failure f = needed(r, "cash", cash[k].emplace_back())) return f;
        }
        venue::quotes& of = to_.quotes_.emplace_back();
        of.prepare(end - row);
        if (failure f = check(row, of.assign(0, 1, units[0], cash[0]))) return f;
        if (failure f = check(row, of.assign(1, 0, cash[1], units[1]))) return f;
        m.sell = of.curve(0, 1);
        m.buy = of.curve(1, 0);
        return {};
    }
    failure read_concentrated(std::size_t row, std::size_t end, double fee, venue::market& m) {
        double price = 0.0;
        if (failure f = needed(row, "price", price)) return f;
        auto& edges = to_.edges_.emplace_back();
        double last = 0.0;
        for (std::size_t r = row; r < end; ++r) {
            double lower = 0.0;
            double upper = 0.0;
            double liquidity = 0.0;
            if (failure f = needed(r, "lower", lower)) return f;
            if (failure f = needed(r, "upper", upper)) return f;
            if (failure f = number(r, "liquidity", false, not_given, liquidity)) return f;
            if (lower < last) return wrong(r, "lower", "is below the range before");
            if (!(upper > lower)) return wrong(r, "upper", "is not above lower");
            // A gap between two ranges has no liquidity.
            if (!edges.empty() && lower == last) edges.pop_back();
            edges.push_back({.sqrt_price = std::sqrt(lower), .liquidity = liquidity});
            edges.push_back({.sqrt_price = std::sqrt(upper), .liquidity = 0.0});
            last = upper;
        }
        venue::concentrated::prepare(edges);
        return take(row, venue::concentrated{.edges = edges, .sqrt_price = std::sqrt(price), .fee = fee}, m);
    }

    const table& table_;
    const book& book_;
    venue_list& to_;
};

failure venue_list::read(const table& t, const book& b) { return venue_reader{t, b, *this}.read(); }

std::vector<venue::market> venue_list::markets(const book& b) const {
    std::vector<venue::market> all(b.assets());
    for (std::size_t i = 0; i < b.assets(); ++i) {
        const asset_venues& v = of_asset_[i];
        if (v.empty())
            all[i] = {.sell = venue::straight_curve{b.worth(i), infinity}, .buy = venue::straight_curve{1.0 / b.worth(i), infinity}};
        else
            all[i] = {.sell = venue::combined<>{v.sell}, .buy = venue::combined<>{v.buy}};
    }
    return all;
}

split_orders split(const venue_list& venues, const book& b, const decision& d, const venue::slippage& tolerance) {
    split_orders out;
    venue::leg_splitter splitter;
    std::vector<order> legs;
    for (std::uint32_t k = 0; k < d.orders.size(); ++k) {
        const order& o = d.orders[k];
        const asset_venues& v = venues.of_asset()[o.asset];
        if (v.empty()) {
            out.legs.push_back({o, ""});
            out.legs.back().order.parent = k;
            continue;
        }
        const std::vector<venue::any_curve>& curves = o.buy() ? v.buy : v.sell;
        splitter.prepare(curves.size());
        legs.clear();
        legs.reserve(curves.size());
        const decimal_step tick = b.rules.tick.empty() ? decimal_step{} : b.rules.tick[o.asset];
        const venue::leg_summary s = splitter.split(o, k, {.curves = curves, .fixed = v.gas, .slippage = tolerance, .tick = tick}, legs);
        double best = -infinity;
        for (std::size_t j = 0; j < curves.size(); ++j) {
            const double units = std::abs(o.quantity) - s.unfilled;
            const double alone = o.buy() ? -curves[j].in(units) : units <= curves[j].depth() ? curves[j].out(units) : -infinity;
            best = std::max(best, alone - v.gas[j]);
        }
        std::vector<std::string> names;
        for (const order& leg : legs) {
            out.legs.push_back({leg, v.name[leg.venue]});
            names.push_back(v.name[leg.venue]);
        }
        std::string line = joined({"  ", b.asset[o.asset], ": ", names.empty() ? "no venue takes it" : listed(names), "; "});
        if (!names.empty()) {
            const double reference = std::abs(o.notional) * (1.0 - s.unfilled / std::abs(o.quantity));
            const double cost = o.buy() ? -s.money - reference : reference - s.money;
            line += joined({o.buy() ? "costs " : "brings ", fixed(std::abs(s.money), 2), ", ", fixed(1e4 * cost / reference, 1),
                            " bps from the price of the book; "});
            if (names.size() > 1)
                line += std::isfinite(best) ? joined({fixed(s.money - best, 2), " better than at the best venue alone; "})
                                            : "no venue alone fills it; ";
        }
        if (s.unfilled > 0.0) line += joined({number12(s.unfilled), " units find no venue; "});
        line.resize(line.size() - 2);
        out.remarks.push_back(line);
    }
    return out;
}

}  // namespace host
