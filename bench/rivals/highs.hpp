// HiGHS (Huangfu and Hall 2018; its solver of quadratic programs: Feldmeier 2023): a primal active set method.
#pragma once

#include <Highs.h>

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <vector>

#include "dense_forms.hpp"

namespace bench::rivals {

class highs_rival {
public:
    static constexpr const char* name = "highs";
    static constexpr std::initializer_list<double> tolerances{1e-7, 1e-9};
    static constexpr std::initializer_list<form> forms{form::pairs, form::trades};
    static constexpr bool offers(form, std::size_t) { return true; }

    highs_rival(const dense_instance& of, extra with, way how) : problem_{of, with, how.shape}, tolerance_{how.tolerance} {
        auto& lp = model_.lp_;
        lp.num_col_ = static_cast<HighsInt>(problem_.p.count());
        lp.num_row_ = static_cast<HighsInt>(problem_.row_lower.size());
        lp.a_matrix_.format_ = MatrixFormat::kColwise;
        lp.a_matrix_.num_col_ = lp.num_col_;
        lp.a_matrix_.num_row_ = lp.num_row_;
        copy(problem_.a, lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_);
        // Of the Hessian it wants the lower triangle, column by column: the upper one, row by row.
        auto& hessian = model_.hessian_;
        const std::size_t count = problem_.p.count();
        std::vector<std::vector<std::size_t>> at(count), entry(count);
        for (std::size_t j = 0; j < count; ++j)
            for (std::size_t e = problem_.p.start[j]; e < problem_.p.start[j + 1]; ++e) {
                at[problem_.p.row[e]].push_back(j);
                entry[problem_.p.row[e]].push_back(e);
            }
        hessian.dim_ = lp.num_col_;
        hessian.format_ = HessianFormat::kTriangular;
        hessian.start_.assign(1, 0);
        for (std::size_t i = 0; i < count; ++i) {
            for (std::size_t e = 0; e < at[i].size(); ++e) {
                hessian.index_.push_back(static_cast<HighsInt>(at[i][e]));
                hessian.value_.push_back(problem_.p.value[entry[i][e]]);
            }
            hessian.start_.push_back(static_cast<HighsInt>(hessian.index_.size()));
        }
        set_day(0);
    }
    highs_rival(const highs_rival&) = delete;
    highs_rival& operator=(const highs_rival&) = delete;

    /// The day's vectors; no part of the time.
    void set_day(std::size_t day) {
        problem_.set_day(day);
        auto& lp = model_.lp_;
        lp.col_cost_ = problem_.q;
        lp.col_lower_ = problem_.lower;
        lp.col_upper_ = problem_.upper;
        lp.row_lower_ = problem_.row_lower;
        lp.row_upper_ = problem_.row_upper;
        for (double& x : lp.col_lower_) x = x <= -dense_quadratic::infinity ? -kHighsInf : x;
        for (double& x : lp.col_upper_) x = x >= dense_quadratic::infinity ? kHighsInf : x;
    }
    bool cold() {
        auto& solver = solver_.emplace();
        solver.setOptionValue("output_flag", false);
        solver.setOptionValue("threads", 1);
        solver.setOptionValue("qp_regularization_value", 0.0);
        solver.setOptionValue("qp_allow_hot_start", true);
        solver.setOptionValue("primal_feasibility_tolerance", tolerance_);
        solver.setOptionValue("dual_feasibility_tolerance", tolerance_);
        if (solver.passModel(model_) == HighsStatus::kError) return false;
        return solve();
    }
    /// From the active set of the last one.
    bool warm() {
        solver_->changeColsCost(0, model_.lp_.num_col_ - 1, model_.lp_.col_cost_.data());
        return solve();
    }
    [[nodiscard]] double iterations() const { return static_cast<double>(solver_->getInfo().qp_iteration_count); }
    void weights(std::vector<double>& w) const { problem_.weights(solver_->getSolution().col_value.data(), w); }

private:
    bool solve() { return solver_->run() != HighsStatus::kError && solver_->getModelStatus() == HighsModelStatus::kOptimal; }
    static void copy(const columns& from, std::vector<HighsInt>& start, std::vector<HighsInt>& index, std::vector<double>& value) {
        start.assign(from.start.begin(), from.start.end());
        index.assign(from.row.begin(), from.row.end());
        value = from.value;
    }

    dense_quadratic problem_;
    double tolerance_;
    HighsModel model_{};
    std::optional<Highs> solver_{};
};

}  // namespace bench::rivals
