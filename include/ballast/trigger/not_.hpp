/// The opposite of a trigger.
#pragma once

#include "../detail/pack.hpp"
#include "concept.hpp"
#include "detail/composite.hpp"

namespace ballast::inline v0::trigger {

/// Fires when the inner trigger does not: `all_of{band{...}, not_{calendar{...}}}`. Measure and threshold are the inner one's with the
/// opposite sign, so that a positive margin still stands for firing; the leaf is told as the inner trigger sees it. A trigger that can not
/// tell is no reason to fire. It has no region: what lies outside a band is no box.
template <class Inner>
class not_ : public detail::composite<Inner> {
public:
    using base = detail::composite<Inner>;
    using memory = typename base::memory;
    static constexpr const char* name = "not_";

    constexpr not_() = default;
    /// The opposite of this one.
    constexpr explicit not_(Inner inner) : base{std::move(inner)} {}

    [[nodiscard]] firing check(const look& l, const memory& m) const noexcept {
        leaf_sink nobody;
        return explain(l, m, nobody);
    }
    [[nodiscard]] firing explain(const look& l, const memory& m, leaf_sink& sink) const noexcept {
        firing f = detail::examine(detail::get<0>(this->parts()), l, detail::get<0>(m.parts), sink);
        f.fired = !f.fired && !f.problem;
        f.trigger = name;
        f.measure = -f.measure;
        f.threshold = -f.threshold;
        return f;
    }
};
template <class Inner>
not_(Inner) -> not_<Inner>;
/// Twice not is not a copy.
template <class Inner>
not_(not_<Inner>) -> not_<not_<Inner>>;

}  // namespace ballast::inline v0::trigger
