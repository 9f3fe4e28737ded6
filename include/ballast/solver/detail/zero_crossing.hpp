/// Trades through zero at venues that take no order through it: one order closes the position, another opens the other side.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "../../core/instruments.hpp"
#include "../../core/step.hpp"
#include "order_minimums.hpp"

namespace ballast::inline v0::detail {

/// The orders of a trade that turns a position around.
struct trade_parts {
    int128 close_steps = 0;
    double close = 0.0;  ///< units, signed
    int128 open_steps = 0;
    double open = 0.0;
    bool closes = true;  ///< false: what is held is no whole number of steps, so that zero is out of reach
};

/// Which trades have to be sent as two orders, and which two.
class zero_crossings {
public:
    /// `held_steps`: per row, empty where the host does not count.
    zero_crossings(const instrument_view& rules, std::span<const int128> held_steps) noexcept
        : rule_{rules.crossing},
          step_{rules.step},
          held_steps_{held_steps},
          any_{!rules.crossing.empty()} {}

    /// Whether any asset has the rule.
    [[nodiscard]] bool any() const noexcept { return any_; }
    [[nodiscard]] bool has_rule(std::size_t i) const noexcept { return any_ && rule_[i] == zero_crossing::close_first; }
    /// Whether asset i's trade of this quantity has to be two orders in a row that holds so much.
    [[nodiscard]] bool splits(std::size_t i, double held, double quantity) const noexcept {
        if (!has_rule(i) || held == 0.0 || (held > 0.0) == (quantity > 0.0)) return false;
        return absolute(quantity) > absolute(held) * (1.0 + snap);
    }
    /// The two of them.
    [[nodiscard]] trade_parts parts(std::size_t i, std::size_t row, double held, int128 steps, double quantity) const noexcept {
        const decimal_step& step = step_[i];
        if (step.continuous()) return {.close = -held, .open = quantity + held};
        const int128 count = held_steps_.empty() ? whole_steps(held, step) : held_steps_[row];
        const double close = -quantity_of(count, step);
        return {.close_steps = -count,
                .close = close,
                .open_steps = steps + count,
                .open = quantity_of(steps + count, step),
                .closes = absolute(close + held) <= absolute(held) * snap};
    }

private:
    /// Toward zero; what just misses a step counts as it.
    [[nodiscard]] static int128 whole_steps(double held, const decimal_step& step) noexcept {
        const double size = absolute(held);
        int128 count = steps_toward_zero(size, step).steps;
        if (quantity_of(count, step) - size > size * snap) --count;
        return held < 0.0 ? -count : count;
    }

    rule_reader<zero_crossing> rule_;
    rule_reader<decimal_step> step_;
    std::span<const int128> held_steps_;
    bool any_;
};

}  // namespace ballast::inline v0::detail
