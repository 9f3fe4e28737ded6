// Answers to random programs, and what the verifier says of them.
#pragma once

#include <ballast/solver/price_search.hpp>
#include <ballast/solver/verify.hpp>

#include "catch.hpp"
#include "program_dice.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace ballast_test {

// An answer that owns its numbers.
struct owned_answer {
    std::vector<double> position, factor_price, row;
    ballast::solver::program_answer a{};

    explicit owned_answer(const random_program& r) : position(r.assets()), factor_price(r.factors()), row(r.row_lower.size()) {
        a.position = position;
        a.factor_price = factor_price;
        a.price.row = row;
    }
    owned_answer(const owned_answer&) = delete;
    owned_answer& operator=(const owned_answer&) = delete;
};

// One search for all sizes up to these.
inline ballast::solver::price_search& searcher(const random_program& r) {
    static ballast::solver::price_search s;
    static std::size_t n = 0, k = 0, m = 0;
    static bool dense = false;
    const bool wants_dense = r.layout == ballast::risk_layout::dense;
    if (r.assets() > n || r.factors() > k || r.row_lower.size() > m || n == 0 || (wants_dense && !dense)) {
        n = std::max(n, r.assets());
        k = std::max(k, r.factors());
        m = std::max(m, r.row_lower.size());
        dense = dense || wants_dense;
        s.prepare(n, k, m, dense);
    }
    return s;
}
inline void solve(const random_program& r, owned_answer& a, const ballast::solver::search_options& how = {}) {
    r.with_cost([&](const auto& view) { searcher(r).solve(r.view(), view, a.a, how); });
}
[[nodiscard]] inline ballast::solver::certificate checked(const random_program& r, const owned_answer& a) {
    const ballast::solver::program p = r.view();
    std::vector<double> scratch(ballast::solver::verify_room(p));
    return r.with_cost([&](const auto& view) {
        return ballast::solver::verify(p, view, std::span<const double>(a.position), a.a.price, std::span<double>(scratch));
    });
}
[[nodiscard]] inline double proof(const random_program& r, const owned_answer& a, double reach = std::numeric_limits<double>::infinity()) {
    return r.with_cost([&](const auto& view) { return ballast::solver::proves_infeasible(r.view(), view, a.a.price, reach); });
}

// The whole of what an answer promises: that the verifier accepts it, or that its prices prove the conflict.
inline void check_answer(const random_program& r, int* stopped = nullptr) {
    CAPTURE(r.name());
    owned_answer a{r};
    solve(r, a);
    if (!r.feasible) {
        CHECK(a.a.certificate.how == ballast::search_end::infeasible);
        CHECK(proof(r, a, 1e3 * r.scale) > 0.0);
        return;
    }
    if (stopped != nullptr && a.a.certificate.how == ballast::search_end::stopped) {  // and says so
        ++*stopped;
        return;
    }
    CHECK(a.a.certificate.how == ballast::search_end::best);
    const ballast::solver::certificate c = checked(r, a);
    CHECK(c.how == ballast::search_end::best);
    CHECK(c.relative_primal <= 1e-9);
    CHECK(c.relative_dual <= 1e-9);
    for (std::size_t i = 0; i < r.assets(); ++i) CHECK((a.position[i] >= r.lower[i] && a.position[i] <= r.upper[i]));
}

}  // namespace ballast_test
