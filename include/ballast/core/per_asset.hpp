/// A policy's parameter: one number for all assets, or one per asset. Owned by the policy.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <utility>
#include <vector>

namespace ballast::inline v0 {

/// One number for every asset, or a list with one number per asset. `band{.absolute = 0.05}` and
/// `band{.absolute = {0.05, 0.02}}` both read as they work. Default: not given. An asset beyond the end of a list has the
/// list's last value only where the list has one entry; `size()` is compared with the number of assets in every look.
class per_asset {
public:
    per_asset() = default;
    per_asset(double all) : all_{all}, given_{true} {}
    per_asset(std::initializer_list<double> each) : each_(each), given_{true} {}
    per_asset(std::vector<double> each) : each_(std::move(each)), given_{true} {}

    [[nodiscard]] bool given() const noexcept { return given_; }
    /// True where one number stands for all assets.
    [[nodiscard]] bool uniform() const noexcept { return each_.empty(); }
    /// Number of entries of a list; 0 where uniform.
    [[nodiscard]] std::size_t size() const noexcept { return each_.size(); }
    [[nodiscard]] double operator[](std::size_t asset) const noexcept { return uniform() ? all_ : each_[asset]; }
    /// True where a look at `assets` assets finds a number for each.
    [[nodiscard]] bool covers(std::size_t assets) const noexcept { return uniform() || each_.size() == assets; }

    /// The first value, if any, for which `bad` is true.
    template <class Predicate>
    [[nodiscard]] const double* find(Predicate bad) const noexcept {
        if (!given_) return nullptr;
        if (uniform()) return bad(all_) ? &all_ : nullptr;
        for (const double& v : each_)
            if (bad(v)) return &v;
        return nullptr;
    }

private:
    double all_ = 0.0;
    std::vector<double> each_{};
    bool given_ = false;
};

}  // namespace ballast::inline v0
