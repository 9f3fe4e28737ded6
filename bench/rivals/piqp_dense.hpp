// PIQP (Schwan et al. 2023) on dense matrices, where there are purchases and sales alone; with trades as variables on sparse ones.
#pragma once

#include <piqp/piqp.hpp>

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <vector>

#include "dense_forms.hpp"

namespace bench::rivals {

class piqp_dense_rival {
public:
    static constexpr const char* name = "piqp";
    static constexpr std::initializer_list<double> tolerances{1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12};
    static constexpr std::initializer_list<form> forms{form::pairs, form::trades};
    /// On sparse matrices it takes scalar steps: not worth a trial beyond a few hundred assets.
    static constexpr bool offers(form shape, std::size_t n) { return shape == form::pairs || n <= 500; }

    piqp_dense_rival(const dense_instance& of, extra with, way how)
        : problem_{of, with, how.shape},
          dense_{how.shape == form::pairs},
          tolerance_{how.tolerance} {
        const auto count = static_cast<Eigen::Index>(problem_.p.count());
        p_ = matrix_of(problem_.p, count);
        a_ = matrix_of(problem_.a, static_cast<Eigen::Index>(problem_.equalities()));
        if (dense_) {
            whole_p_ = p_;
            whole_p_ = Eigen::MatrixXd{whole_p_.selfadjointView<Eigen::Upper>()};
            whole_a_ = a_;
        }
        set_day(0);
    }
    piqp_dense_rival(const piqp_dense_rival&) = delete;
    piqp_dense_rival& operator=(const piqp_dense_rival&) = delete;

    /// The day's vectors; no part of the time.
    void set_day(std::size_t day) {
        problem_.set_day(day);
        q_ = vector_of(problem_.q);
        b_ = vector_of(problem_.row_lower);
        lower_ = vector_of(problem_.lower);
        upper_ = vector_of(problem_.upper);
    }
    bool cold() {
        if (dense_) {
            be_exact(by_matrix_.emplace().settings());
            by_matrix_->setup(whole_p_, q_, whole_a_, b_, piqp::nullopt, piqp::nullopt, piqp::nullopt, lower_, upper_);
            return by_matrix_->solve() == piqp::Status::PIQP_SOLVED;
        }
        be_exact(by_columns_.emplace().settings());
        by_columns_->settings().kkt_solver = piqp::KKTSolver::sparse_ldlt;
        by_columns_->setup(p_, q_, a_, b_, piqp::nullopt, piqp::nullopt, piqp::nullopt, lower_, upper_);
        return by_columns_->solve() == piqp::Status::PIQP_SOLVED;
    }
    /// It can not begin elsewhere; what it knows of the matrices it keeps.
    bool warm() {
        const auto again = [&](auto& solver) {
            solver.update(piqp::nullopt, q_, piqp::nullopt, b_, piqp::nullopt, piqp::nullopt, piqp::nullopt, lower_, upper_);
            return solver.solve() == piqp::Status::PIQP_SOLVED;
        };
        return dense_ ? again(*by_matrix_) : again(*by_columns_);
    }
    [[nodiscard]] double iterations() const {
        return static_cast<double>(dense_ ? by_matrix_->result().info.iter : by_columns_->result().info.iter);
    }
    void weights(std::vector<double>& w) const {
        problem_.weights(dense_ ? by_matrix_->result().x.data() : by_columns_->result().x.data(), w);
    }

private:
    using matrix = Eigen::SparseMatrix<double, Eigen::ColMajor, int>;
    static Eigen::VectorXd vector_of(const std::vector<double>& v) {
        return Eigen::Map<const Eigen::VectorXd>(v.data(), static_cast<Eigen::Index>(v.size()));
    }
    static matrix matrix_of(const columns& from, Eigen::Index rows) {
        std::vector<Eigen::Triplet<double, int>> all;
        for (std::size_t j = 0; j < from.count(); ++j)
            for (std::size_t e = from.start[j]; e < from.start[j + 1]; ++e)
                all.emplace_back(static_cast<int>(from.row[e]), static_cast<int>(j), from.value[e]);
        matrix m(rows, static_cast<Eigen::Index>(from.count()));
        m.setFromTriplets(all.begin(), all.end());
        return m;
    }
    void be_exact(piqp::Settings<double>& settings) const {
        settings.eps_abs = settings.eps_duality_gap_abs = tolerance_;
        settings.eps_rel = settings.eps_duality_gap_rel = 0.0;
    }

    dense_quadratic problem_;
    bool dense_;
    double tolerance_;
    matrix p_{}, a_{};
    Eigen::MatrixXd whole_p_{}, whole_a_{};
    Eigen::VectorXd q_{}, b_{}, lower_{}, upper_{};
    std::optional<piqp::DenseSolver<double>> by_matrix_{};
    std::optional<piqp::SparseSolver<double, int>> by_columns_{};
};

}  // namespace bench::rivals
