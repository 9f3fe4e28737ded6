// The account that `rebalance plan` works on, from a CSV file.
#pragma once

#include <ballast/core/mandate.hpp>
#include <ballast/core/step.hpp>
#include <ballast/core/timestamp.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "table.hpp"

namespace host {

/// One entry per asset in every column that the file has; the others are empty.
struct book {
    std::vector<std::string> asset{};
    std::vector<double> quantity{};  ///< held now
    std::vector<double> price{};
    std::vector<double> target{};
    std::vector<ballast::decimal_step> step{};
    std::vector<double> min_notional{};
    std::vector<double> lower{}, upper{};     ///< weights; infinite where the field is blank
    std::vector<double> open{};               ///< of orders that are sent and not filled; sales negative
    std::vector<std::uint8_t> frozen{};       ///< 1: the row keeps its quantity
    std::vector<ballast::timestamp> as_of{};  ///< never, where the field is blank
    std::vector<double> volatility{};         ///< per year
    double cash = 0.0;
    std::vector<std::size_t> row{};       ///< of the table
    std::vector<std::string> not_read{};  ///< columns that mean nothing here

    [[nodiscard]] std::size_t assets() const noexcept { return asset.size(); }
    [[nodiscard]] bool banded() const noexcept { return !lower.empty() || !upper.empty(); }
    [[nodiscard]] bool is_frozen(std::size_t i) const noexcept { return !frozen.empty() && frozen[i] != 0; }
    [[nodiscard]] double open_of(std::size_t i) const noexcept { return open.empty() ? 0.0 : open[i]; }
};

/// What the book may hold.
struct book_rules {
    ballast::mandate mandate{};
    bool targets = true;  ///< false: a target policy makes them, and the file has none
};

/// Reads and checks a book. What is wrong is told with file, row and column.
failure read_book(const table& t, const book_rules& rules, book& out);

}  // namespace host
