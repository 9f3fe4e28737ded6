// Whole numbers of any size at or above zero, for checking in exact arithmetic what the library does in doubles and in 128 bits. Schoolbook and
// slow, and a method of its own: a list of 32-bit digits.
#pragma once

#include <cmath>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ballast_test {

class whole_number {
public:
    whole_number() = default;
    whole_number(std::uint64_t n) {
        for (; n != 0; n >>= 32) digits_.push_back(static_cast<std::uint32_t>(n));
    }

    friend whole_number operator+(const whole_number& a, const whole_number& b) {
        whole_number sum;
        std::uint64_t carry = 0;
        for (std::size_t i = 0; i < a.digits_.size() || i < b.digits_.size() || carry != 0; ++i) {
            carry += std::uint64_t{a.digit(i)} + b.digit(i);
            sum.digits_.push_back(static_cast<std::uint32_t>(carry));
            carry >>= 32;
        }
        return sum.trimmed();
    }
    // a >= b
    friend whole_number operator-(const whole_number& a, const whole_number& b) {
        whole_number difference;
        std::int64_t borrow = 0;
        for (std::size_t i = 0; i < a.digits_.size(); ++i) {
            std::int64_t d = std::int64_t{a.digit(i)} - b.digit(i) - borrow;
            borrow = d < 0 ? 1 : 0;
            if (d < 0) d += std::int64_t{1} << 32;
            difference.digits_.push_back(static_cast<std::uint32_t>(d));
        }
        return difference.trimmed();
    }
    friend whole_number operator*(const whole_number& a, const whole_number& b) {
        whole_number product;
        for (std::size_t i = 0; i < a.digits_.size(); ++i) {
            whole_number row;
            row.digits_.assign(i, 0);
            std::uint64_t carry = 0;
            for (const std::uint32_t d : b.digits_) {
                carry += std::uint64_t{a.digits_[i]} * d;
                row.digits_.push_back(static_cast<std::uint32_t>(carry));
                carry >>= 32;
            }
            row.digits_.push_back(static_cast<std::uint32_t>(carry));
            product = product + row.trimmed();
        }
        return product;
    }
    friend std::strong_ordering operator<=>(const whole_number& a, const whole_number& b) {
        if (a.digits_.size() != b.digits_.size()) return a.digits_.size() <=> b.digits_.size();
        for (std::size_t i = a.digits_.size(); i-- > 0;)
            if (a.digits_[i] != b.digits_[i]) return a.digits_[i] <=> b.digits_[i];
        return std::strong_ordering::equal;
    }
    friend bool operator==(const whole_number& a, const whole_number& b) { return a.digits_ == b.digits_; }

    // Nearest double but for the last bits; infinite where too large.
    double rough() const {
        double x = 0.0;
        for (std::size_t i = digits_.size(); i-- > 0;) x = x * 4294967296.0 + digits_[i];
        return x;
    }

    // n · 2^places
    friend whole_number operator<<(const whole_number& n, int places) {
        whole_number up;
        up.digits_.assign(static_cast<std::size_t>(places / 32), 0);
        up.digits_.insert(up.digits_.end(), n.digits_.begin(), n.digits_.end());
        return up.trimmed() * whole_number{std::uint64_t{1} << (places % 32)};
    }

    // How many bits up to the highest that is set, and one of them.
    std::size_t bits() const {
        std::size_t n = 32 * digits_.size();
        while (n > 0 && !bit(n - 1)) --n;
        return n;
    }
    bool bit(std::size_t i) const { return (digit(i / 32) >> (i % 32) & 1) != 0; }

    // Quotient and remainder, bit by bit. d > 0
    struct division;
    friend division divided(const whole_number& n, const whole_number& d);

    static whole_number power(std::uint64_t base, int exponent) {
        whole_number p = 1;
        for (int i = 0; i < exponent; ++i) p = p * base;
        return p;
    }

private:
    std::uint32_t digit(std::size_t i) const { return i < digits_.size() ? digits_[i] : 0; }
    whole_number& trimmed() {
        while (!digits_.empty() && digits_.back() == 0) digits_.pop_back();
        return *this;
    }

    std::vector<std::uint32_t> digits_{};  // the smallest first, no zeros at the end
};

struct whole_number::division {
    whole_number quotient, remainder;
};

inline whole_number::division divided(const whole_number& n, const whole_number& d) {
    whole_number::division r;
    r.quotient.digits_.assign(n.digits_.size(), 0);
    auto& rest = r.remainder.digits_;
    for (std::size_t i = n.bits(); i-- > 0;) {
        std::uint32_t in = n.bit(i) ? 1 : 0;
        for (std::uint32_t& digit : rest) {
            const std::uint32_t over = digit >> 31;
            digit = (digit << 1) | in;
            in = over;
        }
        if (in != 0) rest.push_back(in);
        if (r.remainder < d) continue;
        std::int64_t borrow = 0;
        for (std::size_t k = 0; k < rest.size(); ++k) {
            const std::int64_t difference = std::int64_t{rest[k]} - d.digit(k) - borrow;
            borrow = difference < 0 ? 1 : 0;
            rest[k] = static_cast<std::uint32_t>(difference + (borrow << 32));
        }
        r.remainder.trimmed();
        r.quotient.digits_[i / 32] |= std::uint32_t{1} << (i % 32);
    }
    r.quotient.trimmed();
    return r;
}

inline whole_number distance(const whole_number& a, const whole_number& b) { return a < b ? b - a : a - b; }

// |x| · 2^1074, which is whole for every finite double.
inline whole_number scaled_up(double x) {
    int e = 0;
    const double m = std::frexp(std::fabs(x), &e);  // in [0.5, 1)
    if (m == 0.0) return {};
    const auto bits = static_cast<std::uint64_t>(std::ldexp(m, 53));
    const int shift = e - 53 + 1074;
    if (shift < 0) return whole_number{bits >> -shift};  // subnormal: these bits are zero
    return whole_number{bits} << shift;
}

}  // namespace ballast_test
