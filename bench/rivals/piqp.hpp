// PIQP (Schwan et al. 2023): a proximal interior point method.
#pragma once

#include <piqp/piqp.hpp>

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <vector>

#include "forms.hpp"

namespace bench::rivals {

class piqp_rival {
public:
    static constexpr const char* name = "piqp";
    static constexpr std::initializer_list<double> tolerances{1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12};
    static constexpr std::initializer_list<form> forms{form::pairs, form::trades};
    static constexpr bool takes(extra with) { return with != extra::root_costs; }

    piqp_rival(const tracking_instance& of, extra with, way how) : problem_{of, with, how.shape}, tolerance_{how.tolerance} {
        const auto equal = static_cast<Eigen::Index>(problem_.equalities());
        p_ = matrix_of(problem_.p, 0, static_cast<Eigen::Index>(problem_.p.rows));
        a_ = matrix_of(problem_.a, 0, equal);
        g_ = matrix_of(problem_.a, equal, static_cast<Eigen::Index>(problem_.row_lower.size()) - equal);
        set_day(0);
    }
    piqp_rival(const piqp_rival&) = delete;
    piqp_rival& operator=(const piqp_rival&) = delete;

    /// The day's vectors; no part of the time.
    void set_day(std::size_t day) {
        problem_.set_day(day);
        const auto equal = static_cast<Eigen::Index>(problem_.equalities());
        q_ = vector_of(problem_.q);
        b_ = vector_of(problem_.row_lower).head(equal);
        low_ = vector_of(problem_.row_lower).tail(g_.rows());
        high_ = vector_of(problem_.row_upper).tail(g_.rows());
        lower_ = vector_of(problem_.lower);
        upper_ = vector_of(problem_.upper);
    }
    bool cold() {
        auto& settings = solver_.emplace().settings();
        settings.kkt_solver = piqp::KKTSolver::sparse_ldlt;
        settings.eps_abs = settings.eps_duality_gap_abs = tolerance_;
        settings.eps_rel = settings.eps_duality_gap_rel = 0.0;
        solver_->setup(p_, q_, a_, b_, g_, low_, high_, lower_, upper_);
        return solver_->solve() == piqp::Status::PIQP_SOLVED;
    }
    /// It can not begin elsewhere; what it knows of the matrices it keeps.
    bool warm() {
        solver_->update(piqp::nullopt, q_, piqp::nullopt, b_, piqp::nullopt, low_, high_, lower_, upper_);
        return solver_->solve() == piqp::Status::PIQP_SOLVED;
    }
    [[nodiscard]] double iterations() const { return static_cast<double>(solver_->result().info.iter); }
    void weights(std::vector<double>& w) const { problem_.weights(solver_->result().x.data(), w); }

private:
    using matrix = Eigen::SparseMatrix<double, Eigen::ColMajor, int>;
    static Eigen::VectorXd vector_of(const std::vector<double>& v) {
        return Eigen::Map<const Eigen::VectorXd>(v.data(), static_cast<Eigen::Index>(v.size()));
    }
    static matrix matrix_of(const columns& from, Eigen::Index first, Eigen::Index rows) {
        std::vector<Eigen::Triplet<double, int>> all;
        for (std::size_t j = 0; j < from.count(); ++j)
            for (std::size_t e = from.start[j]; e < from.start[j + 1]; ++e) {
                const auto row = static_cast<Eigen::Index>(from.row[e]) - first;
                if (row >= 0 && row < rows) all.emplace_back(static_cast<int>(row), static_cast<int>(j), from.value[e]);
            }
        matrix m(rows, static_cast<Eigen::Index>(from.count()));
        m.setFromTriplets(all.begin(), all.end());
        return m;
    }

    quadratic problem_;
    double tolerance_;
    matrix p_{}, a_{}, g_{};
    Eigen::VectorXd q_{}, b_{}, low_{}, high_{}, lower_{}, upper_{};
    std::optional<piqp::SparseSolver<double, int>> solver_{};
};

}  // namespace bench::rivals
