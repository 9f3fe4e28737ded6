/// What an aggregator answered: so much out for so much in.
#pragma once

#include <cstddef>
#include <limits>

#include "../core/column.hpp"
#include "../core/configuration.hpp"
#include "concept.hpp"
#include "detail/ladder.hpp"

namespace ballast::inline v0::venue {

/// Answers of a service to amounts of a few sizes, as curves between two assets; one table for each direction, either may be missing.
/// Between the answers it is straight, from nothing for nothing on; beyond the last one nothing is promised: that is the depth.
///
/// What it says can be had. It never promises more than an answer, nor more than the straight line between two answers. Where answers are
/// not concave (a later piece pays better than one before it, say because a fixed cost lies in them) the better piece pays only as much
/// as the one before: the largest concave curve below all answers, from the smallest amounts on. The upper hull would promise more than
/// was answered. Where more in gives no more out the table ends. A fixed cost belongs beside the table, as the fixed cost of the split,
/// not into it. `apply` takes what was traded off the front. O(log points) per number; only `prepare` allocates.
class quotes {
public:
    /// What `curve` gives: refers to the tables, until they are assigned or applied again.
    using curve_type = detail::ladder_curve;

    /// Room for so many answers for each direction.
    void prepare(std::size_t answers) {
        for (side& s : side_) s.table.prepare(answers);
    }
    /// Takes the answers from asset `in` to asset `out` (0 to 1 or 1 to 0): amounts in that rise, from above 0, and what came out for
    /// each, fees taken. With a fault that direction is empty. O(answers).
    configuration_fault assign(std::size_t in, std::size_t out, column<double> amount_in, column<double> amount_out) noexcept {
        if (!known(in, out)) return {"quotes.in", static_cast<double>(in), "must be 0 or 1, and the other one than out"};
        side& s = side_[in];
        s.lowered = 0;
        s.worst = 0.0;
        s.table.clear();
        if (amount_in.size() != amount_out.size())
            return {"quotes.out", static_cast<double>(amount_out.size()), "must have as many amounts out as in"};
        if (amount_in.size() > s.table.capacity())
            return {"quotes.in", static_cast<double>(amount_in.size()), "must be no more answers than it is prepared for"};
        double last = 0.0;
        for (std::size_t k = 0; k < amount_in.size(); ++k) {
            const double x = amount_in[k];
            if (!(x > last && x < 1e150)) return {"quotes.in", x, "must be amounts above 0, each above the one before"};
            if (!(amount_out[k] >= 0.0 && amount_out[k] < 1e150)) return {"quotes.out", amount_out[k], "must be amounts at or above 0"};
            last = x;
        }
        fill(s, amount_in, amount_out);
        return {};
    }

    /// From asset `in` to asset `out`: 0 to 1 or 1 to 0; any other pair takes nothing.
    [[nodiscard]] curve_type curve(std::size_t in, std::size_t out) const noexcept {
        return known(in, out) ? side_[in].table.curve() : curve_type{};
    }
    /// Takes x off the front of that table and tells what came out; more than the depth takes all. The other table stays as it is.
    /// O(answers).
    double apply(std::size_t in, std::size_t out, double x) noexcept { return known(in, out) ? side_[in].table.consume(x) : 0.0; }

    /// How many answers of a direction promised more than the curve does, or lie beyond where it ends: 0 where the table is concave and
    /// rises.
    [[nodiscard]] std::size_t lowered(std::size_t in, std::size_t out) const noexcept { return known(in, out) ? side_[in].lowered : 0; }
    /// By which share of an answer the curve is below it, at the most: a table that loses much here has a fixed cost in it, or noise.
    [[nodiscard]] double worst(std::size_t in, std::size_t out) const noexcept { return known(in, out) ? side_[in].worst : 0.0; }

private:
    struct side {
        detail::ladder table{};
        std::size_t lowered = 0;
        double worst = 0.0;
    };
    [[nodiscard]] static constexpr bool known(std::size_t in, std::size_t out) noexcept {
        return (in == 0 && out == 1) || (in == 1 && out == 0);
    }
    static void fill(side& s, column<double> xs, column<double> ys) noexcept {
        double x = 0.0, y = 0.0, slope = std::numeric_limits<double>::infinity();
        bool over = false;
        for (std::size_t k = 0; k < xs.size(); ++k) {
            const double length = xs[k] - x;
            const double wanted = (ys[k] - y) / length;
            over = over || !(wanted > 0.0);
            // A straight table has slopes that differ by their rounding alone: those are no answers that were lowered.
            const bool less = !over && wanted > slope * (1.0 + 1e-12);
            if (!over) {
                slope = wanted < slope ? wanted : slope;
                y += slope * length;
                s.table.push(length, slope);
            }
            if (over || less || y < ys[k] * (1.0 - 1e-12)) {
                const double lost = ys[k] > 0.0 ? (ys[k] - y) / ys[k] : 0.0;
                ++s.lowered;
                s.worst = lost > s.worst ? lost : s.worst;
            }
            x = xs[k];
        }
        s.table.finish();
    }

    side side_[2]{};
};

}  // namespace ballast::inline v0::venue
