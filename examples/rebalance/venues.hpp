// Where the assets of a book can be traded, from a CSV file; and orders in legs over it.
#pragma once

#include <ballast/core/decision.hpp>
#include <ballast/venue/combined.hpp>
#include <ballast/venue/concentrated.hpp>
#include <ballast/venue/legs.hpp>
#include <ballast/venue/order_book.hpp>
#include <ballast/venue/quotes.hpp>

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "book.hpp"
#include "table.hpp"

namespace host {

/// The venues of one asset, in the order of the file. What their curves refer to is owned by the list.
struct asset_venues {
    std::vector<std::string> name{};
    std::vector<ballast::venue::any_curve> sell{}, buy{};
    std::vector<double> gas{};  ///< what one leg costs besides, in cash

    [[nodiscard]] bool empty() const noexcept { return name.empty(); }
};

/// All of them, by the assets of a book. It stays where it is, as curves refer to it.
class venue_list {
public:
    venue_list() = default;
    venue_list(const venue_list&) = delete;
    venue_list& operator=(const venue_list&) = delete;

    [[nodiscard]] const std::vector<asset_venues>& of_asset() const noexcept { return of_asset_; }
    /// One market per asset: all its venues as one; an asset without any is traded at the price of the book.
    [[nodiscard]] std::vector<ballast::venue::market> markets(const book& b) const;

    /// Reads and checks a file. What is wrong is told with file, row and column.
    failure read(const table& t, const book& b);

private:
    friend class venue_reader;

    std::vector<asset_venues> of_asset_{};
    std::deque<ballast::venue::order_book> books_{};
    std::deque<ballast::venue::quotes> quotes_{};
    std::deque<std::vector<ballast::venue::concentrated_edge>> edges_{};
};

/// The orders of a decision in legs: with the venue's name, and what found no venue.
struct named_leg {
    ballast::order order{};
    std::string venue{};
};
struct split_orders {
    std::vector<named_leg> legs{};       ///< orders of assets without venues stand as they are
    std::vector<std::string> remarks{};  ///< a line per order that was split: how, and what it saves
};
[[nodiscard]] split_orders split(const venue_list& venues, const book& b, const ballast::decision& d,
                                 const ballast::venue::slippage& tolerance);

}  // namespace host
