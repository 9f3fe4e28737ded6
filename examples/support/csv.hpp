// Prices from a CSV file, for the examples and the tests: a date in the first column, one asset in each of the others, a header above.
// What is wrong with a file is told as text, with the file, the row (the header is row 1) and the column; nothing is thrown.
#pragma once

#include <ballast/core/civil_date.hpp>
#include <ballast/sim/replay.hpp>

#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace csv {

/// Rows of prices that own their numbers.
struct prices {
    std::vector<ballast::timestamp> when{};
    std::vector<double> price{};  // row after row
    std::size_t assets = 0;

    [[nodiscard]] ballast::sim::history view() const { return {.when = when, .price = price, .assets = assets}; }
};

/// The parts, one after the other. (Sums of strings that begin with a literal let g++ 12 warn, wrongly, of overlapping copies.)
inline std::string joined(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const std::string_view part : parts) text += part;
    return text;
}

/// Takes the next line off the front of `text`, without its end.
inline std::string_view take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

/// The fields of a line. Quotes around a whole field are taken off; a comma inside of quotes is not understood.
inline void split(std::string_view line, std::vector<std::string_view>& fields, char separator = ',') {
    fields.clear();
    for (bool last = false; !last;) {
        const std::size_t end = line.find(separator);
        last = end == std::string_view::npos;
        std::string_view field = line.substr(0, end);
        while (!field.empty() && field.front() == ' ') field.remove_prefix(1);
        while (!field.empty() && field.back() == ' ') field.remove_suffix(1);
        if (field.size() >= 2 && field.front() == '"' && field.back() == '"') field = field.substr(1, field.size() - 2);
        fields.push_back(field);
        if (!last) line.remove_prefix(end + 1);
    }
}

/// A number that fills the whole field. Digits, sign, point and exponent only: no hexadecimals, infinities or NaNs.
inline bool parse_number(std::string_view field, double& out) {
    if (field.empty() || field.find_first_not_of("0123456789+-.eE") != std::string_view::npos) return false;
    const std::string copy{field};
    char* end = nullptr;
    out = std::strtod(copy.c_str(), &end);
    return end == copy.c_str() + copy.size();
}

/// YYYY-MM-DD, with or without Thh:mm:ssZ; UTC.
inline bool parse_date(std::string_view field, ballast::timestamp& out) {
    const std::string_view pattern = "dddd-dd-ddTdd:dd:ddZ";
    if (field.size() != 10 && field.size() != pattern.size()) return false;
    int part[6] = {};
    std::size_t k = 0;
    for (std::size_t i = 0; i < field.size(); ++i) {
        if (pattern[i] == 'd') {
            if (field[i] < '0' || field[i] > '9') return false;
            part[k] = part[k] * 10 + (field[i] - '0');
        } else {
            if (field[i] != pattern[i]) return false;
            ++k;
        }
    }
    const auto [year, month, day, hour, minute, second] = part;
    if (month < 1 || month > 12 || day < 1 || day > ballast::days_in_month(year, month)) return false;
    if (hour > 23 || minute > 59 || second > 59) return false;
    out = ballast::timestamp_from_civil(year, month, day) + ballast::hours(hour) + ballast::minutes(minute) + ballast::seconds(second);
    return true;
}

/// Reads the named columns, in this order. Rows in which one of them is blank are left out. Returns what is wrong; empty: nothing is.
[[nodiscard]] inline std::string read(std::string_view text, const std::string& file, const std::vector<std::string>& columns,
                                      prices& out) {
    out = {};
    out.assets = columns.size();
    std::size_t row = 1;
    const auto at_row = [&](std::string_view what) { return joined({file, ", row ", std::to_string(row), ": ", what}); };
    const auto quoted = [](std::string_view field) { return joined({"'", field, "'"}); };

    if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
    std::vector<std::string_view> header;
    split(take_line(text), header);
    std::vector<std::size_t> chosen;
    for (const std::string& name : columns) {
        std::size_t found = 0;
        for (std::size_t c = 1; c < header.size(); ++c) {
            if (header[c] != name) continue;
            if (found != 0) return at_row(joined({"two columns are called ", quoted(name)}));
            found = c;
        }
        if (found == 0) {
            std::string known;
            for (std::size_t c = 1; c < header.size(); ++c) known += joined({c > 1 ? ", " : "", header[c]});
            return at_row(joined({"no column is called ", quoted(name), "; after the date there are: ", known.empty() ? "none" : known}));
        }
        chosen.push_back(found);
    }

    std::vector<std::string_view> fields;
    while (!text.empty()) {
        ++row;
        const std::string_view line = take_line(text);
        if (line.empty()) continue;
        split(line, fields);
        if (fields.size() != header.size())
            return at_row(joined({"it has ", std::to_string(fields.size()), " fields, the header has ", std::to_string(header.size())}));
        ballast::timestamp when;
        if (!parse_date(fields[0], when))
            return at_row(joined({"column 1: ", quoted(fields[0]), " is not a date (YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ)"}));
        bool blank = false;
        for (const std::size_t c : chosen) blank = blank || fields[c].empty();
        if (blank) continue;
        if (!out.when.empty() && when <= out.when.back())
            return at_row(joined({"column 1: ", quoted(fields[0]), " is not after the row before"}));
        for (const std::size_t c : chosen) {
            double price = 0.0;
            if (!parse_number(fields[c], price) || !(price > 0.0) || price > 1e300)
                return at_row(
                    joined({"column ", std::to_string(c + 1), " (", header[c], "): ", quoted(fields[c]), " is not a price above zero"}));
            out.price.push_back(price);
        }
        out.when.push_back(when);
    }
    return out.when.empty() ? file + ": no row has a price in every chosen column" : std::string{};
}

/// The content of a file. Returns what is wrong; empty: nothing is.
[[nodiscard]] inline std::string load(const std::string& path, std::string& content) {
    content.clear();
    std::FILE* f = std::fopen(path.c_str(), "rb");
    if (f == nullptr) return path + ": can not be opened";
    char buffer[1 << 16];
    for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, f)) > 0;) content.append(buffer, n);
    const bool failed = std::ferror(f) != 0;
    std::fclose(f);
    return failed ? path + ": can not be read" : std::string{};
}

}  // namespace csv
