/// Guards chosen at run time.
#pragma once

#include <concepts>
#include <vector>

#include "../guard/concept.hpp"
#include "detail/model.hpp"

namespace ballast::inline v0 {

namespace detail {
struct guard_base : remembering_base {
    virtual void narrow(const look& l, const any_memory& m, limits& lim) const noexcept = 0;
    [[nodiscard]] virtual verdict check(const proposal& p, const any_memory& m, const char*& name) const noexcept = 0;
};

template <class P>
struct guard_model final : remembering_model_of<guard_model<P>, guard_base, P> {
    using remembering_model_of<guard_model<P>, guard_base, P>::remembering_model_of;

    void narrow([[maybe_unused]] const look& l, [[maybe_unused]] const any_memory& m,
                [[maybe_unused]] limits& lim) const noexcept override {
        if constexpr (limiting_guard<P>)
            if (const auto* own = this->memory_in(m)) v0::detail::narrow(this->policy, l, *own, lim);
    }
    [[nodiscard]] verdict check([[maybe_unused]] const proposal& p, [[maybe_unused]] const any_memory& m,
                                [[maybe_unused]] const char*& name) const noexcept override {
        if constexpr (judging_guard<P>) {
            const auto* own = this->memory_in(m);
            return own != nullptr ? judge(this->policy, p, *own, name) : verdict::block;
        } else {
            return verdict::pass;
        }
    }
};
}  // namespace detail

/// Any guard as a value: `any_guard g = guard::max_turnover{.limit = 0.1};`. It narrows and judges where the guard that it holds does, and
/// a verdict carries that one's name. Copies are deep. An empty one blocks, and so does one that judges by a memory that was not prepared.
class any_guard : public detail::bases::erased_remembering<detail::guard_base> {
public:
    static constexpr const char* name = "any_guard";

    /// Empty: to be assigned to.
    any_guard() noexcept = default;
    template <class P>
        requires(!std::same_as<P, any_guard> && guard_policy<P>)
    any_guard(P policy) : erased_remembering{new detail::guard_model<P>(std::move(policy))} { static_assert(detail::check_guard<P>()); }

    void narrow(const look& l, const memory& m, limits& lim) const noexcept {
        if (model_) model_->narrow(l, m, lim);
    }
    [[nodiscard]] verdict check(const proposal& p, const memory& m) const noexcept {
        const char* nobody = nullptr;
        return check(p, m, nobody);
    }
    [[nodiscard]] verdict check(const proposal& p, const memory& m, const char*& by) const noexcept {
        by = name;
        return model_ ? model_->check(p, m, by) : verdict::block;
    }
    [[nodiscard]] configuration_fault validate() const { return validate_as(name); }
};

/// A list of guards as one: they narrow in their order, and the first of those that say the worst gives the verdict its name, as in a
/// rebalancer that names them one by one. A list of none lets everything pass.
class any_guards {
public:
    static constexpr const char* name = "any_guards";
    /// One for each guard that remembers.
    struct memory {
        std::vector<any_memory> each{};  ///< one of each

        static constexpr bool opens_sections = true;  ///< each of them is saved in a section of its own
        template <class Self, class Visit>
        static void fields(Self& m, Visit& archive) noexcept {
            for (auto& of_guard : m.each) any_memory::fields(of_guard, archive);
        }
    };

    any_guards() noexcept = default;
    any_guards(std::vector<any_guard> guards) noexcept : guards_{std::move(guards)} {}

    [[nodiscard]] std::size_t size() const noexcept { return guards_.size(); }
    /// The i-th of them.
    [[nodiscard]] const any_guard& operator[](std::size_t i) const noexcept { return guards_[i]; }

    void narrow(const look& l, const memory& m, limits& lim) const noexcept {
        for_each(m, [&](const any_guard& g, const any_memory& of_guard) { g.narrow(l, of_guard, lim); });
    }
    [[nodiscard]] verdict check(const proposal& p, const memory& m) const noexcept {
        const char* nobody = nullptr;
        return check(p, m, nobody);
    }
    [[nodiscard]] verdict check(const proposal& p, const memory& m, const char*& by) const noexcept {
        verdict worst = verdict::pass;
        for_each(m, [&](const any_guard& g, const any_memory& of_guard) {
            const char* name_of_guard = nullptr;
            weighing note;
            const verdict v = g.check({p.look, p.decision, &note}, of_guard, name_of_guard);
            if (p.note != nullptr && note.made && (v > worst || worst == verdict::pass)) *p.note = note;
            if (v > worst) {
                if (p.note != nullptr && !note.made) *p.note = {};
                worst = v;
                by = name_of_guard;
            }
        });
        return worst;
    }

    void prepare(memory& m, const sizes& s) const {
        m.each.clear();
        m.each.resize(remembering());
        for_each_remembering(m, [&](const any_guard& g, any_memory& of_guard) { g.prepare(of_guard, s); });
    }
    [[nodiscard]] bool prepared(const memory& m) const noexcept {
        bool all = m.each.size() == remembering();
        for_each_remembering(m, [&](const any_guard& g, const any_memory& of_guard) { all = all && g.prepared(of_guard); });
        return all;
    }
    void observe(const look& l, memory& m) const noexcept {
        for_each_remembering(m, [&](const any_guard& g, any_memory& of_guard) { g.observe(l, of_guard); });
    }
    void commit(const decision& d, timestamp at, memory& m) const noexcept {
        for_each_remembering(m, [&](const any_guard& g, any_memory& of_guard) { g.commit(d, at, of_guard); });
    }

    [[nodiscard]] risk_need runtime_needs() const noexcept {
        risk_need most = risk_need::nothing;
        for (const any_guard& g : guards_) most = most | g.runtime_needs();
        return most;
    }
    [[nodiscard]] bool covers(std::size_t assets) const noexcept {
        for (const any_guard& g : guards_)
            if (!g.covers(assets)) return false;
        return true;
    }
    [[nodiscard]] configuration_fault validate() const {
        for (const any_guard& g : guards_)
            if (const configuration_fault f = g.validate()) return f;
        return {};
    }

private:
    [[nodiscard]] std::size_t remembering() const noexcept {
        std::size_t n = 0;
        for (const any_guard& g : guards_) n += g.remembers() ? std::size_t{1} : std::size_t{0};
        return n;
    }
    /// f(guard, its memory) for all; those for which there is none get one that was not prepared.
    template <class F>
    void for_each(const memory& m, F&& f) const noexcept {
        any_memory nothing;
        nothing.prepare_as_nothing();
        const any_memory missing;
        std::size_t k = 0;
        for (const any_guard& g : guards_) {
            if (!g.remembers())
                f(g, g.empty() ? missing : nothing);
            else
                f(g, k < m.each.size() ? m.each[k++] : missing);
        }
    }
    /// f(guard, its memory) for those that remember, as long as there are memories.
    template <class Memory, class F>
    void for_each_remembering(Memory& m, F&& f) const {
        std::size_t k = 0;
        for (const any_guard& g : guards_)
            if (g.remembers() && k < m.each.size()) f(g, m.each[k++]);
    }

    std::vector<any_guard> guards_{};
};

}  // namespace ballast::inline v0
