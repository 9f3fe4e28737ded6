// DAQP (Arnström, Bemporad and Axehill 2022): a dual active set method on dense matrices.
#pragma once

#include <daqp/api.h>
#include <daqp/utils.h>

#include <cstddef>
#include <initializer_list>
#include <vector>

#include "dense_forms.hpp"

namespace bench::rivals {

class daqp_rival {
public:
    static constexpr const char* name = "daqp";
    static constexpr std::initializer_list<double> tolerances{1e-6, 1e-9};
    static constexpr std::initializer_list<form> forms{form::pairs};
    static constexpr bool offers(form, std::size_t) { return true; }

    daqp_rival(const dense_instance& of, extra with, way how) : problem_{of, with, how.shape}, tolerance_{how.tolerance} {
        const std::size_t count = problem_.p.count();
        h_.assign(count * count, 0.0);
        for (std::size_t j = 0; j < count; ++j)
            for (std::size_t e = problem_.p.start[j]; e < problem_.p.start[j + 1]; ++e)
                h_[j * count + problem_.p.row[e]] = h_[problem_.p.row[e] * count + j] = problem_.p.value[e];
        for (std::size_t j = 0; j < count; ++j) a_.push_back(problem_.a.value[problem_.a.start[j]]);
        x_.resize(count);
        lam_.resize(count + 1);
        result_.x = x_.data();
        result_.lam = lam_.data();
        set_day(0);
    }
    daqp_rival(const daqp_rival&) = delete;
    daqp_rival& operator=(const daqp_rival&) = delete;
    ~daqp_rival() { forget(); }

    /// The day's vectors; no part of the time.
    void set_day(std::size_t day) {
        problem_.set_day(day);
        q_ = problem_.q;
        lower_ = problem_.lower;
        upper_ = problem_.upper;
        lower_.push_back(problem_.row_lower[0]);
        upper_.push_back(problem_.row_upper[0]);
    }
    bool cold() {
        forget();
        const int count = static_cast<int>(x_.size());
        sense_.assign(x_.size() + 1, 0);
        sense_.back() = DAQP_ACTIVE | DAQP_IMMUTABLE;
        asked_ = {};
        asked_.n = count;
        asked_.m = count + 1;
        asked_.ms = count;
        asked_.H = h_.data();
        asked_.f = q_.data();
        asked_.A = a_.data();
        asked_.bupper = upper_.data();
        asked_.blower = lower_.data();
        asked_.sense = sense_.data();
        work_ = {};
        allocate_daqp_settings(&work_);
        work_.settings->primal_tol = tolerance_;
        work_.settings->iter_limit = 100000;
        if (setup_daqp(&asked_, &work_, nullptr) < 0) return false;
        there_ = true;
        daqp_solve(&result_, &work_);
        return result_.exitflag == DAQP_EXIT_OPTIMAL;
    }
    /// From the active set of the last one.
    bool warm() {
        asked_.f = q_.data();
        asked_.bupper = upper_.data();
        asked_.blower = lower_.data();
        if (daqp_update_ldp(DAQP_UPDATE_v | DAQP_UPDATE_d, &work_, &asked_) < 0) return false;
        daqp_solve(&result_, &work_);
        return result_.exitflag == DAQP_EXIT_OPTIMAL;
    }
    [[nodiscard]] double iterations() const { return static_cast<double>(result_.iter); }
    void weights(std::vector<double>& w) const { problem_.weights(x_.data(), w); }

private:
    void forget() {
        if (!there_) return;
        free_daqp_workspace(&work_);
        free_daqp_ldp(&work_);
        there_ = false;
    }

    dense_quadratic problem_;
    double tolerance_;
    std::vector<double> h_{}, a_{}, q_{}, lower_{}, upper_{}, x_{}, lam_{};
    std::vector<int> sense_{};
    DAQPProblem asked_{};
    DAQPWorkspace work_{};
    DAQPResult result_{};
    bool there_ = false;
};

}  // namespace bench::rivals
