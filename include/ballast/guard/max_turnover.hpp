/// Not more than so much at a time.
#pragma once

#include "concept.hpp"

namespace ballast::inline v0::guard {

/// Keeps the one-way turnover of a proposal, costs included, at or below `limit`: all trades are made smaller by one common factor, with
/// the reason `why::cut_by_turnover`, and the next call goes on. Rounding to steps may save costs, and with them what is left in cash; so
/// the limit acts already where up to half of the costs are missing to it. Of several such guards the tightest counts; a limit of 0 trades
/// nothing.
struct max_turnover {
    double limit = 1.0;  ///< one-way, share of the portfolio value

    static constexpr const char* name = "max_turnover";
    void narrow(const look&, limits& lim) const noexcept { lim.narrow_turnover(limit); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(limit >= 0.0)) return {"max_turnover.limit", limit, "must be a share at or above 0"};
        return {};
    }
};

}  // namespace ballast::inline v0::guard
