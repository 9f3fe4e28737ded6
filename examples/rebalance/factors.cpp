#include "factors.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "covariance.hpp"

namespace host {

namespace {

/// The rows of the book's assets.
failure rows_of_book(const table& t, const book& b, std::vector<std::size_t>& out) {
    row_index rows;
    if (failure f = index_rows(t, "asset", rows)) return f;
    for (const std::string& asset : b.asset) {
        const auto at = rows.find(asset);
        if (at == rows.end())
            return {bad_data, joined({t.file(), ": no row is of ", asset, ", which the book has", but_there_is(asset, rows)})};
        out.push_back(at->second);
    }
    return {};
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
            if (failure f = read_number(t, row, c, out.loadings.emplace_back())) return f;
    return {};
}

/// Its rows and columns have the names of the factors, in any order.
failure read_covariance(const table& t, const table& loadings, factor_model& out) {
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
    return read_entries(t, rows, out.factor, out.covariance);
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
        if (failure f = read_number(t, row, column, x)) return f;
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
