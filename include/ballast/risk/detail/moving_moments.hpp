/// Mean and squared deviations of the newest observations, as they come and go, without a drift.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../concept.hpp"

namespace ballast::inline v0::detail {

/// How many values, their mean, and the sum of their squared deviations from it.
struct moments {
    double count = 0.0;
    double mean = 0.0;
    double squares = 0.0;

    /// Of n values; of a single one the deviation from 0, as nothing is known of its mean.
    [[nodiscard]] double sample_variance() const noexcept { return count > 1.0 ? squares / (count - 1.0) : mean * mean; }
};

/// The moments of two samples together (Chan, Golub and LeVeque 1983, equations 2.1). Nothing is subtracted but two means.
[[nodiscard]] constexpr moments operator+(const moments& a, const moments& b) noexcept {
    if (a.count == 0.0) return b;
    if (b.count == 0.0) return a;
    const double n = a.count + b.count;
    const double apart = b.mean - a.mean;
    return {n, a.mean + apart * (b.count / n), a.squares + b.squares + apart * apart * (a.count * b.count / n)};
}

/// For each asset a queue of observations, of `Kinds` values and a time that passed each, and the moments of each kind over all of it.
///
/// What leaves the queue is never subtracted, so that no rounding stays behind and the largest value is forgotten to the last bit. The queue
/// is two stacks: of each observation in the older one the moments from it to the stack's end are kept, of the newer one the moments of all.
/// When the older stack is empty, the newer one becomes it, from the newest to the oldest. So `push` and `pop` are O(1) on average over the
/// length of the queue, at most O(length).
template <std::size_t Kinds>
struct moving_moments {
    static constexpr std::size_t numbers = 2 * Kinds;

    std::vector<double> entry{};          ///< assets × room × kinds: in the older stack mean and squares from here on, else the value
    std::vector<duration> passed{};       ///< assets × room
    std::vector<double> newer{};          ///< assets × kinds: mean and squares of the newer stack
    std::vector<duration> span{};         ///< per asset, the sum of `passed`
    std::vector<std::uint64_t> oldest{};  ///< per asset: where the queue begins
    std::vector<std::uint64_t> size{};    ///< per asset: how many it holds
    std::vector<std::uint64_t> older{};   ///< per asset: how many of them are in the older stack

    void make_room(std::size_t assets, std::size_t room) {
        entry.assign(assets * room * numbers, 0.0);
        passed.assign(assets * room, duration{});
        newer.assign(assets * numbers, 0.0);
        span.assign(assets, duration{});
        for (auto* v : {&oldest, &size, &older}) v->assign(assets, 0);
    }
    template <class Self, class Visit>
    static void fields(Self& q, Visit&& visit) {
        visit(q.entry);
        visit(q.passed);
        visit(q.newer);
        visit(q.span);
        visit(q.oldest);
        visit(q.size);
        visit(q.older);
    }
    [[nodiscard]] bool has_room(std::size_t assets, std::size_t room) const noexcept {
        return span.size() == assets && passed.size() == assets * room;
    }

    /// There has to be room.
    void push(std::size_t i, const double (&value)[Kinds], duration took) noexcept {
        const std::size_t at = place(i, size[i]);
        const auto in_newer = static_cast<double>(size[i] - older[i]);
        for (std::size_t k = 0; k < Kinds; ++k) {
            entry[at * numbers + 2 * k] = value[k];
            store(&newer[i * numbers + 2 * k], load(&newer[i * numbers + 2 * k], in_newer) + moments{1.0, value[k], 0.0});
        }
        passed[at] = took;
        span[i] = span[i] + took;
        ++size[i];
    }
    /// The queue must not be empty.
    void pop(std::size_t i) noexcept {
        if (older[i] == 0) turn_over(i);
        span[i] = span[i] - passed[place(i, 0)];
        oldest[i] = oldest[i] + 1 < room() ? oldest[i] + 1 : 0;
        --older[i];
        if (--size[i] == 0) span[i] = {};  // also where it was longer than can be said
    }
    /// Time that the oldest observation took.
    [[nodiscard]] duration oldest_took(std::size_t i) const noexcept { return passed[place(i, 0)]; }
    /// Of all values of one kind.
    [[nodiscard]] moments total(std::size_t i, std::size_t kind) const noexcept {
        const moments of_older = load(&entry[place(i, 0) * numbers + 2 * kind], static_cast<double>(older[i]));
        return (older[i] == 0 ? moments{} : of_older) + load(&newer[i * numbers + 2 * kind], static_cast<double>(size[i] - older[i]));
    }
    /// Years that all of it took: above 0 where there is an observation.
    [[nodiscard]] double years(std::size_t i) const noexcept { return (span[i].ns > 0 ? span[i] : duration{1}).years(); }

private:
    [[nodiscard]] std::size_t room() const noexcept { return passed.size() / span.size(); }
    /// Where asset i's k-th oldest observation is.
    [[nodiscard]] std::size_t place(std::size_t i, std::uint64_t k) const noexcept {
        return i * room() + static_cast<std::size_t>((oldest[i] + k) % room());
    }
    [[nodiscard]] static moments load(const double* from, double count) noexcept { return {count, from[0], from[1]}; }
    static void store(double* to, const moments& m) noexcept {
        to[0] = m.mean;
        to[1] = m.squares;
    }
    void turn_over(std::size_t i) noexcept {
        for (std::size_t k = 0; k < Kinds; ++k) {
            moments sum;
            for (std::uint64_t j = size[i]; j-- > 0;) {
                double* e = &entry[place(i, j) * numbers + 2 * k];
                sum = moments{1.0, e[0], 0.0} + sum;
                store(e, sum);
            }
            store(&newer[i * numbers + 2 * k], {});
        }
        older[i] = size[i];
    }
};

}  // namespace ballast::inline v0::detail
