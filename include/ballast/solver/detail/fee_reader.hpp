/// What the fees of orders are paid in.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../core/instruments.hpp"
#include "../../core/look.hpp"
#include "../../core/step.hpp"

namespace ballast::inline v0::detail {

/// Reads the fee assets of a book, and rounds fees as they are counted there.
class fee_reader {
public:
    explicit fee_reader(const look& l) noexcept
        : rules_{l.input->instruments},
          price_{l.price.data()},
          counted_{!l.steps.empty()},
          money_{l.rules->money_step},
          any_{!rules_.fee_asset.empty()},
          rounds_{any_ || !money_.continuous()} {}

    /// Whether any fee may be paid in an asset.
    [[nodiscard]] bool any() const noexcept { return any_; }
    /// Whether orders may cost something else than their model says.
    [[nodiscard]] bool rounds() const noexcept { return rounds_; }
    /// The asset in which orders of this side pay their fees; `no_index`: in the base currency.
    [[nodiscard]] std::uint32_t asset_of(std::size_t i, bool buy) const noexcept {
        const column<std::uint32_t>& c = buy ? rules_.fee_asset.buy : rules_.fee_asset.sell;
        if (c.empty()) return no_index;
        const std::uint32_t j = c[c.size() == 1 ? 0 : i];
        return j == own_asset ? static_cast<std::uint32_t>(i) : j;
    }
    /// Whether the fee is taken from what the order is of.
    [[nodiscard]] bool in_kind(std::size_t i, bool buy) const noexcept { return any_ && asset_of(i, buy) == i; }
    /// Whether the fee is paid in an asset that the order is not of.
    [[nodiscard]] bool elsewhere(std::size_t i, bool buy) const noexcept {
        if (!any_) return false;
        const std::uint32_t j = asset_of(i, buy);
        return j != i && j != no_index;
    }
    /// In what fees paid in asset j are counted.
    [[nodiscard]] decimal_step step_of(std::size_t j) const noexcept { return counted_ ? rule(rules_.step, j) : rule(rules_.fee_step, j); }
    /// Units of asset j that a fee of so much base currency comes to, rounded up.
    [[nodiscard]] double units(std::size_t j, double cost) const noexcept { return round_up(cost / price_[j], step_of(j)); }
    /// What an order of this notional really costs where its model says so much: with what rounding takes, in the fee asset or in the cash.
    [[nodiscard]] double paid(std::size_t i, double notional, double cost) const noexcept {
        const std::uint32_t j = asset_of(i, notional > 0.0);
        if (j != no_index) return step_of(j).continuous() ? cost : units(j, cost) * price_[j];
        return money_.continuous() ? cost : round_up(notional + cost, money_) - notional;
    }

private:
    const instrument_view& rules_;
    const double* price_;
    bool counted_;
    decimal_step money_;
    bool any_;
    bool rounds_;
};

}  // namespace ballast::inline v0::detail
