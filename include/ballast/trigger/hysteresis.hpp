/// Once started, go on until it is good enough.
#pragma once

#include "../detail/pack.hpp"
#include "concept.hpp"
#include "detail/composite.hpp"

namespace ballast::inline v0::trigger {

/// Starts firing when `on` fires and goes on until neither of the two does: `hysteresis{band{.absolute = 0.05}, band{.absolute = 0.02}}`
/// for hosts whose guards let them go only part of the way at a time. What it remembers is whether it is on. Valuations switch it
/// (`observe` of the account; a keeper values at every proposal), commits do not: which of several triggers led to one they can not know.
/// So without valuations it is `on` alone, and a host that values its account after the fills switches it off there and then instead of at
/// its next proposal. A valuation at which a trigger can not tell leaves it as it was. Its region is that of `off`, which is where acting
/// ends.
template <class On, class Off>
class hysteresis : public detail::composite<On, Off> {
public:
    using base = detail::composite<On, Off>;
    static constexpr const char* name = "hysteresis";
    struct memory {
        bool active = false;                                  ///< whether it is on
        [[no_unique_address]] typename base::memory inner{};  ///< of both triggers

        void prepare(const sizes& s) { inner.prepare(s); }
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.active);
            visit(m.inner);
        }
    };

    constexpr hysteresis() = default;
    /// On when the first fires, off when both are quiet.
    constexpr hysteresis(On on, Off off) : base{std::move(on), std::move(off)} {}

    [[nodiscard]] firing check(const look& l, const memory& m) const noexcept {
        leaf_sink nobody;
        return explain(l, m, nobody);
    }
    [[nodiscard]] firing explain(const look& l, const memory& m, leaf_sink& sink) const noexcept {
        const firing on = detail::examine(detail::get<0>(this->parts()), l, detail::get<0>(m.inner.parts), sink);
        const firing off = detail::examine(detail::get<1>(this->parts()), l, detail::get<1>(m.inner.parts), sink);
        // Quiet, it tells how far `on` is from firing, whether or not the last valuation has switched it off already.
        return m.active && !on.problem && !on.fired && (off.fired || off.problem) ? off : on;
    }
    void region(const look& l, const memory& m, const box& b) const noexcept requires banded_trigger<Off> {
        detail::narrow_if_banded(detail::get<1>(this->parts()), l, detail::get<1>(m.inner.parts), b);
    }
    [[nodiscard]] bool has_region() const noexcept { return detail::has_region(detail::get<1>(this->parts())); }
    void prepare(memory& m, const sizes& s) const { base::prepare(m.inner, s); }
    [[nodiscard]] bool prepared(const memory& m) const noexcept { return base::prepared(m.inner); }
    void observe(const look& l, memory& m) const noexcept {
        const firing f = check(l, m);
        if (!f.problem) m.active = f.fired;
        base::observe(l, m.inner);
    }
    void commit(const decision& d, timestamp at, memory& m) const noexcept { base::commit(d, at, m.inner); }
};
template <class On, class Off>
hysteresis(On, Off) -> hysteresis<On, Off>;

}  // namespace ballast::inline v0::trigger
