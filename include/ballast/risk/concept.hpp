/// Estimators: what is learnt of the market from prices alone.
///
/// | expression                                | required | meaning                                                                |
/// |-------------------------------------------|----------|------------------------------------------------------------------------|
/// | `estimate`                                | yes      | nested type: what it knows of one market; lists its fields and prepares like a memory |
/// | `e.observe(estimate&, market_view)`       | yes      | `fault`: learns from one tick; on a fault nothing is changed            |
/// | `e.view(estimate)`                        | yes      | `risk_view` per year; `ready` tells whether it has seen enough          |
/// | `static constexpr risk_need provides`     | yes      | volatility or covariance                                               |
/// | `static constexpr name`                   | yes      | by which saved bytes know it                                           |
/// | `e.validate()`, `e.covers(n)`             | no       | configuration                                                          |
///
/// Models here: ewma, given.
#pragma once

#include <concepts>

#include "../core/configuration.hpp"
#include "../core/fault.hpp"
#include "../core/inputs.hpp"
#include "../core/memory.hpp"
#include "../core/risk_view.hpp"

namespace ballast::inline v0 {

template <class E>
concept estimator_policy = requires(const E& e, typename E::estimate& s, const market_view& m) {
    { e.observe(s, m) }
    noexcept->std::same_as<fault>;
    { e.view(static_cast<const typename E::estimate&>(s)) }
    noexcept->std::same_as<risk_view>;
    { E::provides } -> std::convertible_to<risk_need>;
    { E::name } -> std::convertible_to<const char*>;
};

}  // namespace ballast::inline v0
