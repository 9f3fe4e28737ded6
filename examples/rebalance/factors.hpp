// The factor model of a book's assets, from CSV files.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "book.hpp"
#include "table.hpp"

namespace host {

/// Covariances per year Σ = FΩFᵀ + D, as `risk::given_factors` reads them.
struct factor_model {
    std::vector<std::string> factor{};  ///< names; of a reduced model those of the assets
    std::vector<double> loadings{};     ///< F, a row per asset of the book
    std::vector<double> covariance{};   ///< Ω
    std::vector<double> specific{};     ///< D
    /// More factors than assets: F is the identity, and Ω is what FΩFᵀ was; the same Σ with as many factors as assets.
    bool reduced = false;

    [[nodiscard]] bool empty() const noexcept { return factor.empty(); }
};

/// Reads and checks the three files: `asset` and a column per factor; `factor` and a column per factor; `asset` and `volatility` or `variance`. Assets
/// that the book does not have are passed over; those that it has are all there. What is wrong is told with file, row and column.
failure read_factor_model(const table& loadings, const table& covariance, const table& specific, const book& b, factor_model& out);

}  // namespace host
