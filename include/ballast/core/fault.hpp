/// What is wrong with the data of a call: an outcome, never an exception.
#pragma once

#include <cstdint>
#include <limits>

namespace ballast::inline v0 {

/// Stands for "no row" or "no asset" where an index is expected.
inline constexpr std::uint32_t no_index = (std::numeric_limits<std::uint32_t>::max)();

/// Kinds of faults. Each is told with the row or asset and the value that caused it.
enum class fault_code : std::uint8_t {
    none,
    not_prepared,          ///< a state, workspace or decision is smaller than the inputs; value: the size needed
    size_mismatch,         ///< a column has another number of entries than the rows or assets; value: its size
    bad_price,             ///< a price is not finite or not above zero
    bad_bar,               ///< a bar's high is below its low, or its open or close outside of them; value: that high, open or close
    bad_quantity,          ///< a quantity is not finite
    short_not_allowed,     ///< a quantity or weight is negative and the mandate does not allow shorts
    bad_weight,            ///< a weight is not finite
    bad_cash,              ///< the cash is not finite, or was given beside weights
    bad_value,             ///< the portfolio value given with weights is not finite or not above zero
    no_value,              ///< cash and positions are worth nothing or less, or more than a double holds; value: the sum
    holdings_missing,      ///< neither quantities nor weights were given; an account that holds nothing gives zeros
    holdings_given_twice,  ///< both quantities and weights were given
    targets_missing,       ///< no targets were given and the rebalancer has no target policy
    targets_given_twice,   ///< targets were given to a rebalancer whose target policy makes its own
    bad_target,            ///< a target is not finite
    short_target,          ///< a target is negative and the mandate does not allow shorts
    over_leveraged,        ///< the targets ask for more than the mandate's leverage; value: Σ|target|
    over_net_leverage,     ///< the targets ask for more than the mandate's net leverage; value: Σ target
    sum_out_of_reach,      ///< no weights within a target policy's bounds have the wanted sum; value: by how much the nearest sum is off
    over_margin,           ///< the targets need more initial margin than there is value; value: Σ margin·|target|
    bad_asset_of_row,  ///< a row names an asset that has no price; in `apply`: an order's row is not there or of another asset; value: the asset
    bad_step,          ///< a step or tick is negative, or no decimal number of at most 18 places; value: 0, since it is none
    bad_minimum,       ///< a minimum of an order or a position is negative or not finite
    bad_maximum,       ///< a maximum of an order or a position is negative or no number
    bad_multiplier,  ///< a contract multiplier is not finite or not above zero
    bad_open_order,  ///< an open order names no asset or row, is no number, sells more than is held, or stands beside weights; index: the order
    bad_flow,        ///< the flow, the unsettled part of the cash or the trailing volume is not finite or negative where it may not be
    bad_restriction,      ///< a restriction, or a rule of crossing zero, is none of those that there are; value: its number
    bad_fee_asset,        ///< a fee asset is none that there is; value: its index
    bad_margin,           ///< a rate of initial margin is negative or not finite
    bad_parameter_count,  ///< a policy's list has another number of entries than there are assets; value: how many assets
    bad_risk,             ///< a volatility or variance is not finite or negative, or a covariance matrix is none
    bad_loading,          ///< an exposure to a factor is not finite, or so large that the asset's variance is not; index: the asset
    bad_covariance,  ///< a covariance matrix that was given is none: not finite, not symmetric, or not positive semidefinite; index: the asset
    bad_factor_covariance,  ///< the same of the factors; index: the factor
    bad_regime,             ///< a chance of a regime is no number from 0 to 1, or they do not add up to 1 (index: none; value: their sum)
    bad_signal,             ///< a signal that a policy reads was not given, or is not finite; index: which signal
    bad_adjustment,         ///< the factor by which old prices are adjusted is not finite or not above zero
    risk_not_ready,         ///< a policy needs an estimate that has seen too few observations
    overflow,               ///< a quantity is too large to be counted in steps
    venue_shared,  ///< several rows of an asset would trade through one venue (`venue::at_venue`); index: the asset; value: the second of its rows
    limits_conflict,    ///< the guards leave an asset no weight at all; value: lower − upper
    limits_contradict,  ///< limits on several assets at once contradict each other; index: the first of those; `decision::prices` names all
    unknown_factor,     ///< a limit is on a factor that the risk view does not have; index: which limit; value: the factor
    too_many_factors,   ///< a risk view has more factors than the solver was prepared for; value: how many
    return_out_of_reach,  ///< no weights within a target policy's limits have the expected return it wants; value: the highest that they can have
    no_positive_return,  ///< no weights within a target policy's limits have an expected return above 0; value: the highest that they can have
    riskless_return,     ///< weights without risk have an expected return: there is no largest ratio of return to risk; value: that return
    views_contradict,  ///< views that are held for certain contradict each other; index: the view
    not_solved,  ///< a target policy's search ended without proof, as where limits leave no end to the best weights; value: the residual
    bad_time,    ///< an observation is earlier than the last one
    bad_fill,    ///< a fill names an order that the decision does not have, its other side, more than it, or no price; index: the fill
    bad_expected_return,  ///< an expected return is not finite
    bad_limit,  ///< a bound, a limit of a program or a coefficient of one is no number that it may be; index: the asset, or the row of the limit
    bytes_truncated,  ///< saved bytes end before their content does
    bytes_foreign,    ///< saved bytes are of another kind, of other policies or damaged
    bytes_newer,      ///< saved bytes were written by a newer version
};

[[nodiscard]] constexpr const char* to_string(fault_code c) noexcept {
    switch (c) {
        case fault_code::none: return "no fault";
        case fault_code::not_prepared: return "not prepared for so many rows or assets";
        case fault_code::size_mismatch: return "a column has the wrong number of entries";
        case fault_code::bad_price: return "price is not a number above zero";
        case fault_code::bad_bar: return "a bar's high is below its low, or its open or close lies outside of them";
        case fault_code::bad_quantity: return "quantity is not finite";
        case fault_code::short_not_allowed: return "short position, but the mandate does not allow shorts";
        case fault_code::bad_weight: return "weight is not finite";
        case fault_code::bad_cash: return "cash is not finite, or given beside weights";
        case fault_code::bad_value: return "portfolio value is not a number above zero";
        case fault_code::no_value: return "cash and positions together are not worth a number above zero";
        case fault_code::holdings_missing: return "neither quantities nor weights given";
        case fault_code::holdings_given_twice: return "both quantities and weights given";
        case fault_code::targets_missing: return "no targets given";
        case fault_code::targets_given_twice: return "targets given, but the target policy makes its own";
        case fault_code::bad_target: return "target is not finite";
        case fault_code::short_target: return "negative target, but the mandate does not allow shorts";
        case fault_code::over_leveraged: return "targets ask for more than the mandate's leverage";
        case fault_code::over_net_leverage: return "targets ask for more than the mandate's net leverage";
        case fault_code::sum_out_of_reach: return "no weights within the bounds have the wanted sum";
        case fault_code::over_margin: return "targets need more initial margin than the account is worth";
        case fault_code::bad_asset_of_row: return "row names an asset that is not there";
        case fault_code::bad_step: return "step or tick is not a decimal number at or above zero";
        case fault_code::bad_minimum: return "minimum of an order or a position is not a number at or above zero";
        case fault_code::bad_maximum: return "maximum of an order or a position is not a number at or above zero";
        case fault_code::bad_multiplier: return "contract multiplier is not a number above zero";
        case fault_code::bad_open_order: return "open order does not fit the account";
        case fault_code::bad_flow: return "flow, unsettled cash or trailing volume is not a number that it may be";
        case fault_code::bad_restriction: return "restriction is none that there is";
        case fault_code::bad_fee_asset: return "fee asset is none that there is";
        case fault_code::bad_margin: return "rate of initial margin is not a number at or above zero";
        case fault_code::bad_parameter_count: return "a policy's list does not have one entry per asset";
        case fault_code::bad_risk: return "volatility is not a number at or above zero";
        case fault_code::bad_loading: return "exposure to a factor is not a finite number, or too large";
        case fault_code::bad_covariance: return "covariances are not finite, not symmetric or not positive semidefinite";
        case fault_code::bad_factor_covariance: return "covariances of factors are not finite, not symmetric or not positive semidefinite";
        case fault_code::bad_regime: return "chance of a regime is not a number from 0 to 1, or they do not add up to 1";
        case fault_code::bad_signal: return "a signal is missing or not a finite number";
        case fault_code::bad_adjustment: return "factor of an adjustment is not a number above zero";
        case fault_code::risk_not_ready: return "the risk estimate has seen too few observations";
        case fault_code::overflow: return "quantity is too large to be counted in steps";
        case fault_code::venue_shared: return "several rows of an asset would trade through one venue, which prices one order";
        case fault_code::limits_conflict: return "the limits leave the asset no weight at all";
        case fault_code::limits_contradict: return "limits on several assets contradict each other";
        case fault_code::unknown_factor: return "limit on a factor that the risk view does not have";
        case fault_code::too_many_factors: return "risk view has more factors than the solver has room for";
        case fault_code::return_out_of_reach: return "no weights within the limits have the wanted expected return";
        case fault_code::no_positive_return: return "no weights within the limits have an expected return above 0";
        case fault_code::riskless_return: return "weights without risk have an expected return, which no ratio to risk measures";
        case fault_code::views_contradict: return "views that are held for certain contradict each other";
        case fault_code::not_solved: return "the search for the best weights ended without proof";
        case fault_code::bad_time: return "observation is earlier than the last one";
        case fault_code::bad_fill: return "fill does not fit an order of the decision";
        case fault_code::bad_expected_return: return "expected return is not finite";
        case fault_code::bad_limit: return "bound, limit or coefficient of a limit is not a number that it may be";
        case fault_code::bytes_truncated: return "saved bytes are truncated";
        case fault_code::bytes_foreign: return "saved bytes are damaged or belong to other policies";
        case fault_code::bytes_newer: return "saved bytes were written by a newer version";
    }
    return "unknown fault";
}

/// A fault: what, where and the value that caused it. Converts to true where there *is* a fault.
struct [[nodiscard]] fault {
    fault_code code = fault_code::none;  ///< what kind of fault
    std::uint32_t index = no_index;      ///< row or asset (or fill), `no_index` where the fault is of the whole
    double value = 0.0;                  ///< the value that is wrong

    /// True where something is wrong.
    constexpr explicit operator bool() const noexcept { return code != fault_code::none; }
};

}  // namespace ballast::inline v0
