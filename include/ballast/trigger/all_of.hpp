/// All of several.
#pragma once

#include "concept.hpp"
#include "detail/composite.hpp"

namespace ballast::inline v0::trigger {

/// Fires when all of its triggers do; the first that does not gives its name and numbers, and the last one's where all do. All are asked,
/// so that all can be explained; one that can not tell (`firing::problem`) rejects the decision, whatever the others say. The set in which
/// it stays quiet is a union of its parts' and so no box: as its region it gives that of the first part that has one, in which it is quiet
/// because that part is.
template <class... Triggers>
class all_of : public detail::composite<Triggers...> {
public:
    using base = detail::composite<Triggers...>;
    using memory = typename base::memory;
    static constexpr const char* name = "all_of";

    constexpr all_of() = default;
    /// Made of these.
    constexpr explicit all_of(Triggers... triggers) : base{std::move(triggers)...} {}

    [[nodiscard]] firing check(const look& l, const memory& m) const noexcept {
        leaf_sink nobody;
        return explain(l, m, nobody);
    }
    [[nodiscard]] firing explain(const look& l, const memory& m, leaf_sink& sink) const noexcept {
        firing answer{.fired = true, .trigger = name};
        detail::for_each_pair(this->parts(), m.parts, [&](const auto& t, const auto& of_t) {
            const firing f = detail::examine(t, l, of_t, sink);
            if ((f.problem && !answer.problem) || (answer.fired && !answer.problem)) answer = f;
        });
        return answer;
    }
    [[nodiscard]] bool has_region() const noexcept { return this->any_region(); }
    void region(const look& l, const memory& m, const box& b) const noexcept requires(banded_trigger<Triggers> || ...) {
        bool done = false;
        detail::for_each_pair(this->parts(), m.parts,
                              [&](const auto& t, const auto& of_t) { done = done || detail::narrow_if_banded(t, l, of_t, b); });
    }
};
template <class... Triggers>
all_of(Triggers...) -> all_of<Triggers...>;

}  // namespace ballast::inline v0::trigger
