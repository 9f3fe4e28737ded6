// The account that `rebalance plan` works on, from a CSV file.
#pragma once

#include <ballast/core/inputs.hpp>
#include <ballast/core/instruments.hpp>
#include <ballast/core/mandate.hpp>
#include <ballast/core/step.hpp>
#include <ballast/core/timestamp.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "table.hpp"

namespace host {

/// One entry per asset in every column that the file has; the others are empty.
struct book {
    std::vector<std::string> asset{};
    std::vector<double> quantity{};          ///< held now
    std::vector<ballast::int128> counted{};  ///< the same in whole steps, exactly, where every asset has a step and is held in whole ones
    std::vector<double> price{};
    std::vector<double> target{};
    ballast::instruments rules{};
    std::vector<double> lower{}, upper{};        ///< weights; infinite where the field is blank
    std::vector<ballast::open_order> open{};     ///< orders that are sent and not filled; one per asset at most
    std::vector<ballast::timestamp> as_of{};     ///< never, where the field is blank
    std::vector<double> volatility{}, volume{};  ///< per year; units per day
    double cash = 0.0;
    std::optional<double> unsettled{};    ///< of the cash, where the file tells it
    std::vector<std::size_t> row{};       ///< of the table
    std::vector<std::string> not_read{};  ///< columns that mean nothing here

    [[nodiscard]] std::size_t assets() const noexcept { return asset.size(); }
    [[nodiscard]] bool banded() const noexcept { return !lower.empty() || !upper.empty(); }
    [[nodiscard]] bool is_frozen(std::size_t i) const noexcept {
        return !rules.restriction.empty() && rules.restriction[i] == ballast::restriction::frozen;
    }
    /// What one unit of quantity is worth.
    [[nodiscard]] double worth(std::size_t i) const noexcept { return price[i] * (rules.multiplier.empty() ? 1.0 : rules.multiplier[i]); }

    /// The account that the columns describe; it refers to this book.
    [[nodiscard]] ballast::account_view account() const noexcept {
        ballast::account_view a{.cash = cash, .open = open};
        if (counted.empty())
            a.quantity = quantity;
        else
            a.steps = counted;
        return a;
    }
};

/// What the book may hold.
struct book_rules {
    ballast::mandate mandate{};
    bool targets = true;  ///< false: a target policy makes them, and the file has none
};

/// Reads and checks a book. What is wrong is told with file, row and column.
failure read_book(const table& t, const book_rules& rules, book& out);

}  // namespace host
