// JSON as the reference data has it: a value of any kind, read by descent. What is not there is null, and reads as no number and no text.
#pragma once

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace test {

class json {
public:
    enum class kind { null, boolean, number, text, list, object };

    static json parse(const std::string& all) {
        const char* at = all.c_str();
        return read(at);
    }
    /// Null where the file can not be read.
    static json load(const std::string& path) {
        std::ifstream file{path};
        return parse({std::istreambuf_iterator<char>{file}, {}});
    }

    [[nodiscard]] bool is(kind k) const { return kind_ == k; }
    /// A number, also one that is written as a text.
    [[nodiscard]] double number() const {
        if (kind_ == kind::number || kind_ == kind::text) return std::strtod(text_.c_str(), nullptr);
        return std::numeric_limits<double>::quiet_NaN();
    }
    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] std::size_t size() const { return values_.size(); }
    [[nodiscard]] const json& operator[](std::size_t k) const { return k < values_.size() ? values_[k].second : nothing(); }
    [[nodiscard]] const json& operator[](const char* name) const {
        for (const auto& [key, value] : values_)
            if (key == name) return value;
        return nothing();
    }
    /// Of a list or an object, in the order of the file.
    [[nodiscard]] std::vector<double> numbers() const {
        std::vector<double> all;
        for (const auto& v : values_) all.push_back(v.second.number());
        return all;
    }
    /// The member of a list of objects that has this id.
    [[nodiscard]] const json& by_id(const std::string& id) const {
        for (const auto& v : values_)
            if (v.second["id"].text() == id) return v.second;
        return nothing();
    }

private:
    kind kind_ = kind::null;
    std::string text_{};
    std::vector<std::pair<std::string, json>> values_{};

    static const json& nothing() {
        static const json none{};
        return none;
    }
    static void skip(const char*& at) {
        while (std::isspace(static_cast<unsigned char>(*at)) != 0) ++at;
    }
    static std::string read_text(const char*& at) {
        std::string s;
        for (++at; *at != '\0' && *at != '"'; ++at) {
            if (*at == '\\' && at[1] != '\0') ++at;
            s += *at;
        }
        if (*at == '"') ++at;
        return s;
    }
    static json read(const char*& at) {
        json j;
        skip(at);
        if (*at == '"') {
            j.kind_ = kind::text;
            j.text_ = read_text(at);
        } else if (*at == '[' || *at == '{') {
            const bool object = *at == '{';
            j.kind_ = object ? kind::object : kind::list;
            const char end = object ? '}' : ']';
            skip(++at);
            while (*at != '\0' && *at != end) {
                std::string key;
                if (object) {
                    key = read_text(at);
                    skip(at);
                    if (*at == ':') ++at;
                }
                json value = read(at);
                j.values_.emplace_back(std::move(key), std::move(value));
                skip(at);
                if (*at == ',') skip(++at);
            }
            if (*at == end) ++at;
        } else {
            while (*at != '\0' && *at != ',' && *at != ']' && *at != '}' && std::isspace(static_cast<unsigned char>(*at)) == 0)
                j.text_ += *at++;
            j.kind_ = j.text_ == "null" || j.text_.empty()      ? kind::null
                      : j.text_ == "true" || j.text_ == "false" ? kind::boolean
                                                                : kind::number;
            if (j.text_.empty() && *at != '\0') ++at;  // no JSON: go on
        }
        return j;
    }
};

}  // namespace test
