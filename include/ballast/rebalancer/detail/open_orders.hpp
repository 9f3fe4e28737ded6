/// Orders that are on their way: the account as it will be once they are filled, and which of them are in the way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "../../core/apply.hpp"
#include "../../core/decision.hpp"
#include "../../core/fault.hpp"
#include "../../core/inputs.hpp"
#include "../../core/limits.hpp"
#include "../../core/look.hpp"
#include "../../core/step.hpp"
#include "../../numeric/sum.hpp"
#include "instrument_rules.hpp"

namespace ballast::inline v0::detail {

/// What open orders will do to the cash.
struct open_cash {
    exact_sum filled{};   ///< when all of them fill at the reference prices
    exact_sum at_hand{};  ///< as far as it may be gone at once: buys at their limits, nothing of what sales bring
};

/// The row that an open order belongs to: `no_index` where its asset has none yet, `rows` where it fits none.
[[nodiscard]] inline std::size_t row_of(const account_view& a, const open_order& o, std::size_t assets, std::size_t rows) noexcept {
    if (o.asset >= assets) return rows;
    if (a.asset_of_row.empty()) return o.row == no_index || o.row == o.asset ? o.asset : rows;
    if (o.row == no_index) return no_index;
    return o.row < rows && a.asset_of_row[o.row] == o.asset ? o.row : rows;
}

/// Books the open orders into the rows as if they were filled. Those of assets without a row are left to `unheld_position`. `price` is what
/// one unit of quantity is worth. O(open orders).
[[nodiscard]] inline fault book_open_orders(const inputs& in, const double* price, bool allow_short, std::span<double> quantity,
                                            std::span<int128> steps, open_cash& cash) noexcept {
    const account_view& a = in.account;
    const auto& multiplier = in.instruments.multiplier;
    const bool stepped = fits_rule(in.instruments.step, in.market.price.size());  // if not, that is told before anything is traded
    for (std::size_t k = 0; k < a.open.size(); ++k) {
        const open_order& o = a.open[k];
        const fault bad{fault_code::bad_open_order, static_cast<std::uint32_t>(k), o.quantity};
        const std::size_t row = row_of(a, o, in.market.price.size(), quantity.size());
        if (row == quantity.size() || !finite(o.quantity) || !finite(o.limit_price) || o.limit_price < 0.0 || !finite(o.cost)) return bad;
        if (row == no_index) {
            if (o.quantity < 0.0) return bad;
        } else if (steps.empty()) {
            // On the grid of the steps, where there is one: what is left of two large numbers would be off by more than a small one may be.
            const double after = add_quantity(quantity[row], o.quantity, stepped ? rule(in.instruments.step, o.asset) : decimal_step{});
            if (o.quantity < 0.0 && after < 0.0 && !allow_short && -after > absolute(o.quantity) * snap) return bad;
            quantity[row] = after < 0.0 && !allow_short && quantity[row] >= 0.0 ? 0.0 : after;
        } else {
            steps[row] += o.steps;
            if (o.steps < 0 && steps[row] < 0 && !allow_short) return bad;
            quantity[row] = quantity_of(steps[row], rule(in.instruments.step, o.asset));
        }
        const double worth = price[o.asset];
        const double limit = o.limit_price * (multiplier.empty() ? 1.0 : rule(multiplier, o.asset));
        cash.filled.add(-o.quantity * worth);
        cash.filled.add(-o.cost);
        if (o.quantity > 0.0) cash.at_hand.add(-o.quantity * (limit > worth ? limit : worth));
        cash.at_hand.add(-o.cost);
    }
    return {};
}

/// f(asset, units) for every open buy of an asset that has no row yet.
template <class F>
void for_each_unheld(const account_view& a, F&& f) noexcept {
    if (a.asset_of_row.empty()) return;
    for (std::size_t k = 0; k < a.open.size(); ++k)
        if (a.open[k].row == no_index) f(a.open[k].asset, a.open[k].quantity);
}

/// While an order is open its asset is traded further on its side, and not on the other.
inline void narrow_to_open_orders(const look& l, limits& lim) noexcept {
    const auto& open = l.input->account.open;
    for (std::size_t k = 0; k < open.size(); ++k) {
        const open_order& o = open[k];
        if (o.quantity > 0.0) lim.narrow_sell(o.asset, 0.0, why::open_order);
        if (o.quantity < 0.0) lim.narrow_buy(o.asset, 0.0, why::open_order);
    }
}

/// Cancels, the newest first, the open orders without which an asset would be nearer to where it should be than with them. `excess`: memory
/// for one number per asset. O(assets + open orders).
inline void choose_cancels(const look& l, std::span<double> excess, decision& d) noexcept {
    const auto& open = l.input->account.open;
    if (open.empty()) return;
    for (double& x : excess) x = 0.0;
    for (const reason& r : d.reasons)
        if (r.code == why::open_order) excess[r.asset] = r.missing();
    for (std::size_t k = open.size(); k-- > 0;) {
        const open_order& o = open[k];
        const double x = o.quantity * l.price[o.asset];
        double& off = excess[o.asset];
        if (!(x * off < 0.0) || absolute(x) >= 2.0 * absolute(off)) continue;
        d.cancels.push_back(static_cast<std::uint32_t>(k));
        off += x;
    }
    for (std::size_t first = 0, last = d.cancels.size(); first + 1 < last; ++first) {  // ascending
        const std::uint32_t k = d.cancels[--last];
        d.cancels[last] = d.cancels[first];
        d.cancels[first] = k;
    }
}

}  // namespace ballast::inline v0::detail
