/// What a search for prices works with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../../numeric/gram.hpp"
#include "asset_answer.hpp"
#include "kinked_step.hpp"

namespace ballast::inline v0::detail {

/// Room of a search: 19 numbers per asset, and 4·(k + m + 3)² for the prices; (n + m + 3)² with a dense covariance matrix.
struct price_memory {
    /// Assets whose coefficients are laid side by side before they are multiplied.
    static constexpr std::size_t panel_rows = 64;

    // Per asset.
    std::vector<double> curvature{}, inverse{};  ///< of the quadratic part of an asset's own objective, and 1 over it
    std::vector<double> centre{};                ///< where that is least
    std::vector<double> near_to{};               ///< ŵ: where the proximal term is least
    std::vector<double> nearness{};              ///< its curvature, mostly 0
    std::vector<double> lower{}, upper{};
    std::vector<double> buy{}, sell{};        ///< rates of linear costs
    std::vector<double> pull{}, turn{};       ///< what an asset is told: α less the prices of all that it takes part in; and its direction
    std::vector<double> position{}, trial{};  ///< w
    std::vector<double> weight{}, trial_weight{}, in_gram{};  ///< dw/dpull, 0 where w is on a kink or bound
    std::vector<answer_piece> piece{}, trial_piece{}, piece_in_gram{};

    // Per factor, and per price: factors first, then those limits that there are.
    std::vector<double> root{};  ///< U of Ω = UᵀU, k × k
    std::vector<double> factor{}, next_factor{}, exposure{}, benchmark_exposure{}, factor_scale{}, pulled{}, gradient{}, kept_factor{};
    std::vector<double> gram{}, system{}, diagonal{}, rhs{}, product{};
    std::vector<double> panel{}, scaled{};

    // Per limit.
    std::vector<limit_range> range{};
    std::vector<std::uint32_t> row_of{};
    std::vector<double> price{}, next_price{}, activity{}, size{}, typical{}, give{}, step{}, work{}, change{}, kept_price{}, instead{},
        anchor{};
    std::vector<int> sign{};

    // Per asset, of a dense covariance matrix: the step of those on slopes; and what all that are not where they are thought to be tell the others.
    std::vector<double> moved{}, apart_pull{};
    // Per asset on a slope.
    std::vector<std::uint32_t> moving{};
    std::vector<double> stiffness{};     ///< dpull/dw
    std::vector<double> coefficients{};  ///< in each limit

    std::size_t assets = 0, factors = 0, rows = 0;
    bool dense = false;

    void prepare(std::size_t n, std::size_t k, std::size_t m, bool dense_as_well) {
        assets = n;
        factors = k;
        rows = m;
        dense = dense_as_well;
        for (auto* v : {&curvature, &inverse, &centre, &near_to, &nearness, &lower, &upper, &buy, &sell, &pull, &turn, &position, &trial,
                        &weight, &trial_weight, &in_gram})
            v->resize(n);
        for (auto* v : {&piece, &trial_piece, &piece_in_gram}) v->resize(n);
        const std::size_t limits = m + 3, all = k + limits, stride = gram_stride(all);
        const std::size_t prices = dense && n > k ? n : k, most = gram_stride(prices + limits);
        root.resize(k * gram_stride(k));
        for (auto* v : {&exposure, &benchmark_exposure}) v->resize(gram_stride(k) + 8);
        for (auto* v : {&factor, &next_factor, &pulled, &gradient, &kept_factor, &factor_scale}) v->resize(gram_stride(prices) + 8);
        for (auto* v : {&gram, &product}) v->resize(stride * stride);
        system.resize(most * most);
        for (auto* v : {&diagonal, &rhs}) v->resize(most);
        for (auto* v : {&moved, &apart_pull}) v->resize(dense ? n : 0);
        moving.resize(dense ? n : 0);
        stiffness.resize(dense ? n : 0);
        coefficients.resize(dense ? n * limits : 0);
        for (auto* v : {&panel, &scaled}) v->resize(panel_rows * stride);
        range.resize(limits);
        row_of.resize(limits);
        for (auto* v : {&price, &next_price, &activity, &size, &typical, &give, &change, &kept_price, &instead, &anchor}) v->resize(limits);
        step.resize(3 * limits);
        work.resize(limits * gram_stride(limits));
        sign.resize(limits);
    }
    [[nodiscard]] bool holds(std::size_t n, std::size_t k, std::size_t m, bool for_dense) const noexcept {
        return assets >= n && factors >= k && rows >= m && (dense || !for_dense);
    }
};

}  // namespace ballast::inline v0::detail
