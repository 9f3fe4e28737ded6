#include "table.hpp"

#include <algorithm>
#include <cstdio>

namespace host {

namespace {

std::string place_of(const std::string& file, std::size_t line) { return joined({file, ", row ", std::to_string(line)}); }

}  // namespace

failure table::load(const std::string& path) {
    const bool standard_input = path == "-";
    std::FILE* f = standard_input ? stdin : std::fopen(path.c_str(), "rb");
    if (f == nullptr) return {bad_data, joined({path, ": can not be opened"})};
    std::string content;
    static char buffer[1 << 16];
    for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, f)) > 0;) content.append(buffer, n);
    const bool failed = std::ferror(f) != 0;
    if (!standard_input) std::fclose(f);
    if (failed) return {bad_data, joined({path, ": can not be read"})};
    return take(standard_input ? "standard input" : path, std::move(content));
}

failure table::take(std::string name, std::string content) {
    file_ = std::move(name);
    content_ = std::move(content);
    unescaped_.clear();
    header_.clear();
    fields_.clear();
    rows_.clear();
    return parse();
}

failure table::parse() {
    std::string_view rest = content_;
    if (rest.substr(0, 2) == "\xFF\xFE" || rest.substr(0, 2) == "\xFE\xFF")
        return {bad_data, joined({file_, ": it is UTF-16; save it as UTF-8"})};
    if (rest.substr(0, 3) == "\xEF\xBB\xBF") rest.remove_prefix(3);
    if (const std::size_t nul = rest.find('\0'); nul != std::string_view::npos) {
        const auto line = 1 + static_cast<std::size_t>(std::count(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(nul), '\n'));
        return {bad_data, joined({place_of(file_, line), ": it holds a zero byte; it is no text"})};
    }
    std::size_t line = 1;
    if (const failure f = next_record(rest, line, header_)) return f;
    if (header_.size() == 1 && header_[0].empty()) return wrong_header("it is empty; a header with the names of the columns is expected");
    for (std::size_t c = 0; c < header_.size(); ++c)
        for (std::size_t other = 0; other < c; ++other)
            if (!header_[c].empty() && header_[c] == header_[other]) {
                const std::string columns = joined({std::to_string(other + 1), " and ", std::to_string(c + 1)});
                return wrong_header(joined({"columns ", columns, " are both called ", in_quotes(header_[c])}));
            }
    std::vector<std::string_view> fields;
    while (!rest.empty()) {
        const std::size_t begins = line;
        if (const failure f = next_record(rest, line, fields)) return f;
        if (fields.size() == 1 && fields[0].empty()) continue;
        if (fields.size() != header_.size())
            return {bad_data, joined({place_of(file_, begins), ": it has ", std::to_string(fields.size()), " fields, the header has ",
                                      std::to_string(header_.size())})};
        fields_.insert(fields_.end(), fields.begin(), fields.end());
        rows_.push_back(begins);
    }
    return {};
}

/// Takes one record off the front of the text.
failure table::next_record(std::string_view& rest, std::size_t& line, std::vector<std::string_view>& fields) {
    fields.clear();
    const std::size_t begins = line;
    for (bool last = false; !last;) {
        std::size_t at = 0;
        while (at < rest.size() && (rest[at] == ' ' || rest[at] == '\t')) ++at;
        std::string_view field;
        if (at < rest.size() && rest[at] == '"') {
            rest.remove_prefix(at + 1);
            if (failure f = take_quoted(rest, begins, line, fields.size() + 1, field)) return f;
        } else {
            const std::size_t end = std::min(rest.find_first_of(",\n"), rest.size());
            field = rest.substr(0, end);
            rest.remove_prefix(end);
            if (!field.empty() && field.back() == '\r' && (rest.empty() || rest.front() == '\n')) field.remove_suffix(1);
            field = trimmed(field);
        }
        fields.push_back(field);
        last = rest.empty() || rest.front() == '\n';
        if (!rest.empty()) rest.remove_prefix(1);
    }
    ++line;
    return {};
}

/// The rest of a quoted field, its opening quote taken; up to the comma or the line's end that follows.
failure table::take_quoted(std::string_view& rest, std::size_t begins, std::size_t& line, std::size_t column, std::string_view& field) {
    const auto at = [&](std::size_t where) { return joined({place_of(file_, where), ", column ", std::to_string(column), ": "}); };
    std::string text;
    bool escaped = false;
    const std::string_view from = rest;
    for (;;) {
        const std::size_t quote = rest.find('"');
        if (quote == std::string_view::npos) return {bad_data, joined({at(begins), "a quote is opened and not closed"})};
        line += static_cast<std::size_t>(std::count(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(quote), '\n'));
        text += rest.substr(0, quote);
        rest.remove_prefix(quote + 1);
        if (rest.empty() || rest.front() != '"') break;
        text += '"';
        escaped = true;
        rest.remove_prefix(1);
    }
    field = escaped ? std::string_view{unescaped_.emplace_back(std::move(text))} : from.substr(0, text.size());
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t' || rest.front() == '\r')) rest.remove_prefix(1);
    if (!rest.empty() && rest.front() != ',' && rest.front() != '\n')
        return {bad_data, joined({at(line), "something follows the closing quote"})};
    return {};
}

std::size_t table::column(std::string_view name) const noexcept {
    for (std::size_t c = 0; c < header_.size(); ++c)
        if (header_[c] == name) return c;
    return none;
}

std::string table::place(std::size_t row) const { return place_of(file_, rows_[row]); }

std::string table::place(std::size_t row, std::size_t column) const {
    return joined({place(row), ", column ", std::to_string(column + 1), " (", header_[column], ")"});
}

failure table::wrong_field(std::size_t row, std::size_t column, std::string_view what) const {
    const std::string_view text = field(row, column);
    return {bad_data, joined({place(row, column), ": ", text.empty() ? "it is blank, and" : in_quotes(text), " ", what})};
}

failure table::wrong_header(std::string_view what) const {
    std::string text = joined({file_, ", row 1: ", what});
    if (header_.size() == 1)
        for (const char separator : {';', '\t'})
            if (header_[0].find(separator) != std::string_view::npos)
                text += separator == ';' ? " (its fields seem to be parted by semicolons; commas are expected)"
                                         : " (its fields seem to be parted by tabs; commas are expected)";
    return {bad_data, text};
}

}  // namespace host
