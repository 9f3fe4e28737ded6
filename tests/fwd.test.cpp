// Everything that fwd.hpp declares is defined by the umbrella (and by spec.hpp, which that leaves out), as what it was declared: a class that was declared a struct is an error
// here, and so is one that stays incomplete. tests/structure/fwd.cmake checks that no name is forgotten there or here.
#if defined(__GNUC__)
#pragma GCC diagnostic error "-Wmismatched-tags"
#endif
#include <ballast/fwd.hpp>

#include <cstdint>
#include <type_traits>

// What a host's own header needs no more than names for.
namespace {
struct desk {
    const ballast::decision* last = nullptr;
    ballast::keeper<ballast::rebalancer<ballast::trigger::any_of<ballast::trigger::calendar, ballast::trigger::band>,
                                        ballast::cost::proportional, ballast::solver::to_target>>* account = nullptr;
    ballast::outcome (*of)(const ballast::decision&, ballast::why) = nullptr;
};
static_assert(std::is_enum_v<ballast::trigger::period>);
}  // namespace

#include <ballast/ballast.hpp>
#include <ballast/spec.hpp>

#include "support/catch.hpp"
#include "support/enumerators.hpp"
#include "support/same_bits.hpp"

#include <concepts>
#include <string>
#include <vector>

using namespace ballast;

namespace {
template <class... Ts>
constexpr bool classes() {
    return ((std::is_class_v<Ts> && sizeof(Ts) > 0) && ...);
}
template <class... Es>
struct enums {
    static_assert((std::is_enum_v<Es> && ...));
    template <class F>
    static void for_each(F f) {
        (f(Es{}), ...);
    }
};
template <class E>
concept with_text = requires(E e) {
    { to_string(e) } -> std::convertible_to<const char*>;
};
using some_rebalancer = rebalancer<trigger::every, cost::zero, solver::to_target>;

static_assert(classes<some_rebalancer, keeper<some_rebalancer>, market_state<risk::ewma>, account_state<trigger::every>,
                      basic_workspace<solver::to_target>, decision>());
static_assert(classes<timestamp, duration, civil_date, decimal_step, step_count, version_info, column<double>, per_asset>());
static_assert(classes<sizes, inputs, open_order, market_view, account_view, instrument_view, instruments, order_size_view, order_sizes,
                      fee_asset_view, fee_assets, mandate, look, box, limits, limits_memory, risk_view, regime_view>());
static_assert(classes<order, fill, fee_payment, holdings, firing, reason, fault, configuration_fault, invalid_configuration>());
static_assert(classes<no_memory, memories<trigger::every>, archive_writer, archive_reader, symbol_view, exact_sum, ranked, ranking,
                      repair_result, repair_limits>());
static_assert(classes<wide_uint<4>, wide_int<4>, decimal_text<80>>());
static_assert(classes<venue::constant_product, venue::weighted, venue::stable, venue::concentrated, venue::order_book,
                      venue::constant_price, venue::quotes, venue::constant_product_curve, venue::weighted_curve, venue::stable_curve,
                      venue::concentrated_curve, venue::straight_curve, venue::any_curve, venue::curve_ref<venue::any_curve>,
                      venue::combined<venue::any_curve>, venue::capped<venue::straight_curve>, venue::concentrated_edge, venue::book_level,
                      venue::book_side, venue::book_rules, venue::amount_interval, venue::quote, venue::market>());
static_assert(
    classes<venue::at_venue, venue::split_workspace, venue::split_result, venue::split_costs, venue::leg_splitter, venue::leg_terms,
            venue::leg_summary, venue::slippage, venue::unit_slippage, venue::chunk_limits, venue::chunk_schedule, venue::trajectory>());
static_assert(classes<venue::contract::answer, venue::contract::uniswap_v2, venue::contract::uniswap_v3, venue::contract::uniswap_v3_tick,
                      venue::contract::uniswap_v3_swap, venue::contract::balancer_weighted, venue::contract::balancer_stable,
                      venue::contract::curve_stable>());
using venue_enums = enums<venue::fee_side, venue::taker_fee, venue::split_status, venue::chunking, venue::contract::refusal,
                          venue::contract::fee_rounding, venue::contract::power_version, venue::contract::curve_version>;
static_assert(classes<growth_problem, optimal_region, growth_rates, cara_problem, cara_region>());
static_assert(classes<risk::close_to_close, risk::realised, risk::parkinson, risk::garman_klass, risk::rogers_satchell,
                      risk::garman_klass_yang_zhang, risk::yang_zhang, risk::ewma, risk::garch, risk::garch_fit, risk::given>());
static_assert(classes<risk::given_covariance, risk::given_factors>());
static_assert(classes<risk::ewma_covariance, risk::sample_covariance, risk::ledoit_wolf, risk::factor_model, risk::principal_factors>());
static_assert(classes<risk::hamilton, risk::threshold_regimes<risk::ewma>, risk::given_regimes>());
static_assert(classes<cost::zero, cost::proportional, cost::half_spread, cost::per_unit, cost::fixed, cost::minimum<cost::zero>,
                      cost::maximum<cost::zero>, cost::sum<cost::zero, cost::fixed>>());
static_assert(classes<cost::tiered, cost::tier, cost::tier_list, cost::rounded<cost::zero>, cost::rebate<cost::zero>>());
static_assert(classes<cost::maker_taker, cost::holding, cost::latency, cost::gas, cost::sandwich, cost::sandwiched_pool>());
static_assert(classes<cost::linear_impact, cost::square_root_impact, cost::power_impact, cost::almgren, cost::volume_share>());
using impact_enums = enums<cost::beyond_limit>;
static_assert(classes<cost_traits, linear_cost, slope_interval, response, bound<cost::zero>>());
static_assert(classes<solver::to_target, solver::to_band, solver::closest, solver::no_trade_region, solver::trading_rate,
                      solver::trading_speed, row_lists, problem, solution, no_scratch>());
static_assert(classes<solver::program, solver::search_options, solver::program_answer, solver::shadow_prices, solver::certificate,
                      solver::price_search, solver::limited_search, solver::frontier_point, solver::conditions<bound_cost_of<cost::zero>>,
                      solver::asset_margin>());
static_assert(classes<optimality, answer_prices, asset_worth, limit_price, price_counts, label>());
static_assert(classes<solver::tracking, solver::linear_limit, solver::group_limit, solver::group_limits, solver::factor_limit>());
static_assert(classes<trigger::never, trigger::every, trigger::calendar, trigger::band, trigger::volatility_band, trigger::optimal_band,
                      trigger::cara_band, trigger::distance, trigger::cash_flow>());
static_assert(classes<trigger::predictive_band, trigger::regime_band, trigger::breach_probability>());
static_assert(classes<trigger::tracking_error, trigger::drawdown, trigger::signal, trigger::time_window, trigger::weekday_set,
                      guard::worth_it, weighing>());
static_assert(
    classes<trigger::any_of<trigger::every>, trigger::all_of<trigger::every>, trigger::not_<trigger::every>,
            trigger::cooldown<trigger::band>, trigger::hysteresis<trigger::band, trigger::band>, trigger::holiday_calendar, leaf_sink>());
static_assert(classes<target::fixed, target::equal, target::inverse_volatility, target::risk_parity, target::minimum_variance,
                      target::mean_variance, target::maximum_sharpe, target::black_litterman, target::view, target::glide_path,
                      target::glide_point, target::glide_points, target::projected, target::smoothed, target::volatility_target,
                      target::constant_leverage, target::cppi, target::tipp, target::gap_risk, target::mean_reversion, target_scratch>());
static_assert(classes<guard::max_turnover, guard::max_trade, guard::participation, guard::depth, guard::stale_price, proposal>());
static_assert(classes<sizing::reconciled, sizing::integer, sizing_scratch, step_certificate>());
static_assert(classes<any_rebalancer, any_trigger, any_cost, any_costs, any_solver, any_sizing, any_target, any_guard, any_guards,
                      any_estimator, any_estimators, any_estimate>());
static_assert(classes<spec::fault, spec::result<int>, spec::stated<any_trigger>, spec::composition, spec::description, spec::parameter>());
static_assert(classes<sim::history, sim::options, sim::result, sim::row_report, sim::no_observer>());
static_assert(classes<tune::gbm_market, tune::costs, tune::calendar, tune::band, tune::expectation, tune::growth, tune::closeness,
                      tune::best<tune::band>>());
using public_enums = enums<on_bad_price, sizing::shortfall_rule, restriction, zero_crossing, proceeds, risk_layout, risk_need,
                           drift_measure, outcome, measure_unit, search_end, why, fault_code, cost_shape, solver::band_rows, solver::sides,
                           trigger::cash_kind, status, rounding, trigger::combine, trigger::distance_measure, trigger::period,
                           trigger::on_miss, trigger::on_holiday, trigger::signal_side, trigger::on_missing, verdict, spec::family,
                           cost::tiering, cost::fee_rounding, target::spread, target::tilt_signal, region_method, risk::shrink_target>;
static_assert(sizeof(int128) == 16 && static_cast<int128>(-1) < 0);
static_assert(sizeof(uint128) == 16 && static_cast<uint128>(-1) > 0);
}  // namespace

TEST_CASE("fwd: names are enough for a host's header") {
    desk d;
    decision answer;
    d.last = &answer;
    CHECK(d.last->outcome == outcome::hold);
    CHECK(d.account == nullptr);
    CHECK(d.of == nullptr);
}

TEST_CASE("fwd: an enum that has a text has one for every enumerator") {
    int with_texts = 0;
    const auto check = [&](auto any_value) {
        using E = decltype(any_value);
        static_assert(std::is_same_v<std::underlying_type_t<E>, std::uint8_t>);
        CHECK_FALSE(test::enumerators<E>().empty());
        if constexpr (with_text<E>) {
            ++with_texts;
            for (const E value : test::enumerators<E>()) {
                const std::string text = to_string(value);
                CAPTURE(text, static_cast<unsigned>(value));
                CHECK_FALSE((text.empty() || text.find("unknown") != std::string::npos));
            }
        }
    };
    public_enums::for_each(check);
    impact_enums::for_each(check);
    venue_enums::for_each(check);
    CHECK(with_texts >= 3);
}

TEST_CASE("fwd: the default sizing is the one that a rebalancer uses") {
    const std::vector<double> price{10.0, 20.0}, target{0.5, 0.25}, quantity{1.0, 40.0};
    const inputs in{.market = {.price = price}, .account = {.cash = 100.0, .quantity = quantity}, .target = target};
    const auto answer = [&](auto... sizing) {
        const rebalancer r{trigger::every{}, cost::proportional{.rate = 0.001}, solver::to_target{}, sizing...};
        typename decltype(r)::market_state m;
        typename decltype(r)::account_state a;
        typename decltype(r)::workspace w;
        decision d;
        r.prepare(m, {.assets = 2});
        r.prepare(a, {.assets = 2});
        r.prepare(w, {.assets = 2});
        r.prepare(d, {.assets = 2});
        r.propose(m, a, in, w, d);
        return d;
    };
    REQUIRE(answer().orders.size() == 2);
    CHECK(test::same_bits(answer(), answer(default_sizing{})));
    CHECK_FALSE(test::same_bits(answer(), answer(default_sizing{.collar = 0.01})));
    CHECK(test::same_bits(answer(), answer(mandate{})));
}
