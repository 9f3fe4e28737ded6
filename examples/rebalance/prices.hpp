// The price history that `rebalance replay` works on, from a CSV file, and the targets.
#pragma once

#include <ballast/core/timestamp.hpp>
#include <ballast/sim/replay.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "table.hpp"

namespace host {

/// What --targets says.
struct target_list {
    std::vector<std::string> asset{};
    std::vector<double> weight{};  ///< NaN where none was given
    double cash = 0.0;             ///< what the weights leave over
};

/// Reads "A=0.6,B=0.4,CASH=0". With `weights` each needs one, and they may not add up to more than `leverage`; without, a target policy
/// makes them, and "A,B" names the columns. Where CASH is named all have to add up to 1.
failure parse_targets(std::string_view text, bool weights, bool allow_short, double leverage, target_list& out);

/// What a history has beside its prices, which then are the closes of bars.
enum class bar_columns { none, high_low, open_high_low };

/// Rows of prices that own their numbers.
struct price_history {
    std::vector<ballast::timestamp> when{};
    std::vector<double> price{};                ///< row after row
    std::vector<double> open{}, high{}, low{};  ///< as prices, NaN where blank; empty where not asked for
    std::vector<double> signal{};               ///< row after row; NaN where it is blank
    std::size_t signal_count = 0;               ///< in a row
    std::vector<std::size_t> row{};             ///< of the table
    std::size_t assets = 0;
    bool days_only = true;  ///< every row of the file is dated midnight

    [[nodiscard]] ballast::sim::history view() const {
        return {.when = when,
                .price = price,
                .assets = assets,
                .open = open,
                .high = high,
                .low = low,
                .signal = signal,
                .signal_count = signal_count};
    }
    /// As the file says it: a date, or a date with its time where not all rows are dated midnight.
    [[nodiscard]] std::string date(std::size_t k) const;
};

/// What is asked of a file of prices.
struct columns_asked {
    const std::vector<std::string>& assets;  ///< the names of their columns, in this order
    bar_columns bars = bar_columns::
        none;  ///< beside the price of an asset A as A.open, A.high and A.low; where there is one asset alone also as open, high and low
    std::vector<std::string> signals{};  ///< columns of any numbers
};

/// Reads these columns. Rows in which a price is blank are left out; a blank beside it is a number that is not known.
failure read_prices(const table& t, const columns_asked& asked, price_history& out);

}  // namespace host
