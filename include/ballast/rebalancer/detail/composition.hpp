/// Sorting a rebalancer's parts by what they are.
#pragma once

#include <cstddef>
#include <type_traits>

#include "../../core/mandate.hpp"
#include "../../core/policy.hpp"
#include "../../detail/pack.hpp"
#include "../../guard/concept.hpp"
#include "../../risk/concept.hpp"
#include "../../sizing/concept.hpp"
#include "../../target/concept.hpp"

namespace ballast::inline v0::detail {

template <class P>
concept is_mandate = std::is_same_v<P, mandate>;
template <class P>
concept is_estimator = estimator_policy<P>;
template <class P>
concept is_sizing = sizing_policy<P> && !is_estimator<P>;
template <class P>
concept is_target = target_policy<P> && !is_estimator<P>;
template <class P>
concept is_guard = guard_policy<P> && !is_estimator<P> && !is_sizing<P> && !is_target<P>;

template <class P>
consteval bool check_part() {
    if constexpr (is_mandate<P>)
        return true;
    else if constexpr (is_estimator<P>)
        return check_estimator<P>();
    else if constexpr (is_guard<P>)
        return check_guard<P>();
    else if constexpr (is_target<P>)
        return check_target<P>();
    else
        return check_optional_members<P>();
}

struct mandate_kind {
    template <class P>
    static constexpr bool is = is_mandate<P>;
};
struct estimator_kind {
    template <class P>
    static constexpr bool is = is_estimator<P>;
};
struct sizing_kind {
    template <class P>
    static constexpr bool is = is_sizing<P>;
};
struct target_kind {
    template <class P>
    static constexpr bool is = is_target<P>;
};
struct guard_kind {
    template <class P>
    static constexpr bool is = is_guard<P>;
};

template <class Kind, class... Ps>
inline constexpr std::size_t count_of = (std::size_t{0} + ... + (Kind::template is<Ps> ? 1u : 0u));

/// Position of the first part of a kind; sizeof...(Ps) where there is none.
template <class Kind, class... Ps>
[[nodiscard]] consteval std::size_t position_of() noexcept {
    std::size_t at = 0;
    bool found = false;
    ((found = found || Kind::template is<Ps>, at += found ? 0 : 1), ...);
    return at;
}

/// What the parts need and no estimator among them provides, as far as types tell: erased estimators tell it at run time.
template <class... Ps>
[[nodiscard]] consteval risk_need unmet_needs() noexcept {
    risk_need provided = risk_need::nothing;
    const auto ask = [&]<class P>(const P*) {
        if constexpr (is_estimator<P> && with_runtime_provides<P>)
            provided = risk_need::volatility | risk_need::regimes;
        else if constexpr (is_estimator<P>)
            provided = provided | P::provides;
    };
    (ask(static_cast<const Ps*>(nullptr)), ...);
    return missing_of(largest_need<Ps...>(), provided);
}
inline constexpr const char* volatility_missing =
    "a policy needs volatility or covariance, but no estimator is named; add risk::ewma{} or risk::given{}";
inline constexpr const char* regimes_missing =
    "a policy needs regimes, but no estimator is named that tells them; add risk::hamilton{...}, "
    "risk::threshold_regimes{...} or risk::given_regimes{}";

/// A list of types.
template <class... Ts>
struct types {};

template <class A, class B>
struct joined;
template <class... As, class... Bs>
struct joined<types<As...>, types<Bs...>> {
    using type = types<As..., Bs...>;
};

template <class Kind, class... Ps>
struct filtered {
    using type = types<>;
};
template <class Kind, class P, class... Ps>
struct filtered<Kind, P, Ps...> {
    using rest = typename filtered<Kind, Ps...>::type;
    using type = typename joined<std::conditional_t<Kind::template is<P>, types<P>, types<>>, rest>::type;
};

/// Template<P...> for the parts of a kind, in order.
template <template <class...> class Template, class List>
struct applied;
template <template <class...> class Template, class... Ps>
struct applied<Template, types<Ps...>> {
    using type = Template<Ps...>;
};

}  // namespace ballast::inline v0::detail
