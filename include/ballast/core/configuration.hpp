/// Bad configuration is told when the rebalancer is built: which parameter, which value, which range.
#pragma once

#include <concepts>
#include <cstdio>
#include <cstdlib>
#include <exception>

namespace ballast::inline v0 {

/// The answer of a policy's `validate()`. All texts are literals. Converts to true where something *is* wrong.
struct [[nodiscard]] configuration_fault {
    const char* parameter = nullptr;  ///< "band.absolute"
    double value = 0.0;               ///< what it was set to
    const char* range = "";           ///< "must be a number at or above 0"

    /// True where something is wrong.
    constexpr explicit operator bool() const noexcept { return parameter != nullptr; }
};

/// Thrown when a rebalancer is built from a policy that does not validate.
class invalid_configuration : public std::exception {
public:
    /// Keeps the fault and its text.
    explicit invalid_configuration(const configuration_fault& f) noexcept : fault_{f} {
        std::snprintf(text_, sizeof text_, "ballast: %s = %g: %s", f.parameter, f.value, f.range);
    }
    /// The parameter, its value and its range.
    [[nodiscard]] const char* what() const noexcept override { return text_; }
    /// The same as data.
    [[nodiscard]] const configuration_fault& fault() const noexcept { return fault_; }

private:
    configuration_fault fault_;
    char text_[192] = {};
};

namespace detail {
/// Throws, or, in a build without exceptions, ends the program after the same message.
[[noreturn]] inline void refuse(const configuration_fault& f) {
#if defined(__cpp_exceptions)
    throw invalid_configuration{f};
#else
    std::fprintf(stderr, "%s\n", invalid_configuration{f}.what());
    std::abort();
#endif
}

template <class Policy>
concept has_validate = requires(const Policy& p) {
    { p.validate() } -> std::same_as<configuration_fault>;
};

template <class Policy>
[[nodiscard]] configuration_fault validate(const Policy& p) {
    if constexpr (has_validate<Policy>)
        return p.validate();
    else
        return {};
}
}  // namespace detail

}  // namespace ballast::inline v0
