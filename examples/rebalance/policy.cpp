#include "policy.hpp"

#include <string>
#include <utility>

using namespace ballast;

namespace host {

namespace {

/// Options that are fields of a composition.
constexpr const char* fields[] = {"trigger", "cost", "solver", "guard", "target", "estimator", "sizing"};

/// The options that say what --sizing may say.
failure read_sizing(const command_line& line, spec::composition& out) {
    std::string name = "reconciled";
    std::string arguments;
    const auto apart = [&](const std::string& option, const std::string& said) {
        return failure{wrong_usage, joined({option, " beside --sizing: say it there, --sizing ", said})};
    };
    if (const std::string* how = line.find("--integers")) {
        const bool exact = *how == "exact";
        if (!exact && *how != "search") return {wrong_usage, joined({"--integers: ", in_quotes(*how), " is neither exact nor search"})};
        name = "integer";
        arguments = exact ? "exact_rows=32" : "exact_rows=0";
        if (line.has("--sizing")) return apart("--integers", joined({name, ":", arguments}));
    }
    const auto add = [&](const char* option) -> failure {
        const std::string text = joined({name, arguments.empty() ? "" : ":", arguments});
        out.sizing.reset();
        if (const auto f = out.add("sizing", text)) return wrong_spec(option, *f, text);
        return {};
    };
    if (line.has("--integers"))
        if (failure f = add("--integers")) return f;
    for (const char* option : {"--collar", "--shortfall"}) {
        const std::string* value = line.find(option);
        if (value == nullptr) continue;
        const std::string said = option + 2;
        if (line.has("--sizing")) return apart(option, joined({"reconciled:", said, "=..."}));
        arguments += joined({arguments.empty() ? "" : ",", said, "=", *value});
        if (failure f = add(option)) return f;
    }
    return {};
}

failure read_options(const command_line& line, spec::composition& out) {
    if (const std::string* text = line.find("--mandate")) {
        const spec::result<mandate> m = spec::mandate(*text);
        if (!m) return wrong_spec("--mandate", m.fault(), *text);
        out.mandate = *m;
    }
    if (failure f = read_sizing(line, out)) return f;
    for (const given_option& o : line.options) {
        const std::string_view name = std::string_view{o.what->name}.substr(2);
        if (name == "turnover") {
            const std::string text = joined({"max_turnover:limit=", trimmed(o.value)});
            if (const auto f = out.add("guard", text)) return wrong_spec("--turnover", *f, text);
            continue;
        }
        if (name == "leverage") {
            if (line.has("--mandate")) return {wrong_usage, "--leverage beside --mandate: say it there, --mandate leverage=..."};
            if (const auto f = out.add("leverage", o.value)) return wrong_spec("--leverage", *f, o.value);
            continue;
        }
        if (name == "reserve" || name == "reserve-amount" || name == "proceeds" || name == "all") {
            const std::string_view field = name == "reserve-amount" ? "reserve_amount" : name;
            if (const auto f = out.add(field, o.value)) return wrong_spec(o.what->name, *f, o.value);
            continue;
        }
        for (const char* field : fields)
            if (name == field)
                if (const auto f = out.add(field, o.value)) return wrong_spec(o.what->name, *f, o.value);
    }
    return {};
}

/// What the policy's own text does not say is that of the options.
void complete(spec::composition& p, const spec::composition& options) {
    if (p.costs.empty()) p.costs = options.costs;
    if (!p.solver) p.solver = options.solver;
    if (p.guards.empty()) p.guards = options.guards;
    if (!p.target) p.target = options.target;
    if (p.estimators.empty()) p.estimators = options.estimators;
    if (!p.sizing) p.sizing = options.sizing;
    const mandate unsaid;
    const auto take = [&](auto member) {
        if (p.mandate.*member == unsaid.*member) p.mandate.*member = options.mandate.*member;
    };
    take(&mandate::reserve);
    take(&mandate::reserve_amount);
    take(&mandate::leverage);
    take(&mandate::net_leverage);
    take(&mandate::allow_short);
    take(&mandate::bad_price);
    take(&mandate::proceeds);
}

}  // namespace

failure wrong_spec(std::string_view option, const spec::fault& f, std::string_view text) {
    return {wrong_usage, joined({option, ": ", spec::describe(f, text)})};
}

failure read_policies(const command_line& line, std::vector<named_policy>& out) {
    out.clear();
    spec::composition options;
    if (failure f = read_options(line, options)) return f;
    if (!line.has("--policy")) {
        std::vector<std::string> triggers;
        for (const auto& t : options.triggers) triggers.push_back(t.text);
        out.push_back({listed(triggers, options.all ? " and " : " or "), std::move(options)});
        return {};
    }
    for (const char* one : {"--trigger", "--all"})
        if (line.has(one)) return {wrong_usage, joined({one, " beside --policy: each policy names its own triggers, trigger=... and all"})};
    for (const given_option& o : line.options) {
        if (std::string_view{o.what->name} != "--policy") continue;
        spec::result<spec::composition> p = spec::policy(o.value);
        if (!p) return wrong_spec("--policy", p.fault(), o.value);
        complete(*p, options);
        named_policy named{p->name.empty() ? spec::to_text(*p) : p->name, std::move(*p)};
        for (const named_policy& other : out)
            if (other.name == named.name) return {wrong_usage, joined({"--policy: two are called ", in_quotes(named.name)})};
        out.push_back(std::move(named));
    }
    return {};
}

bool has_trigger(const named_policy& p, std::string_view name) {
    for (const auto& t : p.parts.triggers)
        for (std::size_t at = t.text.find(name); at != std::string::npos; at = t.text.find(name, at + 1)) {
            // Of all that texts hold only policies are followed by a colon.
            const bool begins = at == 0 || t.text[at - 1] == '(' || t.text[at - 1] == ' ' || t.text[at - 1] == ',';
            if (begins && t.text.compare(at + name.size(), 1, ":") == 0) return true;
        }
    return false;
}

failure build(const named_policy& p, std::vector<any_rebalancer>& out) {
    spec::result<any_rebalancer> r = p.parts.build();
    if (!r) return {wrong_usage, joined({"policy ", in_quotes(p.name), ": ", r.fault().message})};
    out.push_back(*std::move(r));
    return {};
}

failure number_of(const command_line& line, std::string_view option, bool (*right)(double), std::string_view what, double& out) {
    const std::string* text = line.find(option);
    if (text == nullptr) return {};
    if (!parse_number(trimmed(*text), out) || !right(out)) return {wrong_usage, joined({option, ": ", in_quotes(*text), " is not ", what})};
    return {};
}

exit_code code_of(fault_code c) noexcept {
    switch (c) {
        case fault_code::limits_conflict:
        case fault_code::limits_contradict:
        case fault_code::return_out_of_reach:
        case fault_code::no_positive_return:
        case fault_code::sum_out_of_reach: return infeasible;
        case fault_code::targets_missing:
        case fault_code::targets_given_twice:
        case fault_code::over_leveraged:
        case fault_code::over_net_leverage:
        case fault_code::short_target:
        case fault_code::bad_target:
        case fault_code::bad_signal:
        case fault_code::bad_parameter_count: return wrong_usage;
        default: return bad_data;
    }
}

}  // namespace host
