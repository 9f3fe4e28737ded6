// From options to policies: each specification is read by ballast/spec.hpp.
#pragma once

#include <ballast/spec.hpp>

#include <string>
#include <vector>

#include "options.hpp"

namespace host {

struct named_policy {
    std::string name{};
    ballast::spec::composition parts{};
};

/// The policies that a command line asks for: those of --policy, each completed by the other options; or one that is made of the other
/// options alone, whose name is the text of its triggers. That one may be without a trigger yet.
failure read_policies(const command_line& line, std::vector<named_policy>& out);

/// The message of a specification that is wrong: the option, what is wrong, and the place in the text.
failure wrong_spec(std::string_view option, const ballast::spec::fault& f, std::string_view text);

/// Whether a trigger of this name is among those of a policy, also as a part of another.
bool has_trigger(const named_policy& p, std::string_view name);

/// The rebalancer, or what keeps its parts from going together.
failure build(const named_policy& p, std::vector<ballast::any_rebalancer>& out);

/// A number that an option has as its value.
failure number_of(const command_line& line, std::string_view option, bool (*right)(double), std::string_view what, double& out);

/// What a fault of a decision is the fault of: the command line's, the data's, or of limits that contradict each other.
exit_code code_of(ballast::fault_code c) noexcept;

}  // namespace host
