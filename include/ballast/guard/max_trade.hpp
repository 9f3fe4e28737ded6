/// No single trade larger than so much.
#pragma once

#include "../core/per_asset.hpp"
#include "concept.hpp"

namespace ballast::inline v0::guard {

/// Keeps the notional of every asset's trade, all its rows together, at or below a share of the portfolio value, an amount, or the smaller
/// of both, with the reason `why::cut_by_trade_limit`; the next call goes on. What one asset can not move the others do not move either
/// where the book would be left over- or under-invested. An infinite limit is none, one of 0 keeps the asset as it is.
struct max_trade {
    per_asset share{};   ///< of the portfolio value
    per_asset amount{};  ///< base currency

    static constexpr const char* name = "max_trade";
    void narrow(const look& l, limits& lim) const noexcept {
        for (std::size_t i = 0; i < l.assets(); ++i) {
            if (share.given()) lim.narrow_trade(i, share[i] * l.value, why::cut_by_trade_limit);
            if (amount.given()) lim.narrow_trade(i, amount[i], why::cut_by_trade_limit);
        }
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return share.covers(n) && amount.covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        const auto bad = [](double x) { return !(x >= 0.0); };
        if (!share.given() && !amount.given()) return {"max_trade.share", 0.0, "a share or an amount has to be given"};
        if (const double* v = share.find(bad)) return {"max_trade.share", *v, "must be a share at or above 0"};
        if (const double* v = amount.find(bad)) return {"max_trade.amount", *v, "must be an amount at or above 0"};
        return {};
    }
};

}  // namespace ballast::inline v0::guard
