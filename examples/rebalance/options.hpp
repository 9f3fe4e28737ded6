// The command line: a command, and options that are the same text as the help.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text.hpp"

namespace host {

enum class command : unsigned { none = 0, plan = 1, replay = 2, list = 4, tune = 8 };

/// One option as it may be given.
struct option {
    const char* name;   ///< "--book"
    const char* value;  ///< what stands for its value in the help; nullptr: it takes none
    bool repeatable;
    unsigned commands;  ///< those that know it
    const char* help;   ///< may have several lines
};

[[nodiscard]] std::span<const option> known_options();

/// An option that was given.
struct given_option {
    const option* what = nullptr;
    std::string value{};
};

/// A command line that was understood.
struct command_line {
    host::command command = command::none;
    bool help = false;
    std::vector<given_option> options{};
    std::vector<std::string> words{};  ///< of `list`: what to list

    [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
    /// The value of an option; nullptr where it was not given.
    [[nodiscard]] const std::string* find(std::string_view name) const;
};

/// `rebalance COMMAND [--option value | --option=value]...`; options may stand before the command as well. What is wrong is told with the
/// nearest right word.
failure parse_command_line(std::span<const std::string> arguments, command_line& out);

/// The text of `--help`: of one command, or of the program.
[[nodiscard]] std::string help_text(command c);

}  // namespace host
