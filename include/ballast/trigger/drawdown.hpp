/// When the account has lost too much from its peak.
#pragma once

#include <limits>

#include "concept.hpp"

namespace ballast::inline v0::trigger {

/// Fires when the account's value has fallen by more than `limit` from its highest value, as a share of that. Strict as bands are.
///
/// The peak is what valuations have seen (`observe` of the account; a keeper values at every proposal): without them there is none, and it
/// stays quiet. The first valuation is the first peak.
///
/// **Flows are neither gain nor loss.** What is paid in or out (`account_view::flow`) moves the peak in proportion to the value, so that the
/// drawdown is that of a unit of the account. A flow counts when it is first told. Whether it has been paid by the next look, so that what is
/// told there is a new one, the account's own cash shows: it is taken as paid where the cash (after the last commit: the cash that its
/// decision expected) has moved by more than half of it, and otherwise as the same one, told again. What is booked into the cash without
/// having been told as a flow counts as gain or loss. A deposit into an account that was worth nothing starts anew.
///
/// Once it fired and a commit followed, whichever trigger led to it, it is quiet until the drawdown has come back to `rearm` or less; so it
/// acts once per drawdown. With `repeat` it fires as long as the drawdown lasts: from beyond `limit` until `rearm` or less, as a permission
/// (`all_of`) or a prohibition (`not_`) needs it. It has no region. O(1).
struct drawdown {
    double limit = std::numeric_limits<double>::quiet_NaN();  ///< share of the peak; to be given
    double rearm = std::numeric_limits<double>::infinity();   ///< share of the peak at which it is over; infinite: as `limit`
    bool repeat = false;                                      ///< fires on after a commit

    static constexpr const char* name = "drawdown";
    struct memory {
        double value = 0.0;   ///< of the account at the last valuation, flow included; 0: there was none
        double peak = 0.0;    ///< highest value, in what the account is by its flows now
        double cash = 0.0;    ///< of the account's own, without the flow, that is expected where nothing is paid
        double flow = 0.0;    ///< told last
        bool active = false;  ///< in a drawdown that has gone beyond the limit and not come back
        bool done = false;    ///< a commit followed
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.value);
            visit(m.peak);
            visit(m.cash);
            visit(m.flow);
            visit(m.active);
            visit(m.done);
        }
    };

    [[nodiscard]] firing check(const look& l, const memory& m) const noexcept {
        const fall now = measure(l, m);
        const bool over = in_drawdown(now, m);
        return {.fired = over && (repeat || !(m.active && m.done)),
                .trigger = name,
                .measure = now.share,
                .threshold = m.active ? way_back() : limit,
                .unit = measure_unit::fall};
    }
    void observe(const look& l, memory& m) const noexcept {
        const fall now = measure(l, m);
        const bool over = in_drawdown(now, m);
        m.done = over && m.active && m.done;
        m.active = over && now.base > 0.0;
        m.peak = now.base > 0.0 ? now.peak * (l.value / now.base) : l.value;
        m.value = l.value;
        m.flow = l.input->account.flow;
        m.cash = l.booked - m.flow;
    }
    void commit(const decision& d, timestamp, memory& m) const noexcept {
        m.done = m.active;
        if (m.value > 0.0 && d.value > 0.0) m.cash = d.cash_after - d.flow;
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(limit >= 0.0 && limit < 1.0)) return {"drawdown.limit", limit, "has to be given: a share at or above 0 and below 1"};
        if (!(rearm >= 0.0)) return {"drawdown.rearm", rearm, "must be a share at or above 0"};
        if (rearm > limit && detail::finite(rearm)) return {"drawdown.rearm", rearm, "must not be above the limit"};
        return {};
    }

private:
    struct fall {
        double base = 0.0;   ///< value without what was paid since the last valuation
        double peak = 0.0;   ///< with this one
        double share = 0.0;  ///< lost of it
    };
    [[nodiscard]] double way_back() const noexcept { return rearm < limit ? rearm : limit; }
    [[nodiscard]] bool in_drawdown(const fall& now, const memory& m) const noexcept {
        return detail::beyond(now.share, m.active ? way_back() : limit);
    }
    [[nodiscard]] static fall measure(const look& l, const memory& m) noexcept {
        if (!(m.value > 0.0)) return {l.value, l.value, 0.0};
        const double flow = l.input->account.flow;
        const double moved = l.booked - flow - m.cash;
        const bool paid = detail::absolute(moved - m.flow) < detail::absolute(moved);
        fall now{.base = l.value - (paid ? flow : flow - m.flow)};
        now.peak = now.base > m.peak ? now.base : m.peak;
        now.share = now.base > 0.0 ? 1.0 - now.base / now.peak : 1.0;
        return now;
    }
};

}  // namespace ballast::inline v0::trigger
