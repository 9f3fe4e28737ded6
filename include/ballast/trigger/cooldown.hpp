/// Not again so soon.
#pragma once

#include "../detail/pack.hpp"
#include "concept.hpp"
#include "detail/composite.hpp"

namespace ballast::inline v0::trigger {

/// Fires when the inner trigger does and at least `interval` has passed since the last commit: `cooldown{band{.absolute = 0.05}, days(5)}`.
/// Any commit starts the pause anew, whichever trigger led to it. Where the pause alone holds it back, the pause gives its name and
/// numbers. Its region is the inner one's.
template <class Inner>
class cooldown : public detail::composite<Inner> {
public:
    using base = detail::composite<Inner>;
    static constexpr const char* name = "cooldown";
    struct memory {
        timestamp last = timestamp::never();                  ///< commit
        [[no_unique_address]] typename base::memory inner{};  ///< of the other trigger

        void prepare(const sizes& s) { inner.prepare(s); }
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.last);
            visit(m.inner);
        }
    };

    constexpr cooldown() = default;
    /// Another trigger, but not before the interval has passed since the last commit.
    constexpr cooldown(Inner inner, duration interval) : base{std::move(inner)}, interval_{interval} {}

    [[nodiscard]] firing check(const look& l, const memory& m) const noexcept {
        leaf_sink nobody;
        return explain(l, m, nobody);
    }
    /// The leaf of its own measures seconds since the last commit; reaching the threshold lets the inner trigger through.
    [[nodiscard]] firing explain(const look& l, const memory& m, leaf_sink& sink) const noexcept {
        const firing inner = detail::examine(detail::get<0>(this->parts()), l, detail::get<0>(m.inner.parts), sink);
        const duration passed = elapsed(m.last, l.now);
        const firing own{.fired = passed >= interval_,
                         .trigger = name,
                         .measure = passed.seconds(),
                         .threshold = interval_.seconds(),
                         .unit = measure_unit::seconds};
        sink(own);
        if (!inner.fired || own.fired) return inner;
        return own;
    }
    void region(const look& l, const memory& m, const box& b) const noexcept requires banded_trigger<Inner> {
        detail::narrow_if_banded(detail::get<0>(this->parts()), l, detail::get<0>(m.inner.parts), b);
    }
    [[nodiscard]] bool has_region() const noexcept { return this->any_region(); }
    void prepare(memory& m, const sizes& s) const { base::prepare(m.inner, s); }
    [[nodiscard]] bool prepared(const memory& m) const noexcept { return base::prepared(m.inner); }
    void observe(const look& l, memory& m) const noexcept { base::observe(l, m.inner); }
    void commit(const decision& d, timestamp at, memory& m) const noexcept {
        m.last = at;
        base::commit(d, at, m.inner);
    }
    [[nodiscard]] std::size_t leaves() const noexcept { return base::leaves() + 1; }
    /// How long the pause is.
    [[nodiscard]] constexpr duration interval() const noexcept { return interval_; }
    [[nodiscard]] configuration_fault validate() const {
        if (interval_.ns < 0) return {"cooldown.interval", interval_.seconds(), "must be a time at or above 0 (seconds)"};
        return base::validate();
    }

private:
    duration interval_{};
};
template <class Inner>
cooldown(Inner, duration) -> cooldown<Inner>;

}  // namespace ballast::inline v0::trigger
