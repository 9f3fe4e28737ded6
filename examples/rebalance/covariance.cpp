#include "covariance.hpp"

#include <ballast/numeric/definite.hpp>
#include <ballast/risk/given_covariance.hpp>

#include <cmath>
#include <cstdint>

using namespace ballast;

namespace host {

namespace {

/// What is wrong with a matrix whose rows and columns are those of `names`: with a variance, or with two entries for one pair.
failure wrong_entries(const table& t, const row_index& rows, std::span<const std::string> names, const std::vector<double>& m) {
    const std::size_t n = names.size();
    const auto row_of = [&](std::size_t i) { return rows.find(names[i])->second; };
    const auto wrong = [&](std::size_t i, std::size_t j, std::string_view what) {
        return t.wrong_field(row_of(i), t.column(names[j]), what);
    };
    for (std::size_t i = 0; i < n; ++i)
        if (m[i * n + i] < 0.0) return wrong(i, i, "is a variance below zero");
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < i; ++j) {
            const double one = m[i * n + j], other = m[j * n + i];
            const double both = std::sqrt(m[i * n + i]) * std::sqrt(m[j * n + j]);
            if (one != other && !(std::abs(one - other) <= 1e-9 * both))
                return wrong(i, j,
                             joined({"is not what the same two have in row ", std::to_string(t.line(row_of(j))), ", ", number12(other),
                                     ": the matrix is not symmetric"}));
            if (other != 0.0 && both == 0.0)
                return wrong(i, j, joined({"is a covariance of ", names[m[i * n + i] == 0.0 ? i : j], ", which has no variance"}));
        }
    return {};
}

}  // namespace

failure index_rows(const table& t, std::string_view of, row_index& out) {
    if (t.header()[0] != of) return t.wrong_header(joined({"the first column is called ", in_quotes(t.header()[0]), ", not '", of, "'"}));
    for (std::size_t row = 0; row < t.rows(); ++row) {
        if (t.field(row, 0).empty()) return t.wrong_field(row, 0, joined({"names no ", of}));
        if (!out.emplace(t.field(row, 0), row).second) return t.wrong_field(row, 0, "is there twice");
    }
    return {};
}

std::string but_there_is(std::string_view missing, const row_index& names) {
    std::vector<std::string_view> all;
    for (const auto& [name, row] : names) all.push_back(name);
    const std::string near_by = nearest(missing, all);
    return near_by.empty() ? "" : joined({"; there is ", in_quotes(near_by)});
}

failure read_number(const table& t, std::size_t row, std::size_t column, double& out) {
    return parse_number(t.field(row, column), out) ? failure{} : t.wrong_field(row, column, "is not a number");
}

failure read_entries(const table& t, const row_index& rows, std::span<const std::string> names, std::vector<double>& out) {
    const std::size_t n = names.size();
    std::vector<std::size_t> columns;
    for (const std::string& name : names) columns.push_back(t.column(name));
    out.clear();
    for (const std::string& name : names) {
        const std::size_t row = rows.find(name)->second;
        for (const std::size_t column : columns)
            if (failure f = read_number(t, row, column, out.emplace_back())) return f;
    }
    if (failure f = wrong_entries(t, rows, names, out)) return f;
    const risk::given_covariance reader;
    risk::given_covariance::estimate room;
    room.prepare({.assets = n});
    if (!reader.check(room, {.covariance = out})) return {};
    std::vector<double> work(n * n);
    const double least = most_negative_eigenvalue(out.data(), n, n, work.data(), n);
    return {bad_data, joined({t.file(), ": the matrix is not positive semidefinite: its most negative eigenvalue is ",
                              significant(least, 2), "; ballast::nearest_covariance makes the nearest one that is"})};
}

failure read_covariance_matrix(const table& t, const book& b, covariance_matrix& out) {
    out = {};
    row_index rows;
    if (failure f = index_rows(t, "asset", rows)) return f;
    row_index columns;
    for (std::size_t c = 1; c < t.columns(); ++c) {
        if (t.header()[c].empty()) return t.wrong_header(joined({"column ", std::to_string(c + 1), " has no name"}));
        columns.emplace(t.header()[c], c);
    }
    row_index of_book;
    for (const std::string& asset : b.asset) {
        of_book.emplace(asset, of_book.size());
        if (columns.find(asset) == columns.end())
            return t.wrong_header(joined({"no column is called ", in_quotes(asset), ", which the book has", but_there_is(asset, columns)}));
        if (rows.find(asset) == rows.end())
            return {bad_data, joined({t.file(), ": no row is of ", asset, ", which the book has", but_there_is(asset, rows)})};
    }
    for (const auto& [name, row] : rows)
        if (columns.find(name) == columns.end())
            return t.wrong_field(row, 0, joined({"has a row and no column", but_there_is(name, columns)}));
    for (std::size_t c = 1; c < t.columns(); ++c) {
        const std::string_view name = t.header()[c];
        if (rows.find(name) == rows.end())
            return t.wrong_header(joined({in_quotes(name), " has a column and no row", but_there_is(name, rows)}));
        if (of_book.find(name) == of_book.end()) out.not_in_book.emplace_back(name);
    }
    return read_entries(t, rows, b.asset, out.entry);
}

}  // namespace host
