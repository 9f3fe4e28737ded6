// Policies from texts: a file's lines, a form's field, an argument. What is wrong with one is told with its place.
#include <ballast/ballast.hpp>
#include <ballast/spec.hpp>

#include <cstdio>
#include <string>
#include <vector>

using namespace ballast;

bool try_policy(const std::string& text) {
    const auto parts = spec::policy(text);
    if (!parts) {
        std::printf("%s\n", spec::describe(parts.fault(), text).c_str());
        return false;
    }
    const auto policy = parts->build();
    if (!policy) {
        std::printf("%s\n", spec::describe(policy.fault(), text).c_str());
        return false;
    }
    const std::vector<double> price{50.0, 100.0}, target{0.6, 0.4}, quantity{160.0, 30.0};
    keeper k{*policy, {.assets = 2}};
    if (k.observe({.now = timestamp_from_civil(2024, 3, 1), .price = price})) return false;
    const decision& d = k.propose({.quantity = quantity}, target);
    std::printf("%s: %s, turnover %.4f\n", parts->name.c_str(), to_string(d.outcome), d.turnover);
    return true;
}

int main() {
    const char* const texts[] = {
        "5/25: trigger=band:absolute=0.05,relative=0.25; cost=proportional:bps=10",
        "careful: trigger=cooldown:5d(band:0.05); cost=minimum:1(proportional:10bps); guard=max_turnover:0.02; reserve=0.01",
        "edge: trigger=any_of(band:absolute=0.02, calendar:monthly); solver=to_band:midpoint",
        "typo: trigger=bnad:absolute=0.05",
        "too wide: trigger=band:absolute=0.05; reserve=1.5",
    };
    for (const char* const text : texts) try_policy(text);
}
