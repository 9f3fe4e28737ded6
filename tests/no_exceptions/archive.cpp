// Saving into room that the host has, and loading, allocate nothing; neither throws.
#include <ballast/core/archive.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/calendar.hpp>
#include <ballast/trigger/cooldown.hpp>
#include <ballast/trigger/every.hpp>

#include <cstddef>
#include <cstdlib>

#include "allocations.hpp"

using namespace ballast;

template <class State>
bool saves_and_loads() {
    static std::byte room[4096];
    State s, other;
    s.prepare({.assets = 20});
    other.prepare({.assets = 20});
    s.last_observed = {7};
    const std::size_t before = allocations;
    std::size_t written = 0;
    const fault saved = save(s, room, written);
    const fault refused = load(other, std::span{room}.first(written - 1));
    const bool unchanged = !other.last_observed.happened();
    const fault loaded = load(other, std::span{room}.first(written));
    return allocations == before && !saved && refused.code == fault_code::bytes_truncated && unchanged && !loaded &&
           other.last_observed == timestamp{7};
}

int main() {
    using trigger = trigger::any_of<trigger::calendar, trigger::cooldown<trigger::every>>;
    const bool all = saves_and_loads<account_state<trigger>>() && saves_and_loads<market_state<risk::ewma>>();
    return all && allocations > 0 ? 0 : 1;
}
