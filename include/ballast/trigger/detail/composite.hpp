/// What triggers made of others share: parts, their memories, and passing on what the parts learn.
#pragma once

#include <utility>

#include "../../detail/pack.hpp"
#include "../concept.hpp"

namespace ballast::inline v0::detail {

/// Narrows the box where the trigger has a region; tells whether it has.
template <class T>
bool narrow_if_banded(const T& t, const look& l, const memory_of<T>& m, const box& b) noexcept {
    if constexpr (banded_trigger<T>) {
        if (!detail::has_region(t)) return false;
        detail::narrow_to_region(t, l, m, b);
        return true;
    } else {
        return false;
    }
}

template <class... Triggers>
class composite {
    static_assert(sizeof...(Triggers) > 0, "ballast: a composite trigger needs at least one part");
    static_assert((check_trigger<Triggers>() && ...));

public:
    static constexpr risk_need needs = largest_need<Triggers...>();
    using memory = memories<Triggers...>;
    using composite_tag = void;

    constexpr composite() = default;
    constexpr explicit composite(Triggers... triggers) : parts_{std::move(triggers)...} {}

    void observe(const look& l, memory& m) const noexcept {
        detail::for_each_pair(parts_, m.parts, [&](const auto& t, auto& of_t) { v0::detail::observe(t, l, of_t); });
    }
    void commit(const decision& d, timestamp at, memory& m) const noexcept {
        detail::for_each_pair(parts_, m.parts, [&](const auto& t, auto& of_t) { v0::detail::commit(t, d, at, of_t); });
    }
    void prepare(memory& m, const sizes& s) const {
        detail::for_each_pair(parts_, m.parts, [&](const auto& t, auto& of_t) { detail::prepare_for(t, of_t, s); });
    }
    [[nodiscard]] bool prepared(const memory& m) const noexcept {
        bool all = true;
        detail::for_each_pair(parts_, m.parts, [&](const auto& t, const auto& of_t) { all = all && detail::prepared_for(t, of_t); });
        return all;
    }
    [[nodiscard]] risk_need runtime_needs() const noexcept {
        risk_need most = risk_need::nothing;
        detail::for_each(parts_, [&](const auto& t) { most = most | detail::need_of(t); });
        return most;
    }
    [[nodiscard]] std::size_t leaves() const noexcept {
        std::size_t n = 0;
        detail::for_each(parts_, [&](const auto& t) { n += detail::leaf_count(t); });
        return n;
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept {
        bool all = true;
        detail::for_each(parts_, [&](const auto& t) { all = all && v0::detail::covers(t, n); });
        return all;
    }
    [[nodiscard]] configuration_fault validate() const {
        configuration_fault f;
        detail::for_each(parts_, [&](const auto& t) {
            if (!f) f = v0::detail::validate(t);
        });
        return f;
    }
    [[nodiscard]] constexpr const pack<Triggers...>& parts() const noexcept { return parts_; }

protected:
    /// Does any part offer a region?
    [[nodiscard]] bool any_region() const noexcept {
        bool any = false;
        detail::for_each(parts_, [&](const auto& t) { any = any || v0::detail::has_region(t); });
        return any;
    }

private:
    [[no_unique_address]] pack<Triggers...> parts_{};
};

}  // namespace ballast::inline v0::detail
