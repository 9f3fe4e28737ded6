// OSQP (Stellato et al. 2020): alternating directions, with a last step on the active set.
#pragma once

#include <osqp.h>

#include <cstddef>
#include <initializer_list>
#include <vector>

#include "forms.hpp"

namespace bench::rivals {

/// On the forms of a family: `Problem`.
template <class Problem>
class osqp_of {
public:
    static constexpr const char* name = "osqp";
    static constexpr std::initializer_list<double> tolerances{1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9};
    static constexpr std::initializer_list<form> forms{form::pairs, form::trades};
    static constexpr bool takes(extra with) { return with != extra::root_costs; }

    osqp_of(const typename Problem::instance& of, extra with, way how)
        : problem_{of, with, how.shape},
          bounded_{of, with, how.shape},
          tolerance_{how.tolerance} {}
    osqp_of(const osqp_of&) = delete;
    osqp_of& operator=(const osqp_of&) = delete;
    ~osqp_of() { osqp_cleanup(solver_); }

    /// The day's vectors; no part of the time.
    void set_day(std::size_t day) {
        problem_.set_day(day);
        bounded_.vectors(problem_);
    }
    bool cold() {
        osqp_cleanup(solver_);
        solver_ = nullptr;
        OSQPSettings settings;
        osqp_set_default_settings(&settings);
        settings.verbose = 0;
        settings.polishing = 1;
        settings.eps_abs = settings.eps_rel = tolerance_;
        settings.max_iter = 20000;
        OSQPCscMatrix p = bounded_.p.view(), a = bounded_.a.view();
        if (osqp_setup(&solver_, &p, problem_.q.data(), &a, bounded_.lower.data(), bounded_.upper.data(), a.m, a.n, &settings) != 0)
            return false;
        return osqp_solve(solver_) == 0;
    }
    /// From where the last one ended.
    bool warm() {
        osqp_update_data_vec(solver_, problem_.q.data(), bounded_.lower.data(), bounded_.upper.data());
        return osqp_solve(solver_) == 0;
    }
    [[nodiscard]] double iterations() const { return static_cast<double>(solver_->info->iter); }
    void weights(std::vector<double>& w) const { problem_.weights(solver_->solution->x, w); }

private:
    struct matrix {
        std::vector<OSQPInt> start{}, row{};
        std::vector<OSQPFloat> value{};
        OSQPInt rows = 0;
        OSQPCscMatrix view() {
            OSQPCscMatrix m{};
            m.m = rows;
            m.n = static_cast<OSQPInt>(start.size()) - 1;
            m.p = start.data();
            m.i = row.data();
            m.x = value.data();
            m.nzmax = static_cast<OSQPInt>(value.size());
            m.nz = -1;
            return m;
        }
    };
    // It knows of no bounds: they are rows.
    struct rows {
        matrix p{}, a{};
        std::vector<OSQPFloat> lower{}, upper{};

        rows(const typename Problem::instance& of, extra with, form shape) {
            const Problem from{of, with, shape};
            p.start.push_back(0);
            a.start.push_back(0);
            p.rows = static_cast<OSQPInt>(from.p.rows);
            first_ = from.a.rows;
            for (std::size_t j = 0; j < from.p.count(); ++j) {
                copy(from.p, j, p);
                copy(from.a, j, a);
                if (!free(from, j)) {
                    a.row.push_back(static_cast<OSQPInt>(first_ + bounds_.size()));
                    a.value.push_back(1.0);
                    bounds_.push_back(j);
                }
                p.start.push_back(static_cast<OSQPInt>(p.row.size()));
                a.start.push_back(static_cast<OSQPInt>(a.row.size()));
            }
            a.rows = static_cast<OSQPInt>(first_ + bounds_.size());
            vectors(from);
        }
        void vectors(const Problem& from) {
            lower = from.row_lower;
            upper = from.row_upper;
            for (const std::size_t j : bounds_) {
                lower.push_back(from.lower[j]);
                upper.push_back(from.upper[j]);
            }
        }

    private:
        static bool free(const Problem& from, std::size_t j) {
            return from.lower[j] <= -Problem::infinity && from.upper[j] >= Problem::infinity;
        }
        static void copy(const columns& from, std::size_t j, matrix& to) {
            for (std::size_t e = from.start[j]; e < from.start[j + 1]; ++e) {
                to.row.push_back(static_cast<OSQPInt>(from.row[e]));
                to.value.push_back(from.value[e]);
            }
        }
        std::size_t first_ = 0;
        std::vector<std::size_t> bounds_{};
    };

    Problem problem_;
    rows bounded_;
    double tolerance_;
    OSQPSolver* solver_ = nullptr;
};

using osqp_rival = osqp_of<quadratic>;

}  // namespace bench::rivals
