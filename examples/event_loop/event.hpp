// What happens to a host, in one queue ordered by time, whoever it comes from.
#pragma once

#include <ballast/core/timestamp.hpp>

#include <compare>
#include <cstdint>
#include <set>
#include <string>
#include <tuple>

namespace event_loop {

/// The client order id: the order's place in a decision, and the decision's number. A decision that is made again after a restart, from the
/// same states and prices, gives the same ids; a broker that knows an id ignores what is sent under it.
struct order_id {
    std::uint64_t decision = 0;
    std::uint32_t index = 0;

    friend auto operator<=>(const order_id&, const order_id&) noexcept = default;
};
[[nodiscard]] inline std::string to_string(order_id id) { return std::to_string(id.decision) + "-" + std::to_string(id.index); }

enum class event_kind : std::uint8_t { accepted, rejected, partly_filled, filled, cancelled, tick, timer };

struct event {
    ballast::timestamp at{};
    event_kind kind = event_kind::timer;
    order_id id{};             ///< of the broker's events
    std::uint64_t number = 0;  ///< which tick; which of the order's events
    double quantity = 0.0;     ///< of a fill; negative: sold
    double price = 0.0;
    double cost = 0.0;
};

[[nodiscard]] constexpr bool from_broker(event_kind k) noexcept { return k < event_kind::tick; }

/// At the same time the broker's news come before ticks, and timers last: who decides then knows all.
struct earlier {
    [[nodiscard]] bool operator()(const event& a, const event& b) const noexcept { return key(a) < key(b); }

private:
    [[nodiscard]] static std::tuple<ballast::timestamp, int, order_id, std::uint64_t> key(const event& e) noexcept {
        return {e.at, e.kind == event_kind::timer ? 2 : e.kind == event_kind::tick ? 1 : 0, e.id, e.number};
    }
};
using event_queue = std::set<event, earlier>;

}  // namespace event_loop
