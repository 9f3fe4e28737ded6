#include "factors.hpp"

#include <ballast/risk/given_factors.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <utility>

using namespace ballast;

namespace host {

namespace {

/// The row of each name in the first column.
using row_index = std::map<std::string_view, std::size_t>;

failure index_rows(const table& t, std::string_view of, row_index& out) {
    if (t.header()[0] != of) return t.wrong_header(joined({"the first column is called ", in_quotes(t.header()[0]), ", not '", of, "'"}));
    for (std::size_t row = 0; row < t.rows(); ++row) {
        if (t.field(row, 0).empty()) return t.wrong_field(row, 0, joined({"names no ", of}));
        if (!out.emplace(t.field(row, 0), row).second) return t.wrong_field(row, 0, "is there twice");
    }
    return {};
}

std::vector<std::string_view> names_of(const row_index& rows) {
    std::vector<std::string_view> names;
    for (const auto& [name, row] : rows) names.push_back(name);
    return names;
}

/// The rows of the book's assets.
failure rows_of_book(const table& t, const book& b, std::vector<std::size_t>& out) {
    row_index rows;
    if (failure f = index_rows(t, "asset", rows)) return f;
    for (const std::string& asset : b.asset) {
        const auto at = rows.find(asset);
        if (at == rows.end()) {
            const std::string near_by = nearest(asset, names_of(rows));
            return {bad_data, joined({t.file(), ": no row is of ", asset, ", which the book has",
                                      near_by.empty() ? "" : joined({"; there is ", in_quotes(near_by)})})};
        }
        out.push_back(at->second);
    }
    return {};
}

failure number(const table& t, std::size_t row, std::size_t column, double& out) {
    return parse_number(t.field(row, column), out) ? failure{} : t.wrong_field(row, column, "is not a number");
}

failure read_loadings(const table& t, const book& b, factor_model& out) {
    std::vector<std::size_t> rows;
    if (failure f = rows_of_book(t, b, rows)) return f;
    if (t.columns() < 2) return t.wrong_header("there is no column but 'asset'; a column per factor is expected");
    for (std::size_t c = 1; c < t.columns(); ++c) {
        if (t.header()[c].empty()) return t.wrong_header(joined({"column ", std::to_string(c + 1), " has no name"}));
        out.factor.emplace_back(t.header()[c]);
    }
    for (const std::size_t row : rows)
        for (std::size_t c = 1; c < t.columns(); ++c)
            if (failure f = number(t, row, c, out.loadings.emplace_back())) return f;
    return {};
}

/// Its rows and columns have the names of the factors, in any order.
failure read_covariance(const table& t, const table& loadings, factor_model& out) {
    const std::size_t k = out.factor.size();
    row_index rows;
    if (failure f = index_rows(t, "factor", rows)) return f;
    const auto is_factor = [&](std::string_view name) { return std::find(out.factor.begin(), out.factor.end(), name) != out.factor.end(); };
    for (std::size_t c = 1; c < t.columns(); ++c)
        if (!is_factor(t.header()[c]))
            return t.wrong_header(
                joined({"no factor of ", loadings.file(), " is called ", in_quotes(t.header()[c]), advice(t.header()[c], out.factor)}));
    for (const auto& [name, row] : rows)
        if (!is_factor(name)) return t.wrong_field(row, 0, joined({"is no factor of ", loadings.file(), advice(name, out.factor)}));
    for (const std::string& name : out.factor) {
        if (t.column(name) == table::none)
            return t.wrong_header(joined({"no column is called ", in_quotes(name), ", a factor of ", loadings.file()}));
        if (rows.find(name) == rows.end())
            return {bad_data, joined({t.file(), ": no row is of ", name, ", a factor of ", loadings.file()})};
    }
    out.covariance.resize(k * k);
    for (std::size_t a = 0; a < k; ++a)
        for (std::size_t c = 0; c < k; ++c)
            if (failure f = number(t, rows.find(out.factor[a])->second, t.column(out.factor[c]), out.covariance[a * k + c])) return f;
    const risk::given_factors model{.factors = k};
    risk::given_factors::estimate room;
    model.prepare(room, {.assets = k});
    const fault f = model.check(room, {.factor_covariance = out.covariance});
    if (!f) return {};
    const std::size_t a = f.index < k ? f.index : 0;
    const std::size_t row = rows.find(out.factor[a])->second;
    const double variance = out.covariance[a * k + a];
    if (variance < 0.0) return t.wrong_field(row, t.column(out.factor[a]), "is a variance below zero");
    for (std::size_t c = 0; c < a; ++c)
        if (const double one = out.covariance[a * k + c], other = out.covariance[c * k + a];
            std::abs(one - other) > 1e-9 * std::sqrt(variance) * std::sqrt(out.covariance[c * k + c]) && one != other)
            return t.wrong_field(row, t.column(out.factor[c]),
                                 joined({"is not what the same two have in row ", std::to_string(t.line(rows.find(out.factor[c])->second)),
                                         ", ", number12(other), ": the matrix is not symmetric"}));
    return {bad_data, joined({t.place(row), ": ", out.factor[a],
                              ": the matrix is not positive semidefinite: it and the factors before it can not go together so"})};
}

failure read_specific(const table& t, const book& b, factor_model& out) {
    std::vector<std::size_t> rows;
    if (failure f = rows_of_book(t, b, rows)) return f;
    const std::size_t volatility = t.column("volatility");
    const std::size_t variance = t.column("variance");
    if ((volatility == table::none) == (variance == table::none))
        return t.wrong_header(volatility == table::none ? "no column is called 'volatility' or 'variance', per year"
                                                        : "there are columns 'volatility' and 'variance'; one of them is expected");
    const std::size_t column = volatility == table::none ? variance : volatility;
    for (const std::size_t row : rows) {
        double x = 0.0;
        if (failure f = number(t, row, column, x)) return f;
        if (x < 0.0) return t.wrong_field(row, column, "is below zero");
        out.specific.push_back(volatility == table::none ? x : x * x);
        if (!std::isfinite(out.specific.back())) return t.wrong_field(row, column, "is too large");
    }
    return {};
}

/// FΩFᵀ as the covariance of factors that are the assets themselves.
void reduce(const book& b, factor_model& m) {
    const std::size_t n = b.assets();
    const std::size_t k = m.factor.size();
    std::vector<double> pull(n * k);
    std::vector<double> all(n * n);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t a = 0; a < k; ++a)
            for (std::size_t c = 0; c < k; ++c) pull[i * k + c] += m.loadings[i * k + a] * m.covariance[a * k + c];
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = i; j < n; ++j) {
            for (std::size_t c = 0; c < k; ++c) all[i * n + j] += pull[i * k + c] * m.loadings[j * k + c];
            all[j * n + i] = all[i * n + j];
        }
    m.factor = b.asset;
    m.covariance = std::move(all);
    m.loadings.assign(n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) m.loadings[i * n + i] = 1.0;
    m.reduced = true;
}

}  // namespace

failure read_factor_model(const table& loadings, const table& covariance, const table& specific, const book& b, factor_model& out) {
    out = {};
    if (failure f = read_loadings(loadings, b, out)) return f;
    if (failure f = read_covariance(covariance, loadings, out)) return f;
    if (failure f = read_specific(specific, b, out)) return f;
    if (out.factor.size() > b.assets()) reduce(b, out);
    return {};
}

}  // namespace host
