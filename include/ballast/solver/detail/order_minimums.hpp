/// The smallest orders that instruments take.
#pragma once

#include <cstddef>

#include "../../core/instruments.hpp"
#include "../../core/reason.hpp"
#include "../../numeric/octet.hpp"

namespace ballast::inline v0::detail {

/// A column of rules read without a branch: one entry for all assets, one per asset, or none.
template <class T>
class rule_reader {
public:
    explicit rule_reader(const column<T>& c) noexcept
        : first_{c.empty() ? reinterpret_cast<const std::byte*>(&none) : reinterpret_cast<const std::byte*>(c.data())},
          stride_{c.size() <= 1 ? 0 : c.stride()} {}
    [[nodiscard]] const T& operator[](std::size_t i) const noexcept { return *reinterpret_cast<const T*>(first_ + i * stride_); }
    [[nodiscard]] bool uniform() const noexcept { return stride_ == 0; }

private:
    static constexpr T none{};
    const std::byte* first_;
    std::size_t stride_;
};

/// The smallest orders that instruments take, as notionals.
class smallest_orders {
public:
    explicit smallest_orders(const instrument_view& rules) noexcept
        : notional_{rules.min_notional},
          quantity_{rules.min_quantity},
          buy_notional_{rules.buy.min_notional},
          buy_quantity_{rules.buy.min_quantity},
          sell_notional_{rules.sell.min_notional},
          sell_quantity_{rules.sell.min_quantity},
          sides_{!rules.buy.min_notional.empty() || !rules.buy.min_quantity.empty() || !rules.sell.min_notional.empty() ||
                 !rules.sell.min_quantity.empty()},
          plain_{!sides_ && rules.min_quantity.empty()},
          any_{!plain_ || !rules.min_notional.empty()} {}

    /// Whether there is any rule.
    [[nodiscard]] bool any() const noexcept { return any_; }
    /// The smallest order of one side.
    [[nodiscard, gnu::always_inline]] double operator()(std::size_t i, bool buy, double price) const noexcept {
        return plain_ ? notional_[i] : of_side(i, buy, price);
    }
    /// Those of a block.
    template <class Lanes>
    [[nodiscard, gnu::always_inline]] octet octet_at(std::size_t first, Lanes lanes) const noexcept {
        return notional_.uniform() ? every(notional_[0]) : gather(lanes, [&](std::size_t l) { return notional_[first + l]; });
    }
    /// False where `octet_at` does not tell all of it.
    [[nodiscard]] bool plain() const noexcept { return plain_; }
    /// Which rule an order of this size is too small for.
    [[nodiscard]] why reason(std::size_t i, bool buy, double price, double size) const noexcept {
        const double quantity = larger_of(quantity_[i], buy ? buy_quantity_[i] : sell_quantity_[i]);
        return size < quantity * price ? why::below_quantity : why::below_minimum;
    }

private:
    [[nodiscard]] static double larger_of(double a, double b) noexcept { return a > b ? a : b; }
    [[nodiscard]] double of_side(std::size_t i, bool buy, double price) const noexcept {
        const double of_both = larger_of(notional_[i], quantity_[i] * price);
        if (!sides_) return of_both;
        return larger_of(of_both, buy ? larger_of(buy_notional_[i], buy_quantity_[i] * price)
                                      : larger_of(sell_notional_[i], sell_quantity_[i] * price));
    }

    rule_reader<double> notional_, quantity_, buy_notional_, buy_quantity_, sell_notional_, sell_quantity_;
    bool sides_;
    bool plain_;
    bool any_;
};

}  // namespace ballast::inline v0::detail
