// How good a solver's answer is, and why its trades stop where they do: `plan --certificate`.
#pragma once

#include <ballast/core/decision.hpp>

#include <string>

#include "book.hpp"
#include "factors.hpp"

namespace host {

/// Residuals, the prices of limits and, for every asset, what a trade in it is worth and costs; lines for stderr.
[[nodiscard]] std::string certificate_text(const book& b, const factor_model& factors, const ballast::decision& d);

/// The limits of an infeasible problem that contradict each other, like "tech at most 0.3, turnover"; empty where it is not told which.
[[nodiscard]] std::string conflict_text(const ballast::decision& d);

}  // namespace host
