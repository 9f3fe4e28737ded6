/// The table of contents: what there is, by family, and where a new one goes.
///
/// A family is a folder. `concept.hpp` in it says what is asked of a member and which are there; every other header holds the policy of its
/// name; `cost.hpp` beside `cost/` brings them all. A policy of your own is a struct with the one or two functions that the concept asks
/// for, without a base class, wherever you like; one that joins the library stands in a header of its name in the folder, in a line below,
/// in the words of spec/detail/, and has its tests in the same place under tests/.
///
/// | what                                  | folder, namespace | concept            | the question that it answers                    |
/// |---------------------------------------|-------------------|--------------------|-------------------------------------------------|
/// | estimators, the host's own numbers    | risk              | `estimator_policy` | how much do the assets move?                    |
/// | what acting costs                     | cost              | `cost_model`       | what does it cost to trade so much of an asset? |
/// | where liquidity lies                  | venue             | `venue_curve`      | how much comes out for so much in?              |
/// | where to go                           | solver            | `solver_policy`    | how much of each asset to hold afterwards?      |
/// | when to act                           | trigger           | `trigger_policy`   | has the book drifted too far, is it time?       |
/// | target weights                        | target            | `target_policy`    | how much of each asset is wanted?               |
/// | what must never happen                | guard             | `guard_policy`     | what may not be traded, and is it worth it?     |
/// | orders that can be sent               | sizing            | `sizing_policy`    | which whole steps, in which sequence?           |
///
/// A rebalancer is made of them: `rebalancer{trigger, cost, solver, more...}`. This header declares, and defines nothing but aliases:
/// include it where a name is enough.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ballast::inline v0 {

// ---- the composition (rebalancer.hpp, keeper.hpp) ----

template <class Trigger, class Cost, class Solver, class... More>
class rebalancer;  ///< the policies as one: observe, propose, commit; immutable, shared by accounts and threads
template <class Rebalancer>
class keeper;  ///< one account with its market and its rebalancer, for the usual case
template <class... Estimators>
class market_state;  ///< what is known of a market; shared by accounts
template <class... Policies>
class account_state;  ///< what one account remembers
template <class Solver>
struct basic_workspace;                ///< scratch of one thread
struct step_certificate;               ///< how good a choice of whole steps is
struct optimality;                     ///< how good a solver's answer is
enum class search_end : std::uint8_t;  ///< what ended its search
struct answer_prices;                  ///< the prices that explain it:
struct asset_worth;                    ///< of one asset: what more of it is worth, and costs
struct limit_price;                    ///< of a limit on several assets at once
struct price_counts;                   ///< how many of them a solver tells
class label;                           ///< a short name that is owned
class decision;                        ///< the answer to propose: what to do, and why

// ---- vocabulary (core/) ----

__extension__ typedef __int128 int128;            ///< counts of steps
__extension__ typedef unsigned __int128 uint128;  ///< and their sizes

struct timestamp;     ///< nanoseconds since 1970, as the host tells them
struct duration;      ///< nanoseconds between two of them
struct civil_date;    ///< a day of the calendar
class decimal_step;   ///< the exact decimal by which a quantity or price changes
struct step_count;    ///< how many of them
struct version_info;  ///< the library's version
template <class T>
class column;     ///< values that lie in an array or in a member of an array of structs
class per_asset;  ///< a policy's parameter: one number for all assets or one for each

struct sizes;                             ///< for how many assets and rows to prepare
struct inputs;                            ///< all that a call looks at:
struct market_view;                       ///< prices at one time
struct account_view;                      ///< cash and holdings, or weights and value
struct open_order;                        ///< what is left of an order that is on its way
struct instrument_view;                   ///< steps, ticks, sizes of orders and positions, restrictions, multipliers
struct instruments;                       ///< the same, owned
struct order_size_view;                   ///< how small and how large an order may be
struct order_sizes;                       ///< the same, owned
struct fee_asset_view;                    ///< what fees are paid in
struct fee_assets;                        ///< the same, owned
enum class restriction : std::uint8_t;    ///< what may not be done with an asset
enum class zero_crossing : std::uint8_t;  ///< how a position is turned around
struct mandate;                           ///< what the account may do at all: reserve, leverage, shorts
enum class on_bad_price : std::uint8_t;   ///< reject or freeze
enum class proceeds : std::uint8_t;       ///< when what sales bring may pay for buys
struct look;                              ///< value, weights, targets and drifts: the picture that all policies see
enum class drift_measure : std::uint8_t;  ///< how far a book is from its targets: squared or absolute
struct box;                               ///< lower and upper weights: a trigger's live band
struct limits;                            ///< what guards leave to the solver
struct limits_memory;                     ///< what they refer to
struct risk_view;                         ///< variances or a covariance matrix, as every estimator gives them
enum class risk_layout : std::uint8_t;    ///< diagonal, dense, factor
enum class risk_need : std::uint8_t;      ///< what a policy asks of an estimator
struct regime_view;                       ///< how likely each regime is, as models of regimes tell it

enum class outcome : std::uint8_t;       ///< hold, trade, rejected, ...
struct order;                            ///< a line of the trade list
struct fill;                             ///< what became of it
struct fee_payment;                      ///< what it pays in an asset instead of cash
struct holdings;                         ///< an account that owns its numbers; apply works on it
struct firing;                           ///< what a trigger says
enum class measure_unit : std::uint8_t;  ///< in which unit
struct reason;                           ///< why an asset was traded as it was, or not
enum class why : std::uint8_t;           ///< the kinds of reasons
struct fault;                            ///< what is wrong with the data of a call, where, and the value
enum class fault_code : std::uint8_t;    ///< the kinds of faults
struct configuration_fault;              ///< what is wrong with a policy's parameters
class invalid_configuration;             ///< thrown for it when a rebalancer is built

struct no_memory;  ///< of a policy that remembers nothing
template <class... Policies>
struct memories;       ///< of a policy that is made of others
class archive_writer;  ///< visits the fields of states to save them
class archive_reader;  ///< and to restore them
class symbol_view;     ///< names of assets, for describe

class exact_sum;       ///< a sum that carries its rounding errors along
struct repair_result;  ///< how the repair of a correlation matrix went
struct repair_limits;  ///< when it stops
struct ranked;         ///< one of many, and how good it is
class ranking;         ///< the best of many, one after another
template <std::size_t Words>
class wide_uint;  ///< unsigned whole numbers of 256, 512 and more bits
template <std::size_t Words>
class wide_int;  ///< the same with a sign
template <std::size_t Capacity>
class decimal_text;  ///< their digits, without an allocation

struct growth_problem;                    ///< an asset, what trading it costs, and an investor who wants growth
struct optimal_region;                    ///< the weights between which that one does not trade
struct growth_rates;                      ///< what living with the costs is like
enum class region_method : std::uint8_t;  ///< exact, or an expansion in the costs
struct cara_problem;                      ///< the same for constant absolute risk aversion
struct cara_region;                       ///< the amounts between which that one does not trade

// ---- risk: how much do the assets move? (risk/) ----
namespace risk {
struct close_to_close;           ///< sample variance of the last returns
struct realised;                 ///< squared intraday returns over a horizon
struct parkinson;                ///< from the highs and lows of bars
struct garman_klass;             ///< from all four prices of bars
struct rogers_satchell;          ///< the same, whatever the drift
struct garman_klass_yang_zhang;  ///< bars and the jumps between them
struct yang_zhang;               ///< the same, whatever the drift
struct ewma;                     ///< exponentially weighted variances of log returns
struct garch;                    ///< variances that come in clusters: GARCH(1,1) and its forecast
struct garch_fit;                ///< parameters for it that are likeliest
struct given;                    ///< the host's own volatilities, passed through
struct given_covariance;         ///< the host's own covariance matrix, passed through
struct given_factors;            ///< the host's own factor model, passed through
struct hamilton;                 ///< two regimes and how likely each is: Hamilton's filter
template <class Inner>
struct threshold_regimes;  ///< calm or turbulent, by another estimator's volatility
struct given_regimes;      ///< the host's own regimes, passed through

struct ewma_covariance;                   ///< exponentially weighted covariances
struct sample_covariance;                 ///< sample covariance of the last returns
struct ledoit_wolf;                       ///< the same, shrunk toward a simple matrix
struct factor_model;                      ///< exposures to series that the host feeds, by regression
struct principal_factors;                 ///< the factors that explain most of the correlations
enum class shrink_target : std::uint8_t;  ///< what ledoit_wolf shrinks toward
}  // namespace risk

// ---- cost: what does acting cost? (cost/) ----
namespace cost {
struct zero;                        ///< nothing
struct proportional;                ///< a rate of the notional, another for sales if wanted
struct half_spread;                 ///< half of the spread
struct per_unit;                    ///< an amount per share, contract or coin
struct fixed;                       ///< an amount per order
struct maker_taker;                 ///< one rate of orders that wait, another of those that take
struct holding;                     ///< what positions cost to hold, or bring: borrow fees, funding, dividends
struct latency;                     ///< what prices may do while an order settles
struct gas;                         ///< what a chain takes: a base for a list of orders, a part for each
struct sandwich;                    ///< what an order on an open pool may lose to those who trade around it
struct sandwiched_pool;             ///< and the arithmetic of that
struct tiered;                      ///< a rate by the size of the order, or by the account's volume
struct tier;                        ///< a rate, and up to which size it goes
class tier_list;                    ///< from the smallest orders to the largest
enum class tiering : std::uint8_t;  ///< of the part of an order that lies in a tier, of the whole, or by the account's volume
template <class Inner>
struct minimum;  ///< another cost, but at least so much per order
template <class Inner>
struct maximum;  ///< another cost, but at most so much per order
template <class Inner>
struct rounded;  ///< another cost in whole cents
template <class Inner>
struct rebate;                           ///< another cost, paid to the account
enum class fee_rounding : std::uint8_t;  ///< up, to the nearest, down
template <class... Parts>
class sum;                               ///< several at once
struct linear_impact;                    ///< market impact: the price moves with the size
struct square_root_impact;               ///< with its square root
struct power_impact;                     ///< with any power of it
struct almgren;                          ///< permanent and temporary, as Almgren and others measured it
struct volume_share;                     ///< with the square of the share of the volume
enum class beyond_limit : std::uint8_t;  ///< what lies beyond the largest share
}  // namespace cost
enum class cost_shape : std::uint8_t;  ///< convex, with a fixed part, or anything
struct cost_traits;                    ///< what a solver may know of a cost before it asks for a number
struct linear_cost;                    ///< fixed + buy·x⁺ + sell·x⁻
struct slope_interval;                 ///< the slopes of a cost at a kink
struct response;                       ///< an asset's best answer to a price
template <class Model>
struct bound;  ///< a cost model bound to a look

// ---- solver: how much of each asset to hold afterwards? (solver/) ----
namespace solver {
struct to_target;                     ///< all the way
struct to_band;                       ///< to the edge of the trigger's band, or further in
struct closest;                       ///< as close as the cash, and buying or selling only, allow: contributions, withdrawals
struct no_trade_region;               ///< the best trade of one period for risk and proportional costs
struct tracking;                      ///< the same within limits on many assets at once, exactly, with proof
struct linear_limit;                  ///< such a limit: any sum of weights
struct group_limit;                   ///< of a group: a sector, a country
struct group_limits;                  ///< which assets belong to which
struct factor_limit;                  ///< of the exposure to a factor of the risk model
struct trading_rate;                  ///< a part of the way at a time
struct trading_speed;                 ///< how fast that is
enum class band_rows : std::uint8_t;  ///< which assets to_band moves
enum class sides : std::uint8_t;      ///< what closest may do: buy, sell, or both
struct program;                       ///< the problem of one period as numbers
struct search_options;                ///< how it is to be solved
struct program_answer;                ///< its answer
struct shadow_prices;                 ///< what its limits cost
struct certificate;                   ///< how good an answer is
class price_search;                   ///< finds it
class limited_search;                 ///< the same with limits on the tracking error and on the costs
struct frontier_point;                ///< of costs against tracking error
template <class View>
class conditions;     ///< checks an answer, asset by asset
struct asset_margin;  ///< what one unit more of an asset is worth, and costs
}  // namespace solver
struct row_lists;                    ///< the rows of each asset
struct problem;                      ///< what is asked of a solver
struct solution;                     ///< its answer
enum class status : std::uint8_t;    ///< how well it did
enum class rounding : std::uint8_t;  ///< how a wanted trade becomes whole steps
struct no_scratch;                   ///< of a solver that needs none

// ---- venue: where does liquidity lie, and what does it give? (venue/) ----
namespace venue {
struct constant_product;       ///< a pool of two tokens: Uniswap v2 and its kin
struct weighted;               ///< a pool of weights: Balancer
struct stable;                 ///< a pool of coins of nearly the same worth: Curve, Balancer stable
struct concentrated;           ///< a pool of liquidity in ranges of prices: Uniswap v3
class order_book;              ///< bids and asks
struct constant_price;         ///< a firm quote with a limit
class quotes;                  ///< an aggregator's answers, as a curve
class constant_product_curve;  ///< one direction of a pool of two: out for in, in for out, prices
class weighted_curve;          ///< of a weighted pool
class stable_curve;            ///< of a stable pool
class concentrated_curve;      ///< of ranges
struct straight_curve;         ///< of one price
class any_curve;               ///< one of any type, by value
template <class Curve>
class curve_ref;  ///< one that lies elsewhere
template <class Curve>
class combined;  ///< several as one
template <class Curve>
struct capped;                        ///< one that takes no more than so much
struct concentrated_edge;             ///< where liquidity begins or ends
struct book_level;                    ///< a price and what rests there
struct book_side;                     ///< the bids, or the asks
struct book_rules;                    ///< the fee, and which levels count
struct amount_interval;               ///< amounts that are equally good at a price
struct quote;                         ///< what a venue answers to an amount
struct market;                        ///< where one asset is sold and bought
enum class fee_side : std::uint8_t;   ///< from which amount a fee is taken
enum class taker_fee : std::uint8_t;  ///< the same of an order book

class at_venue;                          ///< a venue as a cost model
class split_workspace;                   ///< where an order is split over venues
struct split_result;                     ///< how much goes where, with its proof
struct split_costs;                      ///< what each use of a venue costs
enum class split_status : std::uint8_t;  ///< how a split ended
class leg_splitter;                      ///< an order in legs
struct leg_terms;                        ///< where it may go, and at what limits
struct leg_summary;                      ///< what became of it
struct slippage;                         ///< limits from quotes
struct unit_slippage;                    ///< the same in a token's smallest units
struct chunk_limits;                     ///< how large a part of an order may be
struct chunk_schedule;                   ///< an order in parts, with a cool-off
enum class chunking : std::uint8_t;      ///< full parts or equal ones
struct trajectory;                       ///< Almgren and Chriss: a large order spread over time

/// Pools in the contracts' own integers.
namespace contract {
struct answer;                            ///< an amount, or why there is none
enum class refusal : std::uint8_t;        ///< why a contract would not trade
struct uniswap_v2;                        ///< a pair, and its forks'
enum class fee_rounding : std::uint8_t;   ///< how a pair takes its fee
struct uniswap_v3;                        ///< a pool with its ticks
struct uniswap_v3_tick;                   ///< one of them
struct uniswap_v3_swap;                   ///< what a swap does
struct balancer_weighted;                 ///< a pool of the second version
enum class power_version : std::uint8_t;  ///< which power function its contract has
struct balancer_stable;                   ///< likewise
struct curve_stable;                      ///< StableSwap, classic and new
enum class curve_version : std::uint8_t;  ///< which of them
}  // namespace contract
}  // namespace venue

// ---- trigger: when to act? (trigger/) ----
namespace trigger {
struct never;               ///< buy and hold
struct every;               ///< so long after the last trade
struct calendar;            ///< on the first look of a day, week, month, quarter or year
struct band;                ///< a weight has left a band around its target
struct volatility_band;     ///< the same, with a width that follows volatility
struct predictive_band;     ///< the same, as wide as the market is expected to move
struct regime_band;         ///< the same, with a width for each regime
struct breach_probability;  ///< a weight will probably leave its band
struct optimal_band;        ///< the same, with the width that is best for what trading costs
struct cara_band;           ///< the same in amounts of money
struct distance;            ///< the book as a whole is too far from its targets
struct tracking_error;      ///< its risk against them is too large
struct cash_flow;           ///< cash came in, or is missing
struct drawdown;            ///< the account has lost too much from its peak
struct signal;              ///< a number of the host's says so
struct time_window;         ///< only within hours, days, not about events
class weekday_set;          ///< the days of it
template <class... Triggers>
class any_of;  ///< one of several
template <class... Triggers>
class all_of;  ///< all of several
template <class Inner>
class not_;  ///< the opposite of another
template <class Inner>
class cooldown;  ///< another, but not so soon after the last trade
template <class On, class Off>
class hysteresis;                            ///< from one trigger until another is quiet
enum class combine : std::uint8_t;           ///< the smaller or the larger of a band's two widths
enum class distance_measure : std::uint8_t;  ///< turnover or Euclidean
enum class cash_kind : std::uint8_t;         ///< idle or missing cash
enum class period : std::uint8_t;            ///< of a calendar
enum class on_miss : std::uint8_t;           ///< what becomes of a period without a trade
enum class on_holiday : std::uint8_t;        ///< where a period begins that would on a holiday
struct holiday_calendar;                     ///< the host's holidays
enum class signal_side : std::uint8_t;       ///< above or below its threshold
enum class on_missing : std::uint8_t;        ///< what is made of a signal that was not given
}  // namespace trigger
class leaf_sink;  ///< hears how far each leaf of a trigger is from firing

// ---- target: how much of each asset is wanted? (target/) ----
namespace target {
struct fixed;                           ///< always the same weights
struct equal;                           ///< the same weight for every asset
struct inverse_volatility;              ///< in proportion to a power of 1/volatility
struct risk_parity;                     ///< every asset brings its share of the risk
struct minimum_variance;                ///< the least variance within limits
struct mean_variance;                   ///< expected return against variance, or the least variance for a return
struct maximum_sharpe;                  ///< the largest expected return for its risk
struct glide_path;                      ///< in straight lines from point to point in time
struct glide_point;                     ///< the weights at one time
class glide_points;                     ///< in the order of time
struct projected;                       ///< the host's, within bounds
struct smoothed;                        ///< the host's, followed in small steps
struct volatility_target;               ///< the host's, scaled to a volatility
struct constant_leverage;               ///< the host's, scaled to a gross exposure
struct cppi;                            ///< the host's, scaled to a multiple of the cushion above a floor
struct tipp;                            ///< the same with a floor that follows the highest value
struct gap_risk;                        ///< the chances that a floor is broken
struct mean_reversion;                  ///< the host's, tilted against what prices have done lately
struct black_litterman;                 ///< the host's, as those of the market, tilted by views
struct view;                            ///< what somebody thinks that a portfolio will return
enum class spread : std::uint8_t;       ///< who makes room for bounds: all equally or in proportion
enum class tilt_signal : std::uint8_t;  ///< what a tilt leans against: a deviation or a slope
}  // namespace target
struct target_scratch;  ///< where target policies work

// ---- guard: what must never happen, and is it worth it? (guard/) ----
namespace guard {
struct max_turnover;   ///< not more than so much at a time
struct max_trade;      ///< no single trade larger than so much
struct participation;  ///< not more than a share of the market's volume
struct depth;          ///< not more than a venue takes or gives at a fair price
struct stale_price;    ///< no trade on an old price
struct worth_it;       ///< no trade that costs more than it is expected to bring
}  // namespace guard
enum class verdict : std::uint8_t;  ///< pass, hold, block
struct proposal;                    ///< what guards judge
struct weighing;                    ///< benefit and cost, as a guard weighed them

// ---- sizing: which orders can be sent? (sizing/) ----
namespace sizing {
struct integer;                            ///< the same with whole steps chosen for the book as a whole
struct reconciled;                         ///< steps, minimums, fees, cash and sequence settled in the list itself
enum class shortfall_rule : std::uint8_t;  ///< who gets the cash where it does not reach
}  // namespace sizing
struct sizing_scratch;  ///< where it works

// ---- any: the same composition, chosen at run time (any.hpp, any/) ----

class any_rebalancer;  ///< a rebalancer whose policies are
class any_trigger;     ///< any trigger
class any_cost;        ///< any cost model
class any_costs;       ///< the sum of any number of them
class any_solver;      ///< any solver
class any_sizing;      ///< any sizing
class any_target;      ///< any target policy
class any_guard;       ///< any guard
class any_guards;      ///< any number of them
class any_estimator;   ///< any estimator
class any_estimators;  ///< any number of them
class any_estimate;    ///< what one of them knows of a market

// ---- spec: text to policy (spec.hpp, spec/; not a part of ballast.hpp) ----
namespace spec {
struct fault;  ///< what is wrong with a text, and where
template <class T>
class result;  ///< a value or a fault
template <class Policy>
struct stated;                     ///< a policy and the text that says it
struct composition;                ///< a rebalancer in parts
struct description;                ///< a policy in words
struct parameter;                  ///< of it
enum class family : std::uint8_t;  ///< what a policy is for
}  // namespace spec

// ---- sim: what would have come of it? (sim/) ----
namespace sim {
struct history;      ///< prices by row and time
struct options;      ///< wealth to start with, interest on cash, steps
struct result;       ///< wealth, turnover, costs, drawdown, volatility
struct row_report;   ///< one row as it ended
struct no_observer;  ///< does not want to hear of it
}  // namespace sim

// ---- tune: which width, which interval? (tune/) ----
namespace tune {
struct gbm_market;   ///< how two assets move: drifts, volatilities, correlation
struct costs;        ///< what a rebalance costs
struct calendar;     ///< rebalancing at fixed times
struct band;         ///< rebalancing when the weight leaves a band, all the way or a part of it
struct expectation;  ///< growth, rebalances, turnover, cost and tracking error of either
struct growth;       ///< an objective: log growth
struct closeness;    ///< an objective: little cost, and little risk of being off the target
template <class Policy>
struct best;  ///< the policy that an objective likes best
}  // namespace tune

// ---- defaults: what a rebalancer uses where none is named ----

using default_sizing = sizing::reconciled;  ///< besides a `mandate{}`: no reserve, no leverage, no shorts

}  // namespace ballast::inline v0
