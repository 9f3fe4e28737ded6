#include "groups.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace host {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
const std::vector<std::string> column_names{"group", "asset", "coefficient", "lower", "upper"};

class group_reader {
public:
    group_reader(const table& t, const book& b, asset_groups& to) : table_{t}, book_{b}, to_{to} {
        for (std::size_t i = 0; i < b.assets(); ++i) asset_.emplace(b.asset[i], i);
    }

    failure read() {
        for (const auto& name : table_.header())
            if (!name.empty() && std::find(column_names.begin(), column_names.end(), name) == column_names.end())
                return table_.wrong_header(joined({"no column of groups is called ", in_quotes(name), advice(name, column_names)}));
        for (const char* needed : {"group", "asset"})
            if (table_.column(needed) == table::none) return table_.wrong_header(joined({"no column is called '", needed, "'"}));
        if (table_.column("lower") == table::none && table_.column("upper") == table::none)
            return table_.wrong_header("no column is called 'lower' or 'upper': a group without limits is none");
        for (std::size_t row = 0; row < table_.rows(); ++row)
            if (failure f = read_row(row)) return f;
        for (const auto& [name, g] : group_) {
            const asset_group& group = to_.all[g.at];
            if (!g.limited)
                return {bad_data,
                        joined({table_.place(g.row), ": the group ", in_quotes(name), " has neither lower nor upper in any row"})};
            if (group.lower > group.upper)
                return {bad_data, joined({table_.place(g.row), ": the group ", in_quotes(name), " has lower ", number12(group.lower),
                                          " above upper ", number12(group.upper)})};
        }
        return {};
    }

private:
    struct known {
        std::size_t at = 0;   // of `to_.all`
        std::size_t row = 0;  // where it begins
        bool limited = false;
        std::set<std::string_view> assets{};
    };

    [[nodiscard]] std::string_view text(std::size_t row, std::string_view column) const {
        const std::size_t c = table_.column(column);
        return c == table::none ? std::string_view{} : table_.field(row, c);
    }
    [[nodiscard]] failure wrong(std::size_t row, std::string_view column, std::string_view what) const {
        return table_.wrong_field(row, table_.column(column), what);
    }
    failure limit(std::size_t row, std::string_view column, known& of, double unlimited, double& out) {
        const std::string_view field = text(row, column);
        if (field.empty()) return {};
        double x = 0.0;
        if (!parse_number(field, x)) return wrong(row, column, "is not a number");
        if (out != unlimited && out != x)
            return wrong(row, column, joined({"is not the limit ", number12(out), " that the group has in another row"}));
        out = x;
        of.limited = true;
        return {};
    }
    failure read_row(std::size_t row) {
        const std::string_view name = text(row, "group");
        const std::string_view asset = text(row, "asset");
        if (name.empty()) return wrong(row, "group", "names no group");
        if (asset.empty()) return wrong(row, "asset", "names no asset");
        const auto [at, is_new] = group_.try_emplace(name);
        known& of = at->second;
        if (is_new) {
            of.at = to_.all.size();
            of.row = row;
            to_.all.push_back({.name = std::string{name},
                               .coefficient = std::vector<double>(book_.assets(), 0.0),
                               .lower = -infinity,
                               .upper = infinity});
        }
        asset_group& group = to_.all[of.at];
        if (!of.assets.insert(asset).second) return wrong(row, "asset", joined({"is there twice in the group ", in_quotes(name)}));
        double coefficient = 1.0;
        if (const std::string_view field = text(row, "coefficient"); !field.empty() && !parse_number(field, coefficient))
            return wrong(row, "coefficient", "is not a number");
        if (failure f = limit(row, "lower", of, -infinity, group.lower)) return f;
        if (failure f = limit(row, "upper", of, infinity, group.upper)) return f;
        if (const auto i = asset_.find(asset); i != asset_.end())
            group.coefficient[i->second] = coefficient;
        else if (foreign_.insert(asset).second)
            to_.not_in_book.emplace_back(asset);
        return {};
    }

    const table& table_;
    const book& book_;
    asset_groups& to_;
    std::map<std::string_view, std::size_t> asset_{};
    std::map<std::string_view, known> group_{};
    std::set<std::string_view> foreign_{};
};

}  // namespace

failure read_groups(const table& t, const book& b, asset_groups& out) {
    out = {};
    return group_reader{t, b, out}.read();
}

}  // namespace host
