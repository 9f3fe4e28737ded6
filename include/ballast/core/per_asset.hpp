/// A policy's parameter: one number for all assets, or one per asset. Owned by the policy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <utility>
#include <vector>

namespace ballast::inline v0 {

/// One number for every asset, or a list with one number per asset. `band{.absolute = 0.05}` and `band{.absolute = {0.05, 0.02}}` both read
/// as they work. As in the columns of `instrument_view`, a list of one number stands for all assets: `{0.05}` is 0.05. A list of any other
/// length has to have one number for each asset of a look: `covers` tells, and a decision is rejected where it does not
/// (`fault_code::bad_parameter_count`). Default: not given. A list without numbers is given all the same, and covers a universe without
/// assets alone.
class per_asset {
public:
    per_asset() = default;
    /// The same number for all assets.
    per_asset(double all) noexcept : all_{all}, kind_{kind::number} {}
    /// One number per asset.
    per_asset(std::initializer_list<double> each) : per_asset(std::vector<double>(each)) {}
    /// One number per asset.
    per_asset(std::vector<double> each) : each_(std::move(each)), kind_{kind::list} {
        if (each_.size() != 1) return;
        all_ = each_.front();
        each_.clear();
        kind_ = kind::number;
    }

    /// Whether it was set at all.
    [[nodiscard]] bool given() const noexcept { return kind_ != kind::none; }
    /// True where one number stands for all assets, or none was given.
    [[nodiscard]] bool uniform() const noexcept { return kind_ != kind::list; }
    /// Number of entries of a list; 0 where uniform.
    [[nodiscard]] std::size_t size() const noexcept { return each_.size(); }
    /// The number of an asset, 0 where none was given. `asset` has to be covered.
    [[nodiscard]] double operator[](std::size_t asset) const noexcept { return uniform() ? all_ : each_[asset]; }
    /// Asset i's number is at `first()[i * stride()]`: for loops that should not ask at every asset which of the two it is.
    [[nodiscard]] const double* first() const noexcept { return uniform() ? &all_ : each_.data(); }
    /// From one asset to the next, for `first()`: 0 or 1.
    [[nodiscard]] std::size_t stride() const noexcept { return uniform() ? 0 : 1; }
    /// True where a look at `assets` assets finds a number for each.
    [[nodiscard]] bool covers(std::size_t assets) const noexcept { return uniform() || each_.size() == assets; }

    /// The first value, if any, for which `bad` is true. What was not given has none.
    template <class Predicate>
    [[nodiscard]] const double* find(Predicate bad) const noexcept {
        if (kind_ == kind::number) return bad(all_) ? &all_ : nullptr;
        for (const double& v : each_)
            if (bad(v)) return &v;
        return nullptr;
    }

private:
    enum class kind : std::uint8_t { none, number, list };

    double all_ = 0.0;
    std::vector<double> each_{};
    kind kind_ = kind::none;
};

}  // namespace ballast::inline v0
