/// What the account may do at all, whatever the policies say.
#pragma once

#include <cstdint>
#include <limits>

#include "configuration.hpp"
#include "step.hpp"

namespace ballast::inline v0 {

/// What happens to a row whose price can not be used.
enum class on_bad_price : std::uint8_t {
    reject,  ///< the whole decision is rejected, naming the asset and the price
    freeze,  ///< the row keeps its quantity, is valued at its last good price and is named; the rest goes on
};

/// When what sales bring may pay for buys.
enum class proceeds : std::uint8_t {
    at_once,       ///< as soon as the sale is filled
    when_settled,  ///< not in this list: buys are paid for with cash that has settled
};

/// Limits of the account itself. Part of a rebalancer's configuration; the default allows neither shorts nor leverage.
struct mandate {
    double reserve = 0.0;         ///< share of the portfolio value, as it is after costs, that stays in cash
    double reserve_amount = 0.0;  ///< base currency that stays in cash, besides `reserve`
    double leverage = 1.0;        ///< largest Σ|target| over risky assets, and of the positions after trading
    double net_leverage = std::numeric_limits<double>::infinity();  ///< largest |Σ target|, and of the positions after trading
    bool allow_short = false;                                       ///< whether quantities below 0 are allowed
    on_bad_price bad_price = on_bad_price::reject;                  ///< what a bad price leads to
    v0::proceeds proceeds = v0::proceeds::at_once;                  ///< when what sales bring may pay for buys
    /// Base currency, like 0.01; 0: amounts are as they come. What an order takes from the cash, or brings, is rounded against the account to
    /// whole numbers of it; what that takes is part of the order's cost, and cash that is a whole number stays one, exactly. Orders whose fees are paid
    /// in assets are left out.
    decimal_step money_step{};

    [[nodiscard]] constexpr configuration_fault validate() const noexcept {
        if (!(reserve >= 0.0 && reserve < 1.0)) return {"mandate.reserve", reserve, "must be a share at or above 0 and below 1"};
        if (!(reserve_amount >= 0.0) || !detail::finite(reserve_amount))
            return {"mandate.reserve_amount", reserve_amount, "must be an amount at or above 0"};
        if (!(leverage > 0.0) || !detail::finite(leverage)) return {"mandate.leverage", leverage, "must be a number above 0"};
        if (!(net_leverage >= 0.0)) return {"mandate.net_leverage", net_leverage, "must be a number at or above 0, or infinite"};
        if (!money_step.valid()) return {"mandate.money_step", money_step.value(), "must be a decimal number at or above 0"};
        return {};
    }

    /// The share of the portfolio value that targets borrow where leverage allows it, above 0. `cash_target` is 1 − Σ target.
    [[nodiscard]] constexpr double borrowed(double cash_target) const noexcept {
        return leverage > 1.0 && cash_target < 0.0 ? -cash_target : 0.0;
    }

    /// The least cash that a proposal may leave (if it was above it): the reserve, less what the targets borrow.
    [[nodiscard]] constexpr double cash_floor(double value, double cash_target) const noexcept {
        return reserved(value) - borrowed(cash_target) * value;
    }

    /// Cash that has to stay, for a portfolio of this value; at most the value itself.
    [[nodiscard]] constexpr double reserved(double value) const noexcept {
        const double r = reserve * value + reserve_amount;
        return r < value ? r : value;
    }
};

}  // namespace ballast::inline v0
