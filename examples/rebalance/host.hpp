// The program without its streams: what it would print and write, so that nothing is printed before all is known to be right.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "options.hpp"
#include "text.hpp"

namespace host {

struct file_output {
    std::string option{};  ///< which asked for it
    std::string path{};
    std::string content{};
};

/// All that comes of a command line.
struct output {
    std::string out{};
    std::string err{};
    std::vector<file_output> files{};
};

/// Hears how far a long replay has come.
class progress {
public:
    progress() = default;
    progress(const progress&) = delete;
    progress& operator=(const progress&) = delete;
    virtual ~progress() = default;
    virtual void at(std::string_view what, std::size_t done, std::size_t of) = 0;
};

failure plan(const command_line& line, output& o);
failure replay(const command_line& line, progress* p, output& o);
failure list(const command_line& line, output& o);
failure tune(const command_line& line, output& o);

/// Runs a command line, without its program's name. Where it fails `o.out` and `o.files` are empty.
failure run(std::span<const std::string> arguments, progress* p, output& o);

}  // namespace host
