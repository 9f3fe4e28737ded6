// Ticks from a file: `time,asset,price`, in the order of time.
#pragma once

#include <ballast/core/timestamp.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/csv.hpp"

namespace event_loop {

struct tick {
    ballast::timestamp at{};
    std::uint32_t asset = 0;
    double price = 0.0;
};

/// FNV-1a with 64 bits.
class digest {
public:
    digest() noexcept = default;
    explicit digest(std::uint64_t so_far) noexcept : value_{so_far} {}
    void add(std::string_view bytes) noexcept {
        for (const char c : bytes) add_byte(static_cast<unsigned char>(c));
    }
    void add(std::uint64_t number) noexcept {
        for (int i = 0; i < 64; i += 8) add_byte(static_cast<unsigned char>(number >> i));
    }
    [[nodiscard]] std::uint64_t value() const noexcept { return value_; }

private:
    void add_byte(unsigned char byte) noexcept { value_ = (value_ ^ byte) * 1099511628211U; }
    std::uint64_t value_ = 14695981039346656037U;
};

/// Of all ticks up to this one, from that of those before it.
[[nodiscard]] inline std::uint64_t digest_of(const tick& t, std::uint64_t before) noexcept {
    digest d{before};
    d.add(static_cast<std::uint64_t>(t.at.ns));
    d.add(t.asset);
    d.add(std::bit_cast<std::uint64_t>(t.price));
    return d.value();
}
/// Of the first `n`. Two feeds that agree in them may differ later: a file may grow.
[[nodiscard]] inline std::uint64_t digest_of(const std::vector<tick>& ticks, std::size_t n) noexcept {
    std::uint64_t value = digest{}.value();
    for (std::size_t i = 0; i < n; ++i) value = digest_of(ticks[i], value);
    return value;
}

/// Reads the ticks of the named assets; those of others are left out. Returns what is wrong, with file, row and column; empty: nothing is.
[[nodiscard]] inline std::string read_ticks(std::string_view text, const std::string& file, const std::vector<std::string>& assets,
                                            std::vector<tick>& out) {
    out.clear();
    std::size_t row = 1;
    const auto wrong = [&](std::initializer_list<std::string_view> what) {
        return csv::joined({file, ", row ", std::to_string(row), ": ", csv::joined(what)});
    };
    std::vector<std::string_view> fields;
    csv::split(csv::take_line(text), fields);
    if (fields != std::vector<std::string_view>{"time", "asset", "price"}) return wrong({"the header is not time,asset,price"});
    std::vector<bool> seen(assets.size());
    ballast::timestamp last = ballast::timestamp::never();
    while (!text.empty()) {
        ++row;
        const std::string_view line = csv::take_line(text);
        if (line.empty()) continue;
        csv::split(line, fields);
        if (fields.size() != 3) return wrong({"it has ", std::to_string(fields.size()), " fields, not 3"});
        tick t;
        if (!csv::parse_date(fields[0], t.at)) return wrong({"column 1: '", fields[0], "' is not a time (YYYY-MM-DDThh:mm:ssZ)"});
        if (t.at < last) return wrong({"column 1: '", fields[0], "' is before the row above"});
        if (!csv::parse_number(fields[2], t.price) || !(t.price > 0.0) || t.price > 1e300)
            return wrong({"column 3: '", fields[2], "' is not a price above zero"});
        last = t.at;
        for (std::uint32_t i = 0; i < assets.size(); ++i) {
            if (assets[i] != fields[1]) continue;
            t.asset = i;
            seen[i] = true;
            out.push_back(t);
        }
    }
    for (std::size_t i = 0; i < assets.size(); ++i)
        if (!seen[i]) return csv::joined({file, ": no tick of '", assets[i], "'"});
    return {};
}

}  // namespace event_loop
