// The published regions of one period in which nobody trades: one_period_nt_region.json of the reference data.
#pragma once

#include "catch.hpp"
#include "json.hpp"
#include "period_problems.hpp"

#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

namespace ballast_test {

// A model, with an asset more that makes room (`with_room`), and what is known of it.
struct reference_region {
    struct answer {
        std::vector<double> held{}, best{}, sign{};
        double utility = 0.0;
    };
    std::string name{};
    double gamma = 0.0;
    std::vector<double> rate{}, target{}, expected{};  // without the asset that makes room
    covariance risk{};
    cost::proportional cost{};
    std::vector<double> aims{};
    std::vector<answer> answers{};
    std::vector<std::vector<double>> corners{};  // in the order ++, +-, --, -+ of the costs' signs

    [[nodiscard]] std::size_t assets() const { return rate.size(); }
    // What is held, of a wealth that is 1 once the way to `best` is paid.
    [[nodiscard]] test_look at(const std::vector<double>& held, const std::vector<double>& best, const covariance& c) const {
        const double value = value_before(rate, best, held);
        return look_of(divided(and_one(held, 1.0), value), aims, c, value);
    }
};

// All of them; none, and it says so, without the data.
inline std::vector<reference_region> reference_regions() {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: one_period_nt_region.json is skipped");
        return {};
    }
    const test::json all = test::json::load(std::string{folder} + "/reference/one_period_nt_region.json");
    REQUIRE(all.size() == 4);
    std::vector<reference_region> regions;
    for (std::size_t m = 0; m < all.size(); ++m) {
        const test::json& model = all[m];
        reference_region r{.name = model["name"].text(),
                           .gamma = model["gamma"].number(),
                           .rate = model["k"].numbers(),
                           .target = model["markowitz"].numbers(),
                           .expected = model["mu"].numbers()};
        const std::vector<double> vol = model["vol"].numbers();
        std::vector<double> corr{1.0, model["rho"].number(), model["rho"].number(), 1.0};
        if (model["corr"].size() > 0) {
            corr.clear();
            for (std::size_t i = 0; i < vol.size(); ++i)
                for (const double x : model["corr"][i].numbers()) corr.push_back(x);
        }
        r.risk = with_room(of_correlations(vol, corr));
        r.cost = {.rate = and_one(r.rate, dear)};
        r.aims = and_one(r.target, 2.0);
        for (std::size_t e = 0; e < model["cases"].size(); ++e) {
            const test::json& given = model["cases"][e];
            r.answers.push_back({given["w0"].numbers(), given["w"].numbers(), given["trade_sign"].numbers(), given["utility"].number()});
        }
        const test::json& corners = model["nt_vertices_pp_pm_mm_mp"];
        for (std::size_t v = 0; v < corners.size(); ++v) r.corners.push_back(corners[v].numbers());
        regions.push_back(r);
    }
    return regions;
}

}  // namespace ballast_test
