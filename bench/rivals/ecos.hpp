// ECOS (Domahidi, Chu and Boyd 2013): an interior point method on second-order cones, here for the costs of |x|^{3/2}.
#pragma once

#include <ecos.h>

#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <vector>

#include "forms.hpp"

namespace bench::rivals {

/// Variables: purchases, sales, exposures y, and for each asset t and r; last the risk. With the scales of forms.hpp
///   risk:   ‖v‖² ≤ risk, with v all of √(γd/2)·(x − gap) and √(γ/2)·Lᵀy, Ω = LLᵀ
///   costs:  z = b + s, z² ≤ r·t, r² ≤ z, so that t ≥ z^{3/2}
class ecos_rival {
public:
    static constexpr const char* name = "ecos";
    static constexpr std::initializer_list<double> tolerances{1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12};
    static constexpr std::initializer_list<form> forms{form::pairs};
    static constexpr bool takes(extra with) { return with == extra::root_costs; }

    ecos_rival(const tracking_instance& of, extra, way how) : of_{&of}, tolerance_{how.tolerance} { set_day(0); }
    ecos_rival(const ecos_rival&) = delete;
    ecos_rival& operator=(const ecos_rival&) = delete;
    ~ecos_rival() { forget(); }

    /// The day's numbers; no part of the time.
    void set_day(std::size_t day) {
        const auto now = of_->program(extra::root_costs, day);
        held_.assign(now.held.begin(), now.held.end());
        make();
    }
    bool cold() {
        forget();
        // It scales what it is given in place.
        g_ = whole(g_matrix_);
        a_ = whole(a_matrix_);
        cost_ = c_numbers_;
        h_ = h_numbers_;
        b_ = b_numbers_;
        work_ = ECOS_setup(static_cast<idxint>(c_numbers_.size()), static_cast<idxint>(h_numbers_.size()),
                           static_cast<idxint>(b_numbers_.size()), static_cast<idxint>(4 * of_->n), static_cast<idxint>(cones_.size()),
                           cones_.data(), 0, g_.value.data(), g_.start.data(), g_.row.data(), a_.value.data(), a_.start.data(),
                           a_.row.data(), cost_.data(), h_.data(), b_.data());
        if (work_ == nullptr) return false;
        work_->stgs->verbose = 0;
        work_->stgs->maxit = 200;
        work_->stgs->feastol = work_->stgs->abstol = work_->stgs->reltol = tolerance_;
        const idxint how = ECOS_solve(work_);
        return how == ECOS_OPTIMAL || how == ECOS_OPTIMAL + ECOS_INACC_OFFSET;
    }
    /// It can not begin elsewhere.
    bool warm() { return cold(); }
    [[nodiscard]] double iterations() const { return static_cast<double>(work_->info->iter); }
    void weights(std::vector<double>& w) const {
        const std::size_t n = of_->n;
        w.resize(n);
        for (std::size_t i = 0; i < n; ++i)
            w[i] = std::clamp(held_[i] + (work_->x[i] - work_->x[n + i]) / static_cast<double>(n), of_->lower[i], of_->upper[i]);
    }

private:
    struct matrix {
        std::vector<idxint> start{}, row{};
        std::vector<pfloat> value{};
    };
    static matrix whole(const columns& from) {
        matrix m;
        m.start.assign(from.start.begin(), from.start.end());
        m.row.assign(from.row.begin(), from.row.end());
        m.value.assign(from.value.begin(), from.value.end());
        return m;
    }
    void forget() {
        if (work_ != nullptr) ECOS_cleanup(work_, 0);
        work_ = nullptr;
    }
    // Rows of G: b ≥ 0, s ≥ 0, b and s at most their bounds; the cone of the risk; two of three rows for each asset.
    void make() {
        const std::size_t n = of_->n, k = of_->k;
        const double size = static_cast<double>(n), root = std::sqrt(size), gamma = of_->risk_aversion;
        double average = 0.0;
        for (const double c : of_->rate) average += c / size;
        const double scale = size / average;
        const std::size_t risk = 4 * n, first = risk + 2 + n + k;
        cones_.assign(1, static_cast<idxint>(2 + n + k));
        cones_.resize(1 + 2 * n, 3);
        h_numbers_.assign(first + 6 * n, 0.0);
        b_numbers_.assign(k + 1, 0.0);
        c_numbers_.clear();
        g_matrix_ = a_matrix_ = {};
        double total = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            const double gap = of_->target[i] - held_[i];
            h_numbers_[2 * n + i] = std::max(of_->upper[i] - held_[i], 0.0) * size;
            h_numbers_[3 * n + i] = std::max(held_[i] - of_->lower[i], 0.0) * size;
            h_numbers_[risk + 2 + i] = -2.0 * weight(i, scale) * gap * size;
            h_numbers_[first + 6 * i + 3] = 1.0;
            h_numbers_[first + 6 * i + 4] = -1.0;
            for (std::size_t f = 0; f < k; ++f) b_numbers_[f] -= of_->loadings[i * k + f] * gap * root;
            total += held_[i];
        }
        b_numbers_[k] = (1.0 - total) * root;
        h_numbers_[risk] = 1.0;
        h_numbers_[risk + 1] = -1.0;
        for (std::size_t column = 0; column < 2 * n; ++column) {
            const std::size_t i = column % n;
            const double sign = column < n ? 1.0 : -1.0;
            c_numbers_.push_back(of_->rate[i] / average);
            for (std::size_t f = 0; f < k; ++f) a_matrix_.put(f, -sign * of_->loadings[i * k + f] / root);
            a_matrix_.put(k, sign / root);
            a_matrix_.next_column();
            g_matrix_.put(column, -1.0);
            g_matrix_.put(2 * n + column, 1.0);
            g_matrix_.put(risk + 2 + i, -2.0 * sign * weight(i, scale));
            g_matrix_.put(first + 6 * i + 2, -2.0);  // z² ≤ r·t
            g_matrix_.put(first + 6 * i + 3, -1.0);  // r² ≤ z
            g_matrix_.put(first + 6 * i + 4, -1.0);
            g_matrix_.next_column();
        }
        const std::vector<double> factor = root_of_covariance();
        for (std::size_t f = 0; f < k; ++f) {
            c_numbers_.push_back(0.0);
            a_matrix_.put(f, 1.0);
            a_matrix_.next_column();
            for (std::size_t g = 0; g <= f; ++g)
                g_matrix_.put(risk + 2 + n + g, -2.0 * std::sqrt(0.5 * gamma * scale / size) * factor[f * k + g]);
            g_matrix_.next_column();
        }
        for (std::size_t i = 0; i < n; ++i) {  // t
            c_numbers_.push_back(of_->root_factor(i) / (root * average));
            a_matrix_.next_column();
            g_matrix_.put(first + 6 * i, -1.0);
            g_matrix_.put(first + 6 * i + 1, 1.0);
            g_matrix_.next_column();
        }
        for (std::size_t i = 0; i < n; ++i) {  // r
            c_numbers_.push_back(0.0);
            a_matrix_.next_column();
            g_matrix_.put(first + 6 * i, -1.0);
            g_matrix_.put(first + 6 * i + 1, -1.0);
            g_matrix_.put(first + 6 * i + 5, -2.0);
            g_matrix_.next_column();
        }
        c_numbers_.push_back(1.0);
        a_matrix_.next_column();
        g_matrix_.put(risk, -1.0);
        g_matrix_.put(risk + 1, -1.0);
        g_matrix_.next_column();
    }
    [[nodiscard]] double weight(std::size_t i, double scale) const {
        return std::sqrt(0.5 * of_->risk_aversion * of_->specific[i] * scale) / static_cast<double>(of_->n);
    }
    // Cholesky's.
    [[nodiscard]] std::vector<double> root_of_covariance() const {
        const std::size_t k = of_->k;
        std::vector<double> l(k * k, 0.0);
        for (std::size_t f = 0; f < k; ++f)
            for (std::size_t g = 0; g <= f; ++g) {
                double rest = of_->omega[f * k + g];
                for (std::size_t j = 0; j < g; ++j) rest -= l[f * k + j] * l[g * k + j];
                l[f * k + g] = f == g ? std::sqrt(rest) : rest / l[g * k + g];
            }
        return l;
    }

    const tracking_instance* of_;
    double tolerance_;
    std::vector<double> held_{}, c_numbers_{}, h_numbers_{}, b_numbers_{};
    columns g_matrix_{}, a_matrix_{};
    std::vector<idxint> cones_{};
    matrix g_{}, a_{};
    std::vector<pfloat> cost_{}, h_{}, b_{};
    pwork* work_ = nullptr;
};

}  // namespace bench::rivals
