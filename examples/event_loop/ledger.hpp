// What the host itself knows of its account, as text: what is held, what has been sent, how far it has listened.
#pragma once

#include <ballast/core/apply.hpp>
#include <ballast/core/order.hpp>

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "event.hpp"
#include "support/csv.hpp"

namespace event_loop {

enum class order_state : std::uint8_t {
    waiting,    ///< a buy, until the sells that pay for it are filled; the broker has not heard of it
    sending,    ///< written down before it is sent: the broker may have it or not
    working,    ///< the broker has accepted it
    filled,     ///< in full
    rejected,   ///< by the broker
    cancelled,  ///< by the host, as it took too long; a part may be filled
    dropped,    ///< never sent, as the sells did not come to what it needed
};
inline constexpr const char* order_states[] = {"waiting", "sending", "working", "filled", "rejected", "cancelled", "dropped"};

/// An order of the newest decision.
struct sent_order {
    ballast::order what{};
    order_state state = order_state::waiting;
    ballast::timestamp since{};  ///< when it was to be sent
    std::uint64_t seen = 0;      ///< how many of its events have been booked
    double filled = 0.0;
    bool cancel = false;  ///< the broker is to take it back

    // Of this run of the program alone:
    bool sent = false;
    bool cancel_sent = false;

    [[nodiscard]] bool open() const noexcept { return state <= order_state::working; }
};

struct ledger {
    std::uint64_t events = 0;  ///< so far
    ballast::timestamp now = ballast::timestamp::never();
    ballast::timestamp next_timer{};
    std::uint64_t ticks = 0;     ///< how many have been seen,
    std::uint64_t digest = 0;    ///< and which
    std::uint64_t decision = 0;  ///< number of the newest one that led to orders
    ballast::timestamp decided{};
    double fees = 0.0;  ///< so far
    ballast::holdings account{};
    std::vector<std::string> symbols{};
    std::vector<double> price{};              ///< per asset; 0 before its first tick
    std::vector<ballast::timestamp> as_of{};  ///< when it was quoted
    std::vector<sent_order> orders{};         ///< of the newest decision

    [[nodiscard]] bool orders_open() const noexcept {
        for (const sent_order& o : orders)
            if (o.open()) return true;
        return false;
    }
};

namespace detail {
/// Writes "name a b c\n".
class record {
public:
    explicit record(std::string& out, std::string_view name) : out_{out} { out_ += name; }
    record(const record&) = delete;
    record& operator=(const record&) = delete;
    ~record() { out_ += '\n'; }
    record& text(std::string_view field) {
        out_ += ' ';
        out_ += field;
        return *this;
    }
    template <class Integer>
    record& whole(Integer n) {
        return text(std::to_string(n));
    }
    record& time(ballast::timestamp t) { return whole(t.ns); }
    /// So many digits that the same double is read.
    record& number(double x) {
        char digits[40];
        std::snprintf(digits, sizeof digits, "%.17g", x);
        return text(digits);
    }

private:
    std::string& out_;
};

/// Reads it. Once a field is not what it should be all others are left as they are.
class fields {
public:
    explicit fields(std::string_view line) { csv::split(line, fields_, ' '); }
    [[nodiscard]] std::string_view name() const { return fields_[0]; }
    [[nodiscard]] bool good() const noexcept { return good_ && at_ == fields_.size(); }
    fields& text(std::string& out) {
        if (check(at_ < fields_.size())) out = fields_[at_++];
        return *this;
    }
    template <class Integer>
    fields& whole(Integer& out) {
        if (!check(at_ < fields_.size())) return *this;
        const std::string_view f = fields_[at_++];
        const auto [end, error] = std::from_chars(f.data(), f.data() + f.size(), out);
        check(error == std::errc{} && end == f.data() + f.size());
        return *this;
    }
    fields& time(ballast::timestamp& out) { return whole(out.ns); }
    fields& number(double& out) {
        if (check(at_ < fields_.size())) check(csv::parse_number(fields_[at_++], out));
        return *this;
    }

private:
    bool check(bool good) noexcept { return good_ = good_ && good; }
    std::vector<std::string_view> fields_{};
    std::size_t at_ = 1;
    bool good_ = true;
};
}  // namespace detail

[[nodiscard]] inline std::string write(const ledger& l) {
    using detail::record;
    std::string out;
    record{out, "event_loop_ledger"}.whole(1);
    record{out, "events"}.whole(l.events).time(l.now).time(l.next_timer).whole(l.ticks).whole(l.digest);
    record{out, "account"}.number(l.account.cash).number(l.fees);
    for (std::size_t i = 0; i < l.symbols.size(); ++i)
        record{out, "asset"}.text(l.symbols[i]).number(l.account.quantity[i]).number(l.price[i]).time(l.as_of[i]);
    record{out, "decision"}.whole(l.decision).time(l.decided);
    for (const sent_order& o : l.orders)
        record{out, "order"}
            .text(order_states[static_cast<std::size_t>(o.state)])
            .whole(o.what.asset)
            .number(o.what.quantity)
            .whole(o.what.step.mantissa())
            .whole(o.what.step.exponent())
            .number(o.what.price)
            .number(o.what.limit_price)
            .time(o.since)
            .whole(o.seen)
            .number(o.filled)
            .whole(o.cancel ? 1 : 0);
    return out;
}

/// False where the text is none of `write`'s.
[[nodiscard]] inline bool read(std::string_view text, ledger& out) {
    const std::string_view whole = text;
    ledger l;
    int version = 0;
    if (detail::fields head{csv::take_line(text)}; head.name() != "event_loop_ledger" || !head.whole(version).good() || version != 1)
        return false;
    while (!text.empty()) {
        detail::fields f{csv::take_line(text)};
        if (f.name() == "events") {
            f.whole(l.events).time(l.now).time(l.next_timer).whole(l.ticks).whole(l.digest);
        } else if (f.name() == "account") {
            f.number(l.account.cash).number(l.fees);
        } else if (f.name() == "asset") {
            f.text(l.symbols.emplace_back()).number(l.account.quantity.emplace_back()).number(l.price.emplace_back());
            f.time(l.as_of.emplace_back());
        } else if (f.name() == "decision") {
            f.whole(l.decision).time(l.decided);
        } else if (f.name() == "order") {
            sent_order& o = l.orders.emplace_back();
            std::string state;
            std::int64_t mantissa = 0;
            int exponent = 0, cancel = 0;
            f.text(state).whole(o.what.asset).number(o.what.quantity).whole(mantissa).whole(exponent).number(o.what.price);
            f.number(o.what.limit_price).time(o.since).whole(o.seen).number(o.filled).whole(cancel);
            while (o.state < order_state::dropped && state != order_states[static_cast<std::size_t>(o.state)])
                o.state = static_cast<order_state>(static_cast<int>(o.state) + 1);
            o.cancel = cancel != 0;
            o.what.row = o.what.asset;
            o.what.step = {mantissa, exponent};
            o.what.steps = ballast::steps_toward_zero(o.what.quantity, o.what.step).steps;
        } else {
            return false;
        }
        if (!f.good()) return false;
    }
    if (write(l) != whole) return false;
    out = std::move(l);
    return true;
}

}  // namespace event_loop
