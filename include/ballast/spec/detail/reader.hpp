/// Reads `name:arguments(policies)`: what does not depend on which policy it is.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../description.hpp"
#include "../result.hpp"
#include "slots.hpp"
#include "text.hpp"

namespace ballast::inline v0::spec::detail {

[[nodiscard]] inline std::string with_article(family f) {
    std::string s = f == family::estimator ? "an " : "a ";
    s += to_string(f);
    return s;
}

/// Goes through a text from left to right. The first fault is kept, and ends it.
class reader {
public:
    /// Parentheses may stand in each other so deep.
    static constexpr std::size_t deepest = 32;

    explicit reader(piece p) noexcept : all_{p} {}
    reader(const reader&) = delete;
    reader& operator=(const reader&) = delete;

    std::optional<fault> wrong{};
    notes seen{};

    /// Always false, so that a reader can stop with it.
    bool refuse(piece where, std::string message) {
        if (!wrong) wrong = detail::wrong(where, std::move(message));
        return false;
    }
    bool refuse(fault f) {
        if (!wrong) wrong = std::move(f);
        return false;
    }
    bool missing(std::string message) { return refuse(all_.part(at_, 0), std::move(message)); }

    void skip_spaces() noexcept {
        while (at_ < all_.text.size() && is_space(all_.text[at_])) ++at_;
    }
    [[nodiscard]] bool at_end() noexcept {
        skip_spaces();
        return at_ == all_.text.size();
    }
    /// The next character that is no space; 0 at the end.
    [[nodiscard]] char next() noexcept { return at_end() ? '\0' : all_.text[at_]; }
    /// Goes over this character, if it is the next.
    [[nodiscard]] bool take(char c) noexcept {
        if (next() != c || at_end()) return false;
        ++at_;
        return true;
    }
    /// The word that is next; "" where there is none.
    [[nodiscard]] piece take_word() noexcept {
        skip_spaces();
        const std::size_t from = at_;
        while (at_ < all_.text.size() && in_word(all_.text[at_])) ++at_;
        return all_.part(from, at_ - from);
    }
    /// From a place behind to here.
    [[nodiscard]] piece since(std::size_t at) const { return all_.part(at - all_.at, at_ - (at - all_.at)).trimmed(); }
    [[nodiscard]] std::size_t position() const noexcept { return all_.at + at_; }
    [[nodiscard]] piece rest() const { return all_.part(at_).trimmed(); }
    /// The rest up to what ends an argument, or the one character that stands there; empty at the end.
    [[nodiscard]] piece peek() const {
        reader r{*this, nothing_more{}};
        const piece argument = r.take_argument_text();
        if (!argument.text.empty() || r.at_end()) return argument;
        return r.all_.part(r.at_, 1);
    }
    /// Is there a comma, and after it what is no policy?
    [[nodiscard]] bool argument_follows_comma(std::span<const std::string_view> names, bool nested) const {
        reader r{*this, nothing_more{}};
        if (!r.take(',') || r.begins_policy(names)) return false;
        const piece argument = r.take_argument_text();
        return !argument.text.empty() && (!nested || argument.text.find('=') != std::string_view::npos);
    }

    /// Does what is next begin a policy: a word before a `:` or `(`, or the name of one?
    [[nodiscard]] bool begins_policy(std::span<const std::string_view> names) const noexcept {
        reader r{*this, nothing_more{}};
        const piece word = r.take_word();
        if (word.text.empty()) return false;
        const char c = r.next();
        if (c == ':' || c == '(') return true;
        if (c != '\0' && c != ',' && c != ')') return false;
        for (const std::string_view name : names)
            if (name == word.text) return true;
        return false;
    }

    /// `argument,argument...` into the slots of the policy of this name. Stops at `(`, `)`, the end, or after a comma before which a policy
    /// begins (`comma` then, where `nested` allows that).
    bool arguments(std::string_view policy, std::span<slot> all_slots, family of, std::span<const std::string_view> names, bool nested) {
        for (;;) {
            if (!argument(policy, all_slots, of, names, nested)) return false;
            const char c = next();
            if (c != ',') return true;
            const std::size_t comma = at_;
            ++at_;
            if (begins_policy(names) && !begins_word(all_slots)) {
                if (nested) {
                    at_ = comma;
                    return true;
                }
                return refuse(peek(), one_expected(of));
            }
        }
    }

    /// The sentence for a second policy where one is expected.
    [[nodiscard]] static std::string one_expected(family f) {
        std::string s = "one ";
        s += to_string(f);
        s += " is expected here";
        if (f == family::trigger) s += "; several stand in any_of(...) or all_of(...)";
        if (f == family::cost) s += "; several stand in sum(...)";
        return s;
    }

private:
    /// Is what is next a word that stands for a value of one of the slots, also before a `(`? No policy of the family has such a name.
    [[nodiscard]] bool begins_word(std::span<const slot> all_slots) const {
        reader r{*this, nothing_more{}};
        const piece word = r.take_word();
        for (const slot& s : all_slots) {
            if (s.type->words == nullptr) continue;
            for (const std::string_view known : s.type->words(s))
                if (known == word.text) return true;
        }
        return false;
    }

    struct nothing_more {};
    /// Looks ahead from where another one is.
    reader(const reader& r, nothing_more) noexcept : all_{r.all_}, at_{r.at_} {}

    /// Up to `,` `(` `)` or the end, outside of brackets.
    [[nodiscard]] piece take_argument_text() {
        skip_spaces();
        const std::size_t from = at_;
        bool brackets = false;
        for (; at_ < all_.text.size(); ++at_) {
            const char c = all_.text[at_];
            if (c == '[') brackets = true;
            if (c == ']') brackets = false;
            if (c == '(' || c == ')' || (c == ',' && !brackets)) break;
        }
        return all_.part(from, at_ - from).trimmed();
    }

    bool argument(std::string_view policy, std::span<slot> all_slots, family of, std::span<const std::string_view> names, bool nested) {
        const piece whole = take_argument_text();
        if (whole.text.empty()) {
            std::string message = "an argument of ";
            message += quoted(policy);
            message += " is expected here";
            return missing(std::move(message));
        }
        const std::size_t equals = whole.text.find('=');
        if (equals != std::string_view::npos) return named_argument(policy, all_slots, whole, equals);
        // A word stands for a value, or sets a flag.
        for (slot& s : all_slots) {
            if (s.type->flag && s.what.name == whole.text) return set(s, whole, {"true", whole.at}, 0);
            if (s.type->words == nullptr) continue;
            for (const std::string_view word : s.type->words(s))
                if (word == whole.text) return set(s, whole, whole, 0);
        }
        const char first = whole.text.front();
        const bool a_value = is_digit(first) || first == '.' || first == '-' || first == '+' || first == '[' || whole.text == no_limit;
        if (a_value && !all_slots.empty()) {
            slot& leading = all_slots.front();
            if (!leading.given) return set(leading, whole, whole, 0);
            std::string message = "`";
            message += leading.what.name;
            message += "` was given already; other values need their name";
            const piece before = leading.value;
            if (is_digit(first) && before.end() < whole.at && is_digit(before.text.back())) message += " (a decimal point is a `.`)";
            return refuse(whole, std::move(message));
        }
        return unknown_argument(policy, all_slots, whole, of, names, nested);
    }

    bool named_argument(std::string_view policy, std::span<slot> all_slots, piece whole, std::size_t equals) {
        const piece key = whole.part(0, equals).trimmed();
        const piece value = whole.part(equals + 1).trimmed();
        for (slot& s : all_slots)
            if (s.what.name == key.text) return set(s, key, value, 0);
        if (key.text == "bps" && !all_slots.empty() && all_slots.front().what.fraction) return set(all_slots.front(), key, value, -4);
        std::vector<std::string_view> keys;
        for (const slot& s : all_slots) keys.push_back(s.what.name);
        std::string message = quoted(policy);
        message += " has no ";
        message += quoted(key.text);
        message += keys.empty() ? "; it takes no arguments" : suggestion(key.text, keys);
        return refuse(key.text.empty() ? whole : key, std::move(message));
    }

    bool unknown_argument(std::string_view policy, std::span<slot> all_slots, piece whole, family of,
                          std::span<const std::string_view> names, bool nested) {
        std::vector<std::string_view> known;
        for (const slot& s : all_slots) {
            if (s.what.name == whole.text) {
                std::string message = quoted(whole.text);
                message += " needs a `=` and a value";
                return refuse(whole, std::move(message));
            }
            known.push_back(s.what.name);
            if (s.type->words != nullptr)
                for (const std::string_view word : s.type->words(s)) known.push_back(word);
        }
        if (nested)
            for (const std::string_view name : names) known.push_back(name);
        std::string message;
        const std::string_view best = nearest(whole.text, known);
        if (nested) {
            message = quoted(whole.text);
            message += " is neither an argument of ";
            message += quoted(policy);
            message += " nor another ";
            message += to_string(of);
            if (!best.empty()) message += suggestion(whole.text, known);
        } else if (all_slots.empty()) {
            message = quoted(policy);
            message += " takes no arguments";
        } else {
            message = quoted(policy);
            message += " knows no ";
            message += quoted(whole.text);
            message += suggestion(whole.text, known);
        }
        return refuse(whole, std::move(message));
    }

    bool set(slot& s, piece key, piece value, int exponent) {
        if (s.given) {
            std::string message = "`";
            message += s.what.name;
            message += "` was given already";
            return refuse(key, std::move(message));
        }
        if (value.text.empty()) {
            std::string message = quoted(key.text);
            message += " needs a value";
            return refuse(all_.part(value.at - all_.at, 0), std::move(message));
        }
        const bool opened = value.text.front() == '[';
        const std::size_t closing = value.text.find(']');
        if (opened && closing == std::string_view::npos) return refuse(value, "the list has no end: `]` is missing");
        if (opened && closing != value.text.size() - 1)
            return refuse(value.part(closing + 1), "nothing is expected after the list but a comma");
        if (auto f = s.type->read(s, value, exponent, seen)) {
            std::string message = "`";
            message += s.what.name;
            message += "`: ";
            message += f->message;
            f->message = std::move(message);
            return refuse(std::move(*f));
        }
        s.given = true;
        s.value = value;
        return true;
    }

    piece all_;
    std::size_t at_ = 0;
};

/// What `validate()` of a policy says, at the place where the parameter was given, or else at the policy's name.
[[nodiscard]] inline fault refusal(const configuration_fault& f, std::span<const slot> all_slots, piece name) {
    const std::string_view parameter = parameter_in(f);
    for (const slot& s : all_slots) {
        if (s.what.name != parameter || !s.given) continue;
        piece where = s.value;
        // Of a list it is the first entry of this value.
        if (s.type->per_asset && where.text.starts_with('[')) {
            std::size_t from = 1;
            while (from < where.text.size()) {
                std::size_t to = from;
                while (to < where.text.size() && !is_space(where.text[to]) && where.text[to] != ',' && where.text[to] != ']') ++to;
                double x = 0.0;
                if (to > from && !read_double(s, where.part(from, to - from), 0, x) && x == f.value) {
                    where = where.part(from, to - from);
                    break;
                }
                from = to + 1;
            }
        }
        std::string message{parameter};
        message += " = ";
        message += where.text;
        message += ": ";
        message += f.range;
        return wrong(where, std::move(message));
    }
    std::string message = f.parameter;
    message += ": ";
    message += f.range;
    return wrong(name, std::move(message));
}

/// The arguments that say what is not as in `plain`, which has the same slots; `leading`: the first one in any case.
[[nodiscard]] inline std::string arguments_text(std::span<const slot> all_slots, std::span<const slot> plain, std::string_view separator,
                                                bool leading) {
    std::string text;
    for (std::size_t i = 0; i < all_slots.size(); ++i) {
        const std::string value = all_slots[i].type->write(all_slots[i]);
        const bool in_any_case = leading && i == 0;
        if (value.empty() || (!in_any_case && value == plain[i].type->write(plain[i]))) continue;
        if (!text.empty()) text += separator;
        text += all_slots[i].what.name;
        if (all_slots[i].type->flag && value == "true") continue;
        text += '=';
        text += value;
    }
    return text;
}

}  // namespace ballast::inline v0::spec::detail
