// A guard of this host's own: the most that may be traded of each asset, for frozen rows and for open orders.
#pragma once

#include <ballast/guard/concept.hpp>

#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace host {

/// Keeps each asset's trade at or below an amount of its own, told with a reason of its own.
struct kept {
    std::vector<double> most{};         ///< base currency; 0: the asset stays as it is
    std::vector<ballast::why> cause{};  ///< told where it counts

    static constexpr const char* name = "kept";

    void narrow(const ballast::look& l, ballast::limits& lim) const noexcept {
        for (std::size_t i = 0; i < l.assets(); ++i) lim.narrow_trade(i, most[i], cause[i]);
    }
    [[nodiscard]] bool covers(std::size_t assets) const noexcept { return most.size() == assets && cause.size() == assets; }
};

}  // namespace host
