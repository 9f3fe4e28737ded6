/// How much worse than its quote an order may fill: limits from the quote, not from the spot price.
#pragma once

#include <cstdint>
#include <limits>

#include "../core/configuration.hpp"
#include "concept.hpp"
#include "contract/concept.hpp"

namespace ballast::inline v0::venue {

/// A tolerance relative to what the trade is worth, clamped by amounts. Small trades keep room for `least`, large ones risk no more than `most`. (The
/// clamped tolerance is the one of CoW Protocol's solver driver.)
struct slippage {
    double relative = 0.005;                                ///< share of the value, at or above 0 and below 1
    double least = 0.0;                                     ///< amount of money, at or above 0: the room is not below it
    double most = std::numeric_limits<double>::infinity();  ///< amount of money, at or above `least`: the room is not above it

    /// What may be lost against the quote of a trade that is worth `value`, in the same money.
    [[nodiscard]] constexpr double room(double value) const noexcept {
        const double r = relative * value;
        return r < least ? least : (r > most ? most : r);
    }
    /// The least that may come out of a trade with this quote, where one unit of what comes out is worth `price`; not below 0.
    [[nodiscard]] constexpr double least_out(const quote& q, double price = 1.0) const noexcept {
        const double out = q.out - room(q.out * price) / price;
        return out > 0.0 ? out : 0.0;
    }
    /// The most that may go in, where one unit of what goes in is worth `price`.
    [[nodiscard]] constexpr double most_in(const quote& q, double price = 1.0) const noexcept { return q.in + room(q.in * price) / price; }

    /// The lowest price, money per unit, of a sale with this quote of units in and money out; 0 where nothing went in.
    [[nodiscard]] constexpr double sale_limit(const quote& q) const noexcept { return q.in > 0.0 ? least_out(q) / q.in : 0.0; }
    /// The highest price, money per unit, of a purchase with this quote of money in and units out; 0 where nothing came out.
    [[nodiscard]] constexpr double purchase_limit(const quote& q) const noexcept { return q.out > 0.0 ? most_in(q) / q.out : 0.0; }

    [[nodiscard]] constexpr configuration_fault validate() const noexcept {
        if (!(relative >= 0.0 && relative < 1.0)) return {"slippage.relative", relative, "must be a share at or above 0 and below 1"};
        if (!(least >= 0.0 && detail::finite(least))) return {"slippage.least", least, "must be an amount at or above 0"};
        if (!(most >= least)) return {"slippage.most", most, "must be an amount at or above the least"};
        return {};
    }
};

/// The same in a token's smallest units, for the limits that a contract is told. The room is rounded down, so that no limit is worse than was
/// allowed.
struct unit_slippage {
    std::uint32_t parts_per_million = 5'000;  ///< of the quoted amount, at most 1,000,000
    uint256 least{};                          ///< units: the room is not below it
    uint256 most = ~uint256{};                ///< units: the room is not above it

    /// What may be lost of a quoted amount: floor(quoted · parts / 10⁶) within `least` and `most`.
    [[nodiscard]] constexpr uint256 room(const uint256& quoted) const noexcept {
        constexpr std::uint64_t million = 1'000'000;
        // Without a product that could exceed 256 bits; the remainder is below a million, its product below 2^40.
        const uint256 parts{parts_per_million};
        uint256 r = quoted / uint256{million} * parts + quoted % uint256{million} * parts / uint256{million};
        if (r < least) r = least;
        if (r > most) r = most;
        return r;
    }
    /// `min_out` of a trade of which `quoted` was quoted to come out; 0 where the room is larger.
    [[nodiscard]] constexpr uint256 least_out(const uint256& quoted) const noexcept {
        const uint256 r = room(quoted);
        return r < quoted ? quoted - r : uint256{};
    }
    /// `max_in` of a trade of which `quoted` was quoted to go in; the largest number there is where the sum exceeds it.
    [[nodiscard]] constexpr uint256 most_in(const uint256& quoted) const noexcept {
        const uint256 r = room(quoted);
        return r > ~quoted ? ~uint256{} : quoted + r;
    }

    [[nodiscard]] constexpr configuration_fault validate() const noexcept {
        if (parts_per_million > 1'000'000)
            return {"unit_slippage.parts_per_million", static_cast<double>(parts_per_million), "must be at most 1,000,000"};
        if (least > most) return {"unit_slippage.least", static_cast<double>(least), "must not be above the most"};
        return {};
    }
};

}  // namespace ballast::inline v0::venue
