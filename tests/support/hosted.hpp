// The command-line host, called without starting a program, and files for it.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "rebalance/host.hpp"
#include "support/catch.hpp"

namespace test {

struct answer {
    int code = 0;
    std::string out{}, err{};
    std::vector<host::file_output> files{};
};

inline answer hosted(const std::vector<std::string>& arguments) {
    host::output o;
    const host::failure f = host::run(arguments, nullptr, o);
    return {f.code, std::move(o.out), std::move(o.err), std::move(o.files)};
}

/// A file that is gone when its owner is.
class temporary_file {
public:
    explicit temporary_file(std::string_view content) {
        const char* folder = std::getenv("TMPDIR");
        path_ = folder != nullptr ? folder : "/tmp";
        path_ += "/ballast-rebalance-test-XXXXXX";
        const int descriptor = mkstemp(path_.data());
        REQUIRE(descriptor >= 0);
        std::FILE* f = fdopen(descriptor, "wb");
        REQUIRE(f != nullptr);
        REQUIRE(std::fwrite(content.data(), 1, content.size(), f) == content.size());
        REQUIRE(std::fclose(f) == 0);
    }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    ~temporary_file() { std::remove(path_.c_str()); }

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    std::string path_{};
};

/// A line of CSV without quotes, in fields.
inline std::vector<std::string> fields_of(std::string_view line) {
    std::vector<std::string> out;
    for (bool last = false; !last;) {
        const std::size_t comma = line.find(',');
        last = comma == std::string_view::npos;
        out.emplace_back(line.substr(0, comma));
        if (!last) line.remove_prefix(comma + 1);
    }
    return out;
}

/// The lines of a text.
inline std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        out.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return out;
}

}  // namespace test
