// Triggers for tests of what is made of triggers: they say what they are told to say and count what they are told.
#pragma once

#include <cstdint>

#include <ballast/core/configuration.hpp>
#include <ballast/trigger/concept.hpp>

namespace ballast_test {

/// What a scripted trigger answers.
enum class says : std::uint8_t { quiet, fires, problem };

/// Answers as told; its memory counts observations and keeps the last commit. The measure is its number, so that it can be known among
/// others.
struct scripted {
    says answer = says::quiet;
    double number = 0.0;
    double bad_parameter = 0.0;                          ///< what `validate` complains of, where it is not 0
    std::size_t covered = static_cast<std::size_t>(-1);  ///< the only number of assets that it covers; all without it

    static constexpr const char* name = "scripted";
    struct memory {
        int observed = 0;
        ballast::timestamp committed = ballast::timestamp::never();
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.observed);
            visit(m.committed);
        }
    };

    [[nodiscard]] ballast::firing check(const ballast::look&, const memory&) const noexcept {
        ballast::firing f{.fired = answer == says::fires, .trigger = name, .measure = number, .threshold = 100.0};
        if (answer == says::problem) f.problem = {ballast::fault_code::risk_not_ready, ballast::no_index, number};
        return f;
    }
    void observe(const ballast::look&, memory& m) const noexcept { ++m.observed; }
    void commit(const ballast::decision&, ballast::timestamp at, memory& m) const noexcept { m.committed = at; }
    [[nodiscard]] ballast::configuration_fault validate() const noexcept {
        return bad_parameter != 0.0 ? ballast::configuration_fault{"scripted.bad_parameter", bad_parameter, "must be 0"}
                                    : ballast::configuration_fault{};
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return covered == static_cast<std::size_t>(-1) || n == covered; }
};

/// Fires while the account has been observed an even number of times: what it answers hangs on its memory.
struct alternating {
    static constexpr const char* name = "alternating";
    using memory = scripted::memory;
    [[nodiscard]] ballast::firing check(const ballast::look&, const memory& m) const noexcept {
        return {.fired = m.observed % 2 == 0, .trigger = name, .measure = static_cast<double>(m.observed)};
    }
    void observe(const ballast::look&, memory& m) const noexcept { ++m.observed; }
};

inline constexpr says all_answers[] = {says::quiet, says::fires, says::problem};

}  // namespace ballast_test
