// rebalance list: every policy that there is.
#include <ballast/spec.hpp>

#include <algorithm>

#include "host.hpp"

using namespace ballast;

namespace host {

namespace {

std::string parameter_text(const spec::parameter& p) {
    std::string facts;
    const auto add = [&](std::string_view what, std::string_view value) {
        if (!value.empty()) facts += joined({facts.empty() ? "" : "; ", what, value});
    };
    add("", p.unit);
    add("", p.by_default.empty() ? std::string{"no default"} : joined({"default ", p.by_default}));
    add("", listed(p.choices, " | "));
    add("", p.per_asset ? "one number, or [one per asset]" : "");
    add("", p.range);
    std::string head = joined({"      ", p.name});
    head.resize(std::max<std::size_t>(head.size() + 1, 24), ' ');
    if (p.meaning.empty()) return joined({head, facts, "\n"});
    return joined({head, p.meaning, "\n", std::string(24, ' '), facts, "\n"});
}

std::string policy_text(const spec::description& d) {
    std::string text = joined({"  ", d.name});
    text.resize(std::max<std::size_t>(text.size() + 1, 24), ' ');
    text += joined({d.summary, "\n"});
    for (const spec::parameter& p : d.parameters) text += parameter_text(p);
    if (d.most_parts > 0) {
        const bool any = d.most_parts == spec::description::any_number;
        const std::string most = any ? "" : d.most_parts == d.least_parts ? "" : joined({" to ", std::to_string(d.most_parts)});
        text += joined({"      (policies)        ", std::to_string(d.least_parts), most, any ? " or more" : "", " of the family ",
                        to_string(d.family), ", in parentheses\n"});
    }
    if (!d.example.empty()) text += joined({"      for example       ", d.example, "\n"});
    return text;
}

}  // namespace

failure list(const command_line& line, output& o) {
    std::vector<std::string> right;
    for (const spec::description& d : spec::catalogue()) {
        const std::string family = to_string(d.family);
        if (std::find(right.begin(), right.end(), family) == right.end()) right.push_back(family);
    }
    const std::vector<std::string> families = right;
    for (const spec::description& d : spec::catalogue()) right.push_back(d.name);
    for (const std::string& word : line.words)
        if (std::find(right.begin(), right.end(), word) == right.end())
            return {wrong_usage, joined({"no policy and no family is called ", in_quotes(word), advice(word, right)})};
    const auto wanted = [&](const spec::description& d) {
        const auto& words = line.words;
        return words.empty() || std::find(words.begin(), words.end(), to_string(d.family)) != words.end() ||
               std::find(words.begin(), words.end(), d.name) != words.end();
    };
    for (const std::string& family : families) {
        bool first = true;
        for (const spec::description& d : spec::catalogue()) {
            if (family != to_string(d.family) || !wanted(d)) continue;
            if (first) o.out += joined({o.out.empty() ? "" : "\n", family, "\n"});
            first = false;
            o.out += policy_text(d);
        }
    }
    return {};
}

}  // namespace host
