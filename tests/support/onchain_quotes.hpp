// The answers of real pools that stand in the reference data, one pool at a time.
#pragma once

#include <ballast/numeric/wide_uint.hpp>

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "json.hpp"

namespace test {

inline ballast::uint256 whole(const std::string& digits) {
    const auto n = ballast::uint256::from_decimal(digits);
    REQUIRE(n.has_value());
    return *n;
}

struct onchain_quote {
    std::string function{};
    std::size_t in = 0;  // by the order of the pool's tokens
    std::size_t out = 0;
    ballast::uint256 amount{};  // of what goes in, or of what comes out: as the function has it
    ballast::uint256 answer{};
};

struct onchain_pool {
    json state{};  // of market/amm_pools.json
    std::vector<onchain_quote> quotes{};
};

// No quotes, with a warning, where BALLAST_DATA is not set.
inline onchain_pool onchain(const std::string& name) {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: the answers of " << name << " are skipped");
        return {};
    }
    onchain_pool pool;
    pool.state = json::load(std::string{folder} + "/market/amm_pools.json")[name.c_str()];
    const json& tokens = pool.state["tokens"];
    REQUIRE(tokens.size() >= 2);
    const auto index = [&](const std::string& token) {
        std::size_t i = 0;
        while (i < tokens.size() && tokens[i].text() != token) ++i;
        REQUIRE(i < tokens.size());
        return i;
    };
    std::ifstream file{std::string{folder} + "/reference/amm_onchain_quotes.csv"};
    for (std::string line; std::getline(file, line);) {
        std::istringstream cells{line};
        std::string cell[6];
        for (std::string& c : cell) std::getline(cells, c, ',');
        if (cell[0] == name) pool.quotes.push_back({cell[1], index(cell[2]), index(cell[3]), whole(cell[4]), whole(cell[5])});
    }
    return pool;
}

}  // namespace test
