/// One of several.
#pragma once

#include "concept.hpp"
#include "detail/composite.hpp"

namespace ballast::inline v0::trigger {

/// Fires when at least one of its triggers does; the first that does gives its name and numbers, and the first of all where none does. All
/// are asked, so that all can be explained; one that can not tell (`firing::problem`) rejects the decision, whatever the others say. Its
/// region is the intersection of the regions of those that have one: inside it all of these are quiet.
template <class... Triggers>
class any_of : public detail::composite<Triggers...> {
public:
    using base = detail::composite<Triggers...>;
    using memory = typename base::memory;
    static constexpr const char* name = "any_of";

    constexpr any_of() = default;
    /// Made of these.
    constexpr explicit any_of(Triggers... triggers) : base{std::move(triggers)...} {}

    [[nodiscard]] firing check(const look& l, const memory& m) const noexcept {
        leaf_sink nobody;
        return explain(l, m, nobody);
    }
    [[nodiscard]] firing explain(const look& l, const memory& m, leaf_sink& sink) const noexcept {
        firing answer{.trigger = name};
        bool first = true;
        detail::for_each_pair(this->parts(), m.parts, [&](const auto& t, const auto& of_t) {
            const firing f = detail::examine(t, l, of_t, sink);
            if (first || (f.problem && !answer.problem) || (f.fired && !answer.fired && !answer.problem)) answer = f;
            first = false;
        });
        return answer;
    }
    [[nodiscard]] bool has_region() const noexcept { return this->any_region(); }
    void region(const look& l, const memory& m, const box& b) const noexcept requires(banded_trigger<Triggers> || ...) {
        detail::for_each_pair(this->parts(), m.parts, [&](const auto& t, const auto& of_t) { detail::narrow_if_banded(t, l, of_t, b); });
    }
};
template <class... Triggers>
any_of(Triggers...) -> any_of<Triggers...>;

}  // namespace ballast::inline v0::trigger
