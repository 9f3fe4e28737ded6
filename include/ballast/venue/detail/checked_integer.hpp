/// Arithmetic that ends where a contract's would.
#pragma once

#include <cstdint>

#include "../../numeric/wide_uint.hpp"

namespace ballast::inline v0::detail {

/// An unsigned number of 256 bits that remembers whether anything on its way had no value: a sum or product too large, a difference below 0,
/// a quotient by 0. From then on it stays without.
class checked_integer {
public:
    constexpr checked_integer() noexcept = default;
    constexpr checked_integer(const uint256& n) noexcept : n_{n} {}
    constexpr checked_integer(std::uint64_t n) noexcept : n_{n} {}

    /// Of use where `valid`.
    [[nodiscard]] constexpr const uint256& value() const noexcept { return n_; }
    [[nodiscard]] constexpr bool valid() const noexcept { return valid_; }

    [[nodiscard]] friend constexpr checked_integer operator+(const checked_integer& a, const checked_integer& b) noexcept {
        checked_integer c;
        c.valid_ = checked_add(a.n_, b.n_, c.n_) && a.valid_ && b.valid_;
        return c;
    }
    [[nodiscard]] friend constexpr checked_integer operator-(const checked_integer& a, const checked_integer& b) noexcept {
        checked_integer c;
        c.valid_ = checked_subtract(a.n_, b.n_, c.n_) && a.valid_ && b.valid_;
        return c;
    }
    [[nodiscard]] friend constexpr checked_integer operator*(const checked_integer& a, const checked_integer& b) noexcept {
        checked_integer c;
        c.valid_ = checked_multiply(a.n_, b.n_, c.n_) && a.valid_ && b.valid_;
        return c;
    }
    /// Rounded down.
    [[nodiscard]] friend constexpr checked_integer operator/(const checked_integer& a, const checked_integer& b) noexcept {
        checked_integer c;
        c.n_ = a.n_ / b.n_;
        c.valid_ = b.n_ && a.valid_ && b.valid_;
        return c;
    }
    /// Rounded up.
    [[nodiscard]] friend constexpr checked_integer quotient_up(const checked_integer& a, const checked_integer& b) noexcept {
        const auto d = divide(a.n_, b.n_);
        checked_integer c;
        c.n_ = d.remainder ? d.quotient + uint256{1} : d.quotient;
        c.valid_ = b.n_ && a.valid_ && b.valid_;
        return c;
    }
    /// Whether they are 1 apart at the most.
    [[nodiscard]] friend constexpr bool adjacent(const checked_integer& a, const checked_integer& b) noexcept {
        return (a.n_ > b.n_ ? a.n_ - b.n_ : b.n_ - a.n_) <= uint256{1};
    }

private:
    uint256 n_{};
    bool valid_ = true;
};

}  // namespace ballast::inline v0::detail
