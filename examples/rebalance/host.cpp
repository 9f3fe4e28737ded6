#include "host.hpp"

namespace host {

failure run(std::span<const std::string> arguments, progress* p, output& o) {
    o = {};
    command_line line;
    failure f = parse_command_line(arguments, line);
    if (!f && line.help)
        o.out = help_text(line.command);
    else if (!f)
        switch (line.command) {
            case command::plan: f = plan(line, o); break;
            case command::replay: f = replay(line, p, o); break;
            case command::list: f = list(line, o); break;
            case command::tune: f = tune(line, o); break;
            case command::none: break;
        }
    if (f) o = {.out = {}, .err = joined({"rebalance: ", f.message, "\n"}), .files = {}};
    return f;
}

}  // namespace host
