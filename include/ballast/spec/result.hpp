/// A value, or what is wrong with the text that should have said it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ballast::inline v0::spec {

/// What is wrong with a text, and where: characters `at` .. `at + length` of the text that was given. A length of 0 stands for something
/// that is missing there. The message is a sentence without a full stop.
struct fault {
    std::size_t at = 0;      ///< where the wrong part begins
    std::size_t length = 0;  ///< how many characters it has
    std::string message{};   ///< a sentence
};

/// The message, and below it the line of the text with the place marked:
///
///     unknown trigger `bnad`; did you mean `band`?
///       bnad:absolute=0.05
///       ^^^^
[[nodiscard]] inline std::string describe(const fault& f, std::string_view text) {
    const std::size_t at = f.at < text.size() ? f.at : text.size();
    const std::size_t newline_before = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
    const std::size_t begin = newline_before == std::string_view::npos ? 0 : newline_before + 1;
    const std::size_t newline_after = text.find('\n', at);
    const std::size_t end = newline_after == std::string_view::npos ? text.size() : newline_after;
    std::string out = f.message;
    out += "\n  ";
    for (const char c : text.substr(begin, end - begin)) out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    out += "\n  ";
    // A character of several bytes is one column wide.
    const auto columns = [&](std::size_t from, std::size_t to) {
        std::size_t n = 0;
        for (std::size_t i = from; i < to; ++i) n += (static_cast<unsigned char>(text[i]) & 0xC0u) != 0x80u ? 1u : 0u;
        return n;
    };
    out.append(columns(begin, at), ' ');
    const std::size_t marked = columns(at, at + f.length < end ? at + f.length : end);
    out.append(marked > 0 ? marked : 1, '^');
    return out;
}

/// A value of type T or a fault. True where it is a value; only then may it be dereferenced, and only otherwise `fault()` be asked.
template <class T>
class [[nodiscard]] result {
public:
    /// A value.
    result(T value) : value_{std::move(value)} {}
    /// What is wrong.
    result(spec::fault f) : fault_{std::move(f)} {}

    /// Whether it is a value.
    [[nodiscard]] explicit operator bool() const noexcept { return value_.has_value(); }
    /// The value.
    /// @{
    [[nodiscard]] const T& operator*() const& noexcept { return *value_; }
    [[nodiscard]] T& operator*() & noexcept { return *value_; }
    [[nodiscard]] T&& operator*() && noexcept { return *std::move(value_); }
    [[nodiscard]] const T* operator->() const noexcept { return &*value_; }
    [[nodiscard]] T* operator->() noexcept { return &*value_; }
    /// @}
    /// What is wrong.
    [[nodiscard]] const spec::fault& fault() const noexcept { return fault_; }

private:
    std::optional<T> value_{};
    spec::fault fault_{};
};

/// A policy and the text that says it.
template <class Policy>
struct stated {
    Policy policy{};             ///< as the text says it
    std::string text{};          ///< in one form: by name and in the order of the class, the first parameter and what is not the default
    std::size_t assets = 0;      ///< entries of its lists of numbers, one per asset; 0 where it has none
    std::size_t estimators = 0;  ///< how many estimators there have to be for those that it names
};

}  // namespace ballast::inline v0::spec
