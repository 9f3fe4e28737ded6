// A CSV file with a header, as text; and what is wrong with it, with file, row and column.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "text.hpp"

namespace host {

/// Fields are parted by commas and may be quoted (RFC 4180: a quoted field may hold commas, line ends and doubled quotes); blanks around
/// unquoted fields are dropped, as are lines without anything. Lines may end in LF or CRLF; a byte order mark of UTF-8 is skipped. Every
/// row has as many fields as the header, whose names are all different. Owns the text that its fields show.
class table {
public:
    table() = default;
    table(const table&) = delete;
    table& operator=(const table&) = delete;

    /// Reads a file; "-" is the standard input.
    failure load(const std::string& path);
    /// Takes a text for the content of a file of this name.
    failure take(std::string name, std::string content);

    [[nodiscard]] const std::string& file() const noexcept { return file_; }
    [[nodiscard]] std::size_t rows() const noexcept { return rows_.size(); }
    [[nodiscard]] std::size_t columns() const noexcept { return header_.size(); }
    [[nodiscard]] const std::vector<std::string_view>& header() const noexcept { return header_; }
    [[nodiscard]] std::string_view field(std::size_t row, std::size_t column) const noexcept { return fields_[row * columns() + column]; }
    /// The column of this name, or `none`.
    [[nodiscard]] std::size_t column(std::string_view name) const noexcept;
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    /// "BOOK.csv, row 3": the line of the file in which the row begins; the header is row 1.
    [[nodiscard]] std::string place(std::size_t row) const;
    /// "BOOK.csv, row 3, column 2 (quantity)".
    [[nodiscard]] std::string place(std::size_t row, std::size_t column) const;
    /// "BOOK.csv, row 3, column 2 (quantity): 'x' is not a number"; a field without anything "is blank".
    [[nodiscard]] failure wrong_field(std::size_t row, std::size_t column, std::string_view what) const;
    /// "BOOK.csv, row 1: ...".
    [[nodiscard]] failure wrong_header(std::string_view what) const;
    /// The row's line in the file.
    [[nodiscard]] std::size_t line(std::size_t row) const noexcept { return rows_[row]; }

private:
    failure parse();
    failure next_record(std::string_view& rest, std::size_t& line, std::vector<std::string_view>& fields);
    failure take_quoted(std::string_view& rest, std::size_t begin, std::size_t& line, std::size_t column, std::string_view& field);

    std::string file_{};
    std::string content_{};
    std::deque<std::string> unescaped_{};
    std::vector<std::string_view> header_{};
    std::vector<std::string_view> fields_{};
    std::vector<std::size_t> rows_{};  // the line in which each begins
};

}  // namespace host
