/// Estimators: what is learnt of the market from prices alone.
///
/// | expression                                | required | meaning                                                                |
/// |-------------------------------------------|----------|------------------------------------------------------------------------|
/// | `estimate`                                | yes      | nested type: what it knows of a market; lists fields as a memory does   |
/// | `e.observe(estimate&, market_view)`       | yes      | `fault`: learns from one tick; on a fault nothing is changed            |
/// | `e.view(estimate)`                        | yes      | `risk_view` per year; `ready` tells whether it has seen enough          |
/// | `static constexpr risk_need provides`     | yes      | volatility, covariance, regimes                                        |
/// | `static constexpr name`                   | yes      | by which saved bytes know it                                           |
/// | `e.check(const estimate&, market_view)`   | no       | `fault`: the one that `observe` would answer. Asked of all estimators before any of them learns, so that a tick that one refuses teaches none |
/// | `e.regimes(estimate)`                     | no       | `regime_view`: how likely each regime is now; with it `provides` names regimes |
/// | `e.view_count()`, `e.views(estimate, span<risk_view>)` | no | for estimators made of others: how many views, and all of them    |
/// | `e.regimes(estimate, span<regime_view>)`, `e.runtime_provides()` | no | for those: all regime views, and what they provide          |
/// | `e.validate()`, `e.covers(n)`             | no       | configuration                                                          |
/// | `e.prepare(estimate&, sizes)`, `e.prepared(estimate)` | no | where the room that an estimate takes depends on the estimator: a window |
/// | `estimate.adjust(asset, factor)`          | no       | what it remembers of an asset's prices counts `factor` as much: a split |
///
/// An asset's volatility is at or above zero and finite, whatever was observed; while `ready` is false nobody reads it.
///
/// What the estimators here have in common, so that irregular ticks, holes and bad quotes do not poison them:
///
/// - **Time is what passed**, never a number of ticks: variances are per year of 365.25 days of elapsed time. Nights, weekends and holidays
///   are a part of the year; nobody has to say how many trading days it has.
/// - **Unusable**: a price (or, where bars are read, a bar) that is no number above zero teaches nothing; nor does one at or before the
///   asset's last one, by `as_of` where there is such a column, or dated after its own tick.
/// - **Stale**: ewma takes every quote that is not dated as news. All others learn nothing from a price that is the same as before: a quote
///   that nobody renewed and a market that stands still can not be told apart, so the volatility stays what it was and the next move is
///   spread over the time that it took. An asset that never moved at all has volatility 0 once it has been seen for long enough.
/// - **Spikes**: nothing is cut off. A false print is two large returns; a window forgets them after its length, to the last bit, ewma and
///   garch as their weights decay. Who knows that a price is wrong leaves it out (NaN).
/// - **Splits**: `market_state::adjust` before the first price in new units. Not told, a split is a spike that does not come back.
/// - **Missing**: what estimators of covariances do about assets that are quoted at different times, halted or not listed yet stands at
///   risk::ewma_covariance; all of them are positive semidefinite by construction. A matrix from elsewhere is repaired by `nearest_covariance`.
///
/// **Regimes.** A host's own model of regimes is an estimator with `regimes`, whatever their number: `regime_model`. One that knows nothing of
/// volatilities answers `view` with an empty risk view. Policies find what it tells in `look.regime`, at the place of its risk view.
///
/// Models here: ewma, given; over a window close_to_close, realised, parkinson, garman_klass, rogers_satchell, garman_klass_yang_zhang,
/// yang_zhang; garch with its fit. Of covariances: ewma_covariance; over a window sample_covariance, ledoit_wolf; factor_model,
/// principal_factors, given_covariance, given_factors. Of regimes: hamilton, threshold_regimes, given_regimes. A small one of one's own is examples/custom/estimator.cpp.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

#include "../core/configuration.hpp"
#include "../core/fault.hpp"
#include "../core/inputs.hpp"
#include "../core/memory.hpp"
#include "../core/regime_view.hpp"
#include "../core/risk_view.hpp"
#include "../detail/named.hpp"

namespace ballast::inline v0 {

/// What an estimator must have: the table at the top of this header says it, and what else it may have.
template <class E>
concept estimator_policy = requires(const E& e, typename E::estimate& s, const market_view& m) {
    { e.observe(s, m) }
    noexcept->std::same_as<fault>;
    { e.view(static_cast<const typename E::estimate&>(s)) }
    noexcept->std::same_as<risk_view>;
    { E::provides } -> std::convertible_to<risk_need>;
    { E::name } -> std::convertible_to<const char*>;
};

/// An estimator that tells how likely each of a number of regimes is: risk::hamilton, or the host's own.
template <class E>
concept regime_model = estimator_policy<E> && requires(const E& e, const typename E::estimate& s) {
    { e.regimes(s) }
    noexcept->std::same_as<regime_view>;
};

namespace detail {
template <class E>
concept with_several_regimes = requires(const E& e, const typename E::estimate& s, std::span<regime_view> out) {
    { e.regimes(s, out) }
    noexcept->std::same_as<void>;
};

template <class E>
concept with_runtime_provides = requires(const E& e) {
    { e.runtime_provides() }
    noexcept->std::same_as<risk_need>;
};
/// What this very estimator provides: erased ones tell it at run time.
template <class E>
[[nodiscard]] constexpr risk_need provided_by(const E& e) noexcept {
    if constexpr (with_runtime_provides<E>)
        return e.runtime_provides();
    else
        return E::provides;
}
/// Which kinds of views a need asks for: covariance is a matter of how good a risk view is.
[[nodiscard]] constexpr risk_need kinds_of(risk_need need) noexcept { return need & (risk_need::volatility | risk_need::regimes); }
/// What is needed of which nothing is provided.
[[nodiscard]] constexpr risk_need missing_of(risk_need need, risk_need provided) noexcept {
    return static_cast<risk_need>(static_cast<unsigned>(kinds_of(need)) & ~static_cast<unsigned>(provided));
}

template <class E>
concept with_tick_check = requires(const E& e, const typename E::estimate& s, const market_view& m) {
    { e.check(s, m) }
    noexcept->std::same_as<fault>;
};
/// What the estimator has against a tick before it learns from it, as far as it tells.
template <class E>
[[nodiscard]] fault check_tick(const E& e, const typename E::estimate& s, const market_view& m) noexcept {
    if constexpr (with_tick_check<E>)
        return e.check(s, m);
    else
        return {};
}

/// The sentences for members that have an optional name but another signature.
template <class E>
consteval bool check_estimator() {
    static_assert(!names_validate<E> || has_validate<E>,
                  "ballast: this estimator has a member `validate`, but not `configuration_fault validate() const`");
    static_assert(!names_covers<E> || has_covers<E>,
                  "ballast: this estimator has a member `covers`, but not `bool covers(std::size_t) const`");
    static_assert(
        !names_check<E> || with_tick_check<E>,
        "ballast: this estimator has a member `check`, but not `fault check(const estimate&, const market_view&) const noexcept`");
    static_assert(!names_regimes<E> || regime_model<E> || with_several_regimes<E>,
                  "ballast: this estimator has a member `regimes`, but not `regime_view regimes(const estimate&) const noexcept`");
    static_assert(with_runtime_provides<E> || regime_model<E> == ((E::provides & risk_need::regimes) != risk_need::nothing),
                  "ballast: an estimator has `regimes` where it provides risk_need::regimes, and only there");
    static_assert(lists_fields<typename E::estimate>,
                  "ballast: an estimate has to list its fields: `template <class Self, class Visit> static void fields(Self&, Visit&&)`");
    static_assert(!names_adjust<typename E::estimate> || adjustable<typename E::estimate>,
                  "ballast: this estimate has a member `adjust`, but not `void adjust(std::size_t, double) noexcept`");
    static_assert(!names_prepare<typename E::estimate> || preparable<typename E::estimate>,
                  "ballast: this estimate has a member `prepare`, but not `void prepare(const sizes&)`");
    return true;
}

template <class E>
concept with_several_views = requires(const E& e, const typename E::estimate& s, std::span<risk_view> out) {
    { e.view_count() }
    noexcept->std::same_as<std::size_t>;
    { e.views(s, out) }
    noexcept->std::same_as<void>;
};

/// How many risk views this very estimator gives.
template <class E>
[[nodiscard]] constexpr std::size_t view_count(const E& e) noexcept {
    if constexpr (with_several_views<E>)
        return e.view_count();
    else
        return 1;
}
/// Writes them.
template <class E>
void views(const E& e, const typename E::estimate& s, std::span<risk_view> out) noexcept {
    if constexpr (with_several_views<E>)
        e.views(s, out);
    else
        out[0] = e.view(s);
}
/// Whether it tells covariances of all pairs of assets: seen from what it tells before it has learnt anything. Allocates.
template <class E>
[[nodiscard]] bool tells_dense(const E& e, const sizes& s) {
    typename E::estimate none{};
    prepare(none, s);
    prepare_for(e, none, s);
    std::vector<risk_view> told(view_count(e));
    views(e, none, told);
    bool dense = false;
    for (const risk_view& r : told) dense = dense || r.layout == risk_layout::dense;
    return dense;
}
/// Writes the regime views, one per risk view.
template <class E>
void regimes(const E& e, const typename E::estimate& s, std::span<regime_view> out) noexcept {
    if constexpr (with_several_regimes<E>)
        e.regimes(s, out);
    else if constexpr (regime_model<E>)
        out[0] = e.regimes(s);
    else
        out[0] = {};
}
}  // namespace detail

}  // namespace ballast::inline v0
