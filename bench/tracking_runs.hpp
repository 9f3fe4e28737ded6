// Runs of the tracking solver on the problems of tracking_family.hpp, and times of the processor that may be compared.
#pragma once

#include <ballast/cost/concept.hpp>
#include <ballast/solver/price_search.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <vector>

#include "tracking_family.hpp"

namespace bench {

/// The solver with its memory and its answer, on one problem of a family.
template <class Instance>
class run_of {
public:
    run_of(const Instance& of, extra with) : of_{&of}, with_{with}, linear_{of.costs()}, root_{of.root_costs()} {
        today_.assign(of.n, 1.0);
        seen_.value = 1.0;
        seen_.price = today_;
        const auto first = of.program(with);
        const std::size_t rows = first.row_count();
        search_.prepare(of.n, of.k, rows, first.risk.layout == ballast::risk_layout::dense);
        position_.resize(of.n);
        factor_price_.resize(of.k);
        row_price_.resize(rows);
        answer.position = position_;
        answer.factor_price = factor_price_;
        answer.price.row = row_price_;
    }
    run_of(const run_of&) = delete;
    run_of& operator=(const run_of&) = delete;

    /// What all days have in common is done, and no more a part of each.
    void share() {
        if (search_.prepare_shared(of_->program(with_).risk)) std::abort();
    }
    /// From nothing.
    void cold(std::size_t day = 0) {
        answer.warm = false;
        solve(day);
    }
    /// From the prices of the last one.
    void warm(std::size_t day) {
        answer.warm = true;
        solve(day);
    }
    /// That of the last one: solved, with a gap of at most 1e-10.
    [[nodiscard]] bool proved() const {
        return answer.certificate.how == ballast::search_end::best && answer.certificate.relative_gap <= 1e-10;
    }
    /// The share of the assets that keep what is held, to the bit.
    [[nodiscard]] double untraded(std::size_t day = 0) const {
        const auto held = of_->program(with_, day).held;
        std::size_t same = 0;
        for (std::size_t i = 0; i < of_->n; ++i) same += held[i] == position_[i] ? 1u : 0u;
        return static_cast<double>(same) / static_cast<double>(of_->n);
    }

    /// Any other problem of the same size.
    void solve(const ballast::solver::program& p) {
        if (with_ == extra::root_costs)
            search_.solve(p, root_.bind(seen_), answer);
        else
            search_.solve(p, linear_.bind(seen_), answer);
    }

    ballast::solver::program_answer answer{};

private:
    void solve(std::size_t day) { solve(of_->program(with_, day)); }

    const Instance* of_;
    extra with_;
    ballast::cost::proportional linear_;
    ballast::cost::square_root_impact root_;
    ballast::look seen_{};
    ballast::solver::price_search search_{};
    std::vector<double> today_{}, position_{}, factor_price_{}, row_price_{};
};

using tracking_run = run_of<tracking_instance>;

/// FᵀF: the products of all pairs of columns, added up row by row. What any step of Newton's method has to do at least once.
inline void gram(const tracking_instance& of, std::vector<double>& sums) {
    const std::size_t k = of.k;
    double* const to = sums.data();
    for (std::size_t e = 0; e < k * k; ++e) to[e] = 0.0;
    for (std::size_t i = 0; i < of.n; ++i) {
        const double* const row = of.loadings.data() + i * k;
        for (std::size_t f = 0; f < k; ++f)
            for (std::size_t g = 0; g <= f; ++g) to[f * k + g] += row[f] * row[g];
    }
}

/// Of the processor, so that what else the machine does is not counted; to a microsecond.
[[nodiscard]] inline double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Seconds that each of `all` takes, medians of as many rounds, in which they take turns; each is repeated until a millisecond is over.
template <class... Work>
[[nodiscard]] std::vector<double> seconds_of(int rounds, Work&&... all) {
    std::vector<double> medians;
    std::vector<std::vector<double>> seen(sizeof...(all));
    const auto once = [](auto& work) {
        for (int count = 1;; count *= 2) {
            const double begin = processor_seconds();
            for (int i = 0; i < count; ++i) work();
            const double seconds = processor_seconds() - begin;
            if (seconds > 1e-3) return seconds / count;
        }
    };
    for (int round = 0; round < rounds; ++round) {
        std::size_t which = 0;
        (seen[which++].push_back(once(all)), ...);
    }
    for (auto& times : seen) {
        const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
        std::nth_element(times.begin(), middle, times.end());
        medians.push_back(*middle);
    }
    return medians;
}

}  // namespace bench
