// The covariance matrix of a book's assets, from a CSV file; and what it shares with the files of a factor model: rows that have names, matrices.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "book.hpp"
#include "table.hpp"

namespace host {

/// Covariances per year, as `risk::given_covariance` reads them.
struct covariance_matrix {
    std::vector<double> entry{};             ///< n × n, of the book's assets in their order
    std::vector<std::string> not_in_book{};  ///< assets of the file that the book does not have

    [[nodiscard]] bool empty() const noexcept { return entry.empty(); }
};

/// Reads and checks a file with the column `asset` and a column per asset, rows and columns in any order. All of the book's assets are there. What is wrong
/// is told with file, row and column; of a matrix that is not positive semidefinite the most negative eigenvalue.
failure read_covariance_matrix(const table& t, const book& b, covariance_matrix& out);

/// The row of each name in the first column.
using row_index = std::map<std::string_view, std::size_t>;

/// The first column is called `of` and names one in each row, none twice.
failure index_rows(const table& t, std::string_view of, row_index& out);

/// "; there is 'b'", where one of the names is near to the one that is not there.
[[nodiscard]] std::string but_there_is(std::string_view missing, const row_index& names);

failure read_number(const table& t, std::size_t row, std::size_t column, double& out);

/// The entries of a covariance matrix in the order of `names`, which all have a row and a column; and whether they are those of one.
failure read_entries(const table& t, const row_index& rows, std::span<const std::string> names, std::vector<double>& out);

}  // namespace host
