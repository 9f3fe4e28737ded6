// Limits on groups of assets, from a CSV file: sectors, countries, exposures.
#pragma once

#include <string>
#include <vector>

#include "book.hpp"
#include "table.hpp"

namespace host {

/// lower ≤ Σ coefficient·weight ≤ upper.
struct asset_group {
    std::string name{};
    std::vector<double> coefficient{};  ///< per asset of the book, 0 for those outside of it
    /// Infinite where there is none.
    /// @{
    double lower = 0.0;
    double upper = 0.0;
    /// @}
};

struct asset_groups {
    std::vector<asset_group> all{};          ///< in the order of the file
    std::vector<std::string> not_in_book{};  ///< assets of the file that the book does not have
};

/// Reads and checks a file with the columns group, asset, and lower or upper or both, and perhaps coefficient (1 where it is blank). A group's limits stand
/// in one of its rows at least, and are the same wherever they stand. What is wrong is told with file, row and column.
failure read_groups(const table& t, const book& b, asset_groups& out);

}  // namespace host
