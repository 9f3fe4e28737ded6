/// What there is to choose from, in words: what a host prints when it is asked for a list.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ballast::inline v0::spec {

/// What a policy is for. In texts: its name, `trigger=...`.
enum class family : std::uint8_t { trigger, cost, solver, guard, target, estimator, sizing, mandate };

/// The name of a family, as it stands in texts.
[[nodiscard]] constexpr const char* to_string(family f) noexcept {
    switch (f) {
        case family::trigger: return "trigger";
        case family::cost: return "cost";
        case family::solver: return "solver";
        case family::guard: return "guard";
        case family::target: return "target";
        case family::estimator: return "estimator";
        case family::sizing: return "sizing";
        case family::mandate: return "mandate";
    }
    return "";
}

/// A parameter of a policy, as it is written: `name=value`.
struct parameter {
    std::string name{};        ///< before the equals sign
    std::string unit{};        ///< "weight", "per year", "base currency per order"; "" where it has none
    std::string by_default{};  ///< as text, of a default-constructed policy; "" where it has to be given, or stays out
    std::string range{};       ///< in the words of the policy's own `validate()`: "must be a weight at or above 0"; "" where all is allowed
    std::vector<std::string> choices{};  ///< words that stand for a value: all that there are for enumerators, some for numbers
    std::string meaning{};               ///< a line on it
    bool required = false;               ///< has to be given
    bool per_asset = false;              ///< takes a list as well, one number per asset: `[0.05 0.02]`
};

/// A policy: `name:parameters(policies)`.
struct description {
    spec::family family = spec::family::trigger;  ///< where it belongs
    std::string name{};                           ///< "band"
    std::string summary{};                        ///< one line: what it does
    std::string example{};                        ///< a text that is right
    std::vector<parameter> parameters{};          ///< the first is the leading one, which needs no name: `every:24h`
    std::size_t least_parts = 0;                  ///< how many policies of its own family stand in its parentheses
    std::size_t most_parts = 0;                   ///< at most; `any_number` where there is no limit
    static constexpr std::size_t any_number = static_cast<std::size_t>(-1);  ///< no limit
};

}  // namespace ballast::inline v0::spec
