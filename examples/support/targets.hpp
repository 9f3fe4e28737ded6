// Target weights from text, for the examples: "A=0.6,B=0.4".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "csv.hpp"

namespace csv {

/// Reads "A=0.6,B=0.4" after what is there already. Returns what is wrong; empty: nothing is.
[[nodiscard]] inline std::string parse_targets(std::string_view text, std::vector<std::string>& names, std::vector<double>& targets) {
    std::vector<std::string_view> parts;
    split(text, parts);
    for (const std::string_view part : parts) {
        const std::size_t equals = part.rfind('=');
        double weight = 0.0;
        if (equals == std::string_view::npos || equals == 0 || !parse_number(part.substr(equals + 1), weight))
            return joined({"'", part, "' is not NAME=WEIGHT, like A=0.6"});
        const std::string name{part.substr(0, equals)};
        if (!(weight >= 0.0 && weight <= 1.0)) return joined({"the weight of '", name, "' is not between 0 and 1"});
        for (const std::string& other : names)
            if (other == name) return joined({"'", name, "' is named twice"});
        names.push_back(name);
        targets.push_back(weight);
    }
    double sum = 0.0;
    for (const double weight : targets) sum += weight;
    return sum > 1.0 + 1e-9 ? "the weights add up to more than 1" : "";
}

}  // namespace csv
