/// Covariances of the newest rows of returns, as they come and go, without a drift.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../../numeric/octet.hpp"
#include "return_rows.hpp"

namespace ballast::inline v0::detail {

/// The newest rows of returns, and their sums of squares and products about the mean.
///
/// What leaves is never subtracted, so that the largest value is forgotten to the last bit: as in moving_moments, the rows are two stacks.
/// Of the newer one there is one sum. Of the older one the sums from some of its rows to its end are kept, those on the way from the oldest
/// to the end by halves; when the oldest row leaves, the sum without it is made from the nearest one that is kept. So a row costs 1 +
/// ½·log₂(rows) additions of a product on average, at most as many as there are rows, and log₂(rows) + 3 sums are kept instead of one per
/// row.
///
/// A sum is of u·uᵀ: of a row with returns x after c others with the mean m, uᵢ = (xᵢ − mᵢ)·√(c/(c + 1)), 0 for who is left out of the row.
/// Of assets that have the same rows that is the sum of products about the common mean (Chan, Golub and LeVeque 1983, equations 2.1); each
/// asset's sum of squares always is; and it is positive semidefinite whoever is left out. An asset without two returns in the window keeps
/// the variance that it had, and is unrelated to the others.
struct window_covariance {
    return_rows rows{};
    std::vector<double> move{};          ///< room × n; 0 where it is left out
    std::vector<duration> took{};        ///< room × n; 0 where it is left out
    std::vector<double> sum{};           ///< levels × the lower triangle, row by row; level 0 is the newer stack
    std::vector<double> mean{};          ///< levels × n
    std::vector<double> count{};         ///< levels × n: returns
    std::vector<duration> time{};        ///< levels × n: that they took
    std::vector<std::uint64_t> start{};  ///< per level: number of its oldest row
    std::uint64_t next = 0;              ///< number of the row to come
    std::uint64_t size = 0;              ///< rows that there are
    std::uint64_t older = 0;             ///< of them in the older stack
    std::uint64_t depth = 0;             ///< levels in use besides the first
    std::vector<double> known{};         ///< variance per year of each asset when it last had two returns in the window
    std::vector<double> variance{};      ///< per year
    std::vector<double> dense{};         ///< n × n

    // Scratch: no part of what is remembered.
    std::vector<double> off{};    ///< of a row
    std::vector<double> scale{};  ///< from sums to covariances per year

    void make_room(std::size_t n, std::size_t room) {
        rows.make_room(n);
        const std::size_t levels = most_levels(room);
        move.assign(room * n, 0.0);
        took.assign(room * n, duration{});
        sum.assign(levels * triangle(n), 0.0);
        mean.assign(levels * n, 0.0);
        count.assign(levels * n, 0.0);
        time.assign(levels * n, duration{});
        start.assign(levels, 0);
        next = size = older = depth = 0;
        known.assign(n, 0.0);
        variance.assign(n, 0.0);
        dense.assign(n * n, 0.0);
        off.assign(n, 0.0);
        scale.assign(n, 0.0);
    }
    [[nodiscard]] bool has_room(std::size_t room) const noexcept {
        return move.size() == room * assets() && start.size() == most_levels(room);
    }
    template <class Self, class Visit>
    static void fields(Self& w, Visit&& visit) {
        visit(w.rows);
        visit(w.move);
        visit(w.took);
        visit(w.sum);
        visit(w.mean);
        visit(w.count);
        visit(w.time);
        visit(w.start);
        visit(w.next);
        visit(w.size);
        visit(w.older);
        visit(w.depth);
        visit(w.known);
        visit(w.variance);
        visit(w.dense);
    }
    /// The next return is from the last price in new units.
    void adjust(std::size_t asset, double factor) noexcept { rows.adjust(asset, factor); }
    [[nodiscard]] std::size_t assets() const noexcept { return variance.size(); }

    /// True where there was a row to learn from; then `dense` and `variance` are new.
    bool learn(const market_view& m, std::size_t room, duration every, duration patience) noexcept {
        if (!rows.take(m, assets(), every, patience)) return false;
        if (size == room) pop(room);
        const std::size_t at = static_cast<std::size_t>(next % room) * assets();
        for (std::size_t i = 0; i < assets(); ++i) {
            move[at + i] = rows.move[i];
            took[at + i] = rows.took[i];
        }
        add(0, next, room);
        ++next;
        ++size;
        write();
        return true;
    }
    /// Of asset i, all rows together.
    [[nodiscard]] double mean_of(std::size_t i) const noexcept {
        const double n = count_of(i);
        return n > 0.0 ? mean[i] + (older_part(mean, i) - mean[i]) * (older_part(count, i) / n) : 0.0;
    }
    [[nodiscard]] double count_of(std::size_t i) const noexcept { return count[i] + older_part(count, i); }
    /// Years that asset i's returns took; above 0 where it has one.
    [[nodiscard]] double years_of(std::size_t i) const noexcept {
        const duration all = time[i] + (older > 0 ? time[depth * assets() + i] : duration{});
        return (all.ns > 0 ? all : duration{1}).years();
    }
    /// Where the row with that number is.
    [[nodiscard]] std::size_t place(std::uint64_t row, std::size_t room) const noexcept {
        return static_cast<std::size_t>(row % room) * assets();
    }

private:
    [[nodiscard]] static constexpr std::size_t triangle(std::size_t n) noexcept { return n * (n + 1) / 2; }
    [[nodiscard]] static constexpr std::size_t most_levels(std::size_t room) noexcept {
        return static_cast<std::size_t>(std::bit_width(room)) + 3;
    }
    [[nodiscard]] double older_part(const std::vector<double>& of, std::size_t i) const noexcept {
        return older > 0 ? of[depth * assets() + i] : 0.0;
    }
    void clear(std::size_t level) noexcept {
        const std::size_t n = assets();
        for (std::size_t k = 0; k < triangle(n); ++k) sum[level * triangle(n) + k] = 0.0;
        for (std::size_t i = level * n; i < level * n + n; ++i) {
            mean[i] = count[i] = 0.0;
            time[i] = {};
        }
    }
    void copy(std::size_t to, std::size_t from) noexcept {
        const std::size_t n = assets();
        for (std::size_t k = 0; k < triangle(n); ++k) sum[to * triangle(n) + k] = sum[from * triangle(n) + k];
        for (std::size_t i = 0; i < n; ++i) {
            mean[to * n + i] = mean[from * n + i];
            count[to * n + i] = count[from * n + i];
            time[to * n + i] = time[from * n + i];
        }
    }
    void add(std::size_t level, std::uint64_t row, std::size_t room) noexcept {
        const std::size_t n = assets();
        const std::size_t at = place(row, room);
        for (std::size_t i = 0; i < n; ++i) {
            off[i] = 0.0;
            if (took[at + i].ns == 0) continue;
            double& c = count[level * n + i];
            double& m = mean[level * n + i];
            const double apart = move[at + i] - m;
            off[i] = apart * __builtin_sqrt(c / (c + 1.0));
            c += 1.0;
            m += apart / c;
            time[level * n + i] = time[level * n + i] + took[at + i];
        }
        double* line = sum.data() + level * triangle(n);
        for (std::size_t i = 0; i < n; line += ++i) {
            if (off[i] == 0.0) continue;
            const octet by = every(off[i]);
            for_each_octet(
                i + 1, [&](std::size_t j, auto lanes) __attribute__((always_inline)) {
                    store(line + j, load(line + j, lanes) + by * load(off.data() + j, lanes), lanes);
                });
        }
    }
    void pop(std::size_t room) noexcept {
        if (older == 0) {
            older = size;
            depth = 0;
            clear(0);
        }
        --older;
        --size;
        if (older > 0)
            reach(next - size, next - size + older, room);
        else
            depth = 0;
    }
    /// Makes the sum of the rows from `oldest` up to `end` the uppermost.
    void reach(std::uint64_t oldest, std::uint64_t end, std::size_t room) noexcept {
        while (depth > 0 && start[depth] < oldest) --depth;
        std::uint64_t from = depth > 0 ? start[depth] : end;
        while (from > oldest) {
            const std::uint64_t to = oldest + (from - oldest) / 2;
            const auto level = static_cast<std::size_t>(depth + 1);
            if (depth > 0)
                copy(level, depth);
            else
                clear(level);
            for (std::uint64_t row = from; row-- > to;) add(level, row, room);
            start[level] = to;
            ++depth;
            from = to;
        }
    }
    /// Both stacks together.
    void write() noexcept {
        const std::size_t n = assets();
        for (std::size_t i = 0; i < n; ++i) {
            const double c = count_of(i);
            off[i] = c > 0.0 ? (older_part(mean, i) - mean[i]) * __builtin_sqrt(count[i] * older_part(count, i) / c) : 0.0;
            scale[i] = c > 1.0 ? __builtin_sqrt(c / ((c - 1.0) * years_of(i))) : 0.0;
        }
        const double* newer = sum.data();
        const double* rest = sum.data() + (older > 0 ? depth * triangle(n) : 0);
        const octet both = every(older > 0 ? 1.0 : 0.0);
        for (std::size_t i = 0; i < n; ++i) {
            const octet by = every(off[i]);
            const octet to = every(scale[i]);
            for_each_octet(
                i + 1, [&](std::size_t j, auto lanes) __attribute__((always_inline)) {
                    const octet all = load(newer + j, lanes) + both * load(rest + j, lanes) + by * load(off.data() + j, lanes);
                    store(dense.data() + i * n + j, all * (to * load(scale.data() + j, lanes)), lanes);
                });
            if (scale[i] > 0.0) known[i] = dense[i * n + i];
            variance[i] = dense[i * n + i] = known[i];
            newer += i + 1;
            rest += i + 1;
        }
        mirror();
    }
    /// The upper triangle from the lower one, block by block, as whole columns lie far apart.
    void mirror() noexcept {
        constexpr std::size_t block = 16;
        const std::size_t n = assets();
        for (std::size_t i = 0; i < n; i += block)
            for (std::size_t j = 0; j <= i; j += block)
                for (std::size_t a = i; a < i + block && a < n; ++a)
                    for (std::size_t b = j; b < j + block && b < a; ++b) dense[b * n + a] = dense[a * n + b];
    }
};

}  // namespace ballast::inline v0::detail
