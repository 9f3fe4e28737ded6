/// The trades of all assets while they are settled.
#pragma once

#include <cstddef>

#include "../../numeric/octet.hpp"
#include "../../numeric/sum.hpp"
#include "../../solver/detail/rounding.hpp"
#include "../concept.hpp"

namespace ballast::inline v0::detail {

/// What all trades together come to.
struct trade_totals {
    double spent = 0.0;  ///< notionals and costs, buys positive
    double cost = 0.0;
    double gross = 0.0;  ///< Σ|notional|
};

/// The trades of all assets, column by column.
class trade_columns {
public:
    trade_columns(sizing_scratch& m, std::size_t assets) noexcept
        : quantity_{m.quantity.data()},
          notional_{m.notional.data()},
          cost_{m.cost.data()},
          steps_{m.steps.data()},
          cut_{m.cut.data()},
          assets_{assets} {}

    [[nodiscard]] std::size_t assets() const noexcept { return assets_; }
    [[nodiscard]] double quantity(std::size_t i) const noexcept { return quantity_[i]; }
    [[nodiscard]] double notional(std::size_t i) const noexcept { return notional_[i]; }
    template <class Lanes>
    [[nodiscard, gnu::always_inline]] octet notionals(std::size_t i, Lanes lanes) const noexcept {
        return load(notional_ + i, lanes, 0.0);
    }
    [[nodiscard]] double cost(std::size_t i) const noexcept { return cost_[i]; }
    [[nodiscard]] int128 steps(std::size_t i) const noexcept { return steps_[i]; }
    /// What made it smaller than wanted; in the end its reason.
    [[nodiscard]] why cut(std::size_t i) const noexcept { return cut_[i]; }
    [[nodiscard]] sized_trade operator[](std::size_t i) const noexcept {
        return {.steps = steps_[i], .quantity = quantity_[i], .notional = notional_[i], .cost = cost_[i], .cut = cut_[i]};
    }
    void set(std::size_t i, const sized_trade& t) noexcept {
        steps_[i] = t.steps;
        quantity_[i] = t.quantity;
        notional_[i] = t.notional;
        cost_[i] = t.cost;
        cut_[i] = t.cut;
    }
    void clear(std::size_t i) noexcept { set(i, {}); }
    /// Rounds the trades of a block at once. False where they have to be taken one by one.
    template <class Lanes, class Round>
    [[gnu::always_inline]] bool set_octet(std::size_t i, const octet& x, Lanes lanes, const Round& round) noexcept {
        rounded_octet t;
        if (!round.octet_at(i, x, lanes, t)) return false;
        store(quantity_ + i, t.quantity, lanes);
        store(notional_ + i, t.notional, lanes);
        store(cost_ + i, t.cost, lanes);
        double count[8], short_of[8];
        store(count, t.count);
        store(short_of, t.short_of);
        for (std::size_t l = 0; l < lanes.count; ++l) steps_[i + l] = static_cast<std::int64_t>(count[l]);
        for (std::size_t l = 0; l < lanes.count; ++l) cut_[i + l] = short_of[l] > 0.0 ? why::cut_to_step : why::full;
        return true;
    }
    void name(std::size_t i, why cut) noexcept { cut_[i] = cut; }

    [[nodiscard]] double total_cost() const noexcept {
        octet sum = every(0.0);
        for_each_octet(assets_, [&](std::size_t i, auto lanes) { sum = sum + load(cost_ + i, lanes, 0.0); });
        return sum_of(sum);
    }
    /// Exact sums. O(n).
    [[nodiscard]] trade_totals totals() const noexcept {
        exact_octet spent, cost;
        octet gross = every(0.0);
        for_each_octet(
            assets_, [&](std::size_t i, auto lanes) __attribute__((always_inline)) {
                const octet x = load(notional_ + i, lanes, 0.0);
                const octet c = load(cost_ + i, lanes, 0.0);
                spent.add(x);
                spent.add(c);
                cost.add(c);
                gross = gross + absolute(x);
            });
        return {spent.value(), cost.value(), sum_of(gross)};
    }

private:
    double* quantity_;
    double* notional_;
    double* cost_;
    int128* steps_;
    why* cut_;
    std::size_t assets_;
};

}  // namespace ballast::inline v0::detail
