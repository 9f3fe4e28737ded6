/// Triggers made of any number of others, as the library's own composites of erased parts, two by two: the same answers, the same bytes.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

#include "../../any/trigger.hpp"
#include "../../trigger/detail/composite.hpp"

namespace ballast::inline v0::spec::detail {

/// A composite of parts that remember nothing, which so remembers nothing itself.
template <class Composite>
class idle {
public:
    static constexpr const char* name = Composite::name;

    explicit idle(Composite c) : composite_{std::move(c)} { composite_.prepare(nothing_, {}); }

    [[nodiscard]] firing check(const look& l) const noexcept { return composite_.check(l, nothing_); }
    [[nodiscard]] firing explain(const look& l, const no_memory&, leaf_sink& sink) const noexcept {
        return composite_.explain(l, nothing_, sink);
    }
    [[nodiscard]] bool has_region() const noexcept { return v0::detail::has_region(composite_); }
    void region(const look& l, const box& b) const noexcept { v0::detail::narrow_if_banded(composite_, l, nothing_, b); }
    [[nodiscard]] std::size_t leaves() const noexcept { return composite_.leaves(); }
    [[nodiscard]] risk_need runtime_needs() const noexcept { return composite_.runtime_needs(); }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return composite_.covers(n); }
    [[nodiscard]] configuration_fault validate() const { return composite_.validate(); }

private:
    Composite composite_;
    typename Composite::memory nothing_{};
};

/// A part of a composite of the same kind: in saved bytes its parts stand where it stands.
template <class Composite>
struct unnamed : Composite {
    using Composite::Composite;
    struct memory : Composite::memory {
        static constexpr bool opens_sections = true;
        template <class Self, class Visit>
        static void fields(Self& m, Visit& archive) noexcept {
            if constexpr (std::is_const_v<Self>)
                archive(static_cast<const typename Composite::memory&>(m));
            else
                archive(static_cast<typename Composite::memory&>(m));
        }
    };
};

template <class Named, class... Parts>
[[nodiscard]] any_trigger composite_of(Parts... parts) {
    const bool remembers = (parts.remembers() || ...);
    if (remembers) return Named{std::move(parts)...};
    return idle<Named>{Named{std::move(parts)...}};
}

/// any_of or all_of of these.
template <template <class...> class Composite>
[[nodiscard]] any_trigger joined(std::span<any_trigger> parts, bool outermost = true) {
    if (parts.empty()) return {};
    if (parts.size() == 1) return outermost ? composite_of<Composite<any_trigger>>(std::move(parts.front())) : std::move(parts.front());
    using two = Composite<any_trigger, any_trigger>;
    any_trigger first = joined<Composite>(parts.first(parts.size() / 2), false);
    any_trigger second = joined<Composite>(parts.subspan(parts.size() / 2), false);
    return outermost ? composite_of<two>(std::move(first), std::move(second))
                     : composite_of<unnamed<two>>(std::move(first), std::move(second));
}

}  // namespace ballast::inline v0::spec::detail
