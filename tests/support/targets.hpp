// What a target policy answers to a look, with the memory and the scratch that it needs.
#pragma once

#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include <ballast/core/configuration.hpp>
#include <ballast/target/concept.hpp>

#include "catch.hpp"
#include "json.hpp"
#include "looks.hpp"

namespace test {

template <ballast::target_policy T>
ballast::memory_of<T> fresh_memory(const T&, std::size_t assets) {
    ballast::memory_of<T> m;
    ballast::detail::prepare(m, {.assets = assets});
    return m;
}

/// Its fault, and the weights in `out`.
template <ballast::target_policy T>
ballast::fault try_weights(const T& t, const ballast::look& l, const ballast::memory_of<T>& m, std::vector<double>& out) {
    out.assign(l.assets(), std::numeric_limits<double>::quiet_NaN());
    ballast::target_scratch scratch;
    ballast::detail::prepare_for(t, scratch, {.assets = l.assets()});
    // What was in the scratch before does not matter.
    for (double& x : scratch.numbers) x = std::numeric_limits<double>::quiet_NaN();
    return ballast::detail::weights(t, l, m, scratch, out);
}
template <ballast::target_policy T>
std::vector<double> weights_of(const T& t, const ballast::look& l, const ballast::memory_of<T>& m) {
    std::vector<double> out;
    CHECK_FALSE(try_weights(t, l, m, out));
    return out;
}
template <ballast::target_policy T>
std::vector<double> weights_of(const T& t, const ballast::look& l) {
    return weights_of(t, l, fresh_memory(t, l.assets()));
}
template <ballast::target_policy T>
ballast::fault fault_of(const T& t, const ballast::look& l) {
    std::vector<double> out;
    return try_weights(t, l, fresh_memory(t, l.assets()), out);
}

/// What building a rebalancer of it would say; "" where it validates.
template <class T>
std::string refusal(const T& t) {
    const ballast::configuration_fault f = t.validate();
    return f ? ballast::invalid_configuration{f}.what() : "";
}

/// A file of the reference data; null, with a warning, where BALLAST_DATA is not set.
inline json reference(const char* file) {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: " << file << " is skipped");
        return {};
    }
    json j = json::load(std::string{folder} + "/reference/" + file);
    REQUIRE((j.is(json::kind::object) || j.is(json::kind::list)));
    return j;
}

}  // namespace test
