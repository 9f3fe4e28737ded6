/// What is done where the cash does not reach for all buys.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "rounding.hpp"

namespace ballast::inline v0::detail {

/// Makes buys smaller by one common factor, the largest at which they can be paid for; then gives what is left over, by whole steps, to those that
/// are furthest short.
template <class View, class LimitPrice>
class shortfall {
public:
    /// `limit_price(i)`: the worst price at which a buy of asset i may fill.
    shortfall(const rounder& round, const View& view, std::vector<sized_trade>& trades, std::span<std::uint32_t> buys,
              LimitPrice limit_price) noexcept
        : round_{round},
          view_{view},
          trades_{trades},
          buys_{buys},
          limit_price_{limit_price} {}

    /// `available`: cash above the reserve after all sells at their limits; `gross`: the size of the amounts that it came from.
    [[nodiscard]] fault fit(double available, double gross, solution& s) noexcept {
        const double noise = gross * (1.0 / 70368744177664.0);  // 2^-46: what doubles can not tell from zero
        if (need() <= available + noise) return {};
        double low = 0.0;
        double high = 1.0;
        for (int i = 0; i < 60 && high - low > snap; ++i) {
            const double middle = low + 0.5 * (high - low);
            scale_to(middle);
            (need() <= available ? low : high) = middle;
        }
        scale_to(low);
        // The rest, one buy after the other, the furthest short first.
        double left = available - need();
        for (std::size_t served = 0; served < buys_.size() && left > 0.0; ++served) {
            std::size_t best = buys_.size();
            double most = 0.0;
            for (std::size_t k = served; k < buys_.size(); ++k) {
                const sized_trade& t = trades_[buys_[k]];
                if (t.wanted - t.notional > most) {
                    most = t.wanted - t.notional;
                    best = k;
                }
            }
            if (best == buys_.size()) break;
            const std::uint32_t chosen = buys_[best];
            buys_[best] = buys_[served];
            buys_[served] = chosen;
            left -= top_up(chosen, left);
        }
        for (const auto i : buys_) {
            const sized_trade& t = trades_[i];
            const sized_trade full = round_.exactly(view_, i, t.wanted);
            if (t.quantity >= full.quantity) continue;
            s.cause[i] = t.quantity > 0.0 ? why::cut_by_cash : why::no_cash;
        }
        return {};
    }

private:
    [[nodiscard]] double price_of(const sized_trade& t, std::uint32_t i) const noexcept {
        if (t.quantity == 0.0) return 0.0;
        const double at_limit = t.quantity * limit_price_(i);
        return at_limit + view_.cost(i, at_limit);
    }
    [[nodiscard]] double need() const noexcept {
        exact_sum sum;
        for (const auto i : buys_) sum.add(price_of(trades_[i], i));
        return sum.value();
    }
    void scale_to(double factor) noexcept {
        for (const auto i : buys_) {
            const double wanted = trades_[i].wanted;
            trades_[i] = round_.exactly(view_, i, factor * wanted);
            trades_[i].wanted = wanted;
        }
    }
    /// Raises one buy as far as `left` pays for; returns what that takes.
    double top_up(std::uint32_t i, double left) noexcept {
        sized_trade& t = trades_[i];
        const double before = price_of(t, i);
        const double wanted = t.wanted;
        double low = t.notional;
        double high = wanted;
        const auto fits = [&](double x) {
            const sized_trade more = round_.exactly(view_, i, x);
            return price_of(more, i) - before <= left;
        };
        if (!fits(high)) {
            for (int k = 0; k < 60 && high - low > snap * wanted; ++k) {
                const double middle = low + 0.5 * (high - low);
                (fits(middle) ? low : high) = middle;
            }
        } else {
            low = high;
        }
        sized_trade more = round_.exactly(view_, i, low);
        more.wanted = wanted;
        if (more.quantity <= t.quantity) return 0.0;
        t = more;
        return price_of(t, i) - before;
    }

    const rounder& round_;
    const View& view_;
    std::vector<sized_trade>& trades_;
    std::span<std::uint32_t> buys_;
    LimitPrice limit_price_;
};

}  // namespace ballast::inline v0::detail
