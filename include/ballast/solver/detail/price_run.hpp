/// The search for the few prices at which all assets' answers agree.
///
/// The risk that assets share is told to each by prices t: of factors (price_factors.hpp), or of where the others are thought to be
/// (price_covariance.hpp). Told those, ν of the budget, μ of the rows, τ of turnover, λ of leverage, each asset answers alone: it minimises its own
/// curvature, costs and bounds against its pull α − (what t tells it) − ν − aᵀμ. What they are worth together, the dual q, is concave in the prices, with
/// the slopes (what the answers come to − what t stands for) and (activity of a limit − its limit), and is made of pieces of parabolas where
/// costs are linear on both sides. It is largest where the answers agree: at the best w.
///
/// Newton's method on that (semismooth: Qi and Sun 1993): one product, or one Cholesky factor, over the assets that are on no kink; kinks of q at
/// prices of 0 inside the step (kinked_step.hpp); then as far along the step as q rises, where steps by themselves would go in circles. Two
/// to six steps at any number of assets. Assets whose own curvature is next to nothing are held near to where they are, and let go round by round
/// (Rockafellar 1976, the proximal point algorithm). With a dense matrix assets begin with more curvature than is known to be their own, and
/// keep less of it, at last none, where steps lead nowhere.
///
/// What is found is reckoned once more from the pieces alone, in the order of the assets, so that it does not depend on where the search began.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "../../numeric/gram.hpp"
#include "../../numeric/octet.hpp"
#include "../../numeric/sum.hpp"
#include "price_model.hpp"

namespace ballast::inline v0::detail {

template <class View>
class price_run : public price_model {
public:
    price_run(const solver::program& p, const View& view, price_memory& m) noexcept : price_model{p, m}, view_{view} {}

    /// Lays everything out. A fault where the risk, unless it is known to be one, is none.
    [[nodiscard]] fault lay_out(bool known_risk) noexcept {
        list_limits();
        if (!known_risk)
            if (const fault f = shared([](auto& risk) { return risk.take_risk(); })) return f;
        shared([&](auto& risk) { risk.lay_out(q_); });
        take_assets();
        return {};
    }

    /// Whether the way to the answer shows in its last digits: where assets are held near to where they were, round by round.
    [[nodiscard]] bool way_shows() const noexcept { return (linear || dense_) && near_; }
    /// As if nothing had been searched.
    void start_again(double share = price_covariance::usual_share) noexcept {
        covariance_.take_share(share);
        lame_ = 0;
        held_tighter_ = conflict_ = gram_made_ = false;
        from_pieces_alone_ = true;
        take_assets();
    }
    /// Begins with the pieces of an answer: what is best with those, from which few assets differ where little has changed.
    void begin_with_pieces_of(const solver::program_answer& a) noexcept {
        if (!linear || !dense_ || near_) return;
        const bool bent_at_zero = price_of(leverage) > 0.0;
        for (std::size_t i = 0; i < n_; ++i) {
            const double w = within(i, a.position[i]);
            m_.position[i] = w;
            m_.piece[i] = piece_of(w, p_.held[i], m_.lower[i], m_.upper[i], bent_at_zero);
            m_.weight[i] = m_.piece[i] > 0.0 ? m_.inverse[i] : 0.0;
        }
        follow_pieces(true);
        find_signs();
        (void)refine_by_pieces(true, 1);
        pull_known_ = true;
    }
    /// From where it was told to begin. False where it stopped early.
    [[nodiscard]] bool search(int allowed) noexcept {
        int round = 0;
        for (bool all_held = !dense_;; ++round) {
            if (!settle(allowed, (round == 0 && all_held) || held_tighter_)) {
                if (!all_held && (all_held = hold_all(allowed))) {
                    round = -1;
                    continue;
                }
                if (round == 0 || held_tighter_ || conflict_) return false;
                hold_tighter();
                continue;
            }
            if (!near_) return true;
            if (let_go() || round == 60) {
                if (anything_does_) begin_cold();  // prices are what rounding made of that
                return true;
            }
        }
    }

    /// Whether the prices of the limits prove that these contradict each other.
    [[nodiscard]] bool proves_conflict() noexcept {
        exact_sum margin;
        double sizes = 0.0;
        bool any = false;
        for (std::size_t j = 0; j < q_; ++j) {
            const double y = m_.price[j];
            if (y == 0.0) continue;
            any = true;
            const double term = -y * (y > 0.0 ? m_.range[j].upper : m_.range[j].lower);
            margin.add(term);
            sizes += absolute(term);
        }
        if (!any) return false;
        double* const slope = m_.turn.data();
        const double nu = price_of(budget), tau = 0.5 * price_of(turnover), lambda = price_of(leverage);
        for (std::size_t i = 0; i < n_; ++i) slope[i] = nu;
        for (std::size_t j = 0; j < q_; ++j)
            if (m_.row_of[j] < budget && m_.price[j] != 0.0) add_multiple(slope, row(j), m_.price[j], n_);
        const double inside = p_.costs_inside ? nu : 0.0;
        for (std::size_t i = 0; i < n_; ++i) {
            double least = std::numeric_limits<double>::infinity(), size = 0.0;
            const auto ask = [&](double w) {
                if (!(w >= m_.lower[i] && w <= m_.upper[i])) return;
                if (!finite(w)) {
                    // Straight on for ever: what is left of the slopes out there has to bring it back.
                    const double outward = w > 0.0 ? slope[i] : -slope[i];
                    const double drag = tau + lambda + (inside > 0.0 ? inside * far_rate(i, w > 0.0) : 0.0);
                    if (outward + drag < 0.0) least = -std::numeric_limits<double>::infinity();
                    return;
                }
                const double x = w - p_.held[i];
                const double parts[] = {slope[i] * w, tau * absolute(x), lambda * absolute(w), inside > 0.0 ? inside * cost(i, x) : 0.0};
                double sum = 0.0, all = 0.0;
                for (const double part : parts) {
                    sum += part;
                    all += absolute(part);
                }
                if (sum < least) least = sum;
                if (all > size) size = all;
            };
            ask(m_.lower[i]);
            ask(m_.upper[i]);
            if (tau > 0.0 || inside > 0.0) ask(p_.held[i]);
            if (lambda > 0.0) ask(0.0);
            if constexpr (!linear)
                if (inside > 0.0) {
                    const bending_prices only{inside, tau, lambda};
                    ask(bent_answer(view_, i, p_.wealth, only, -slope[i], 0.0, p_.held[i], p_.held[i], m_.lower[i], m_.upper[i]).position);
                }
            if (least == std::numeric_limits<double>::infinity()) least = 0.0;  // free on both sides, and told nothing
            if (!finite(least)) return false;
            margin.add(least);
            sizes += size;
        }
        return margin.value() > 1e-12 * sizes;
    }

protected:
    static constexpr bool linear = linear_bound_cost<View>;

    void take_assets() noexcept {
        double told = 0.0, rates = 0.0, size = 0.0, most = 0.0;
        for (std::size_t i = 0; i < n_; ++i) {
            const double held = absolute(p_.held[i]), aim = absolute(p_.benchmark[i]);
            m_.curvature[i] = own_curvature(i);
            m_.lower[i] = p_.lower[i];
            m_.upper[i] = p_.upper[i];
            size += held + aim;
            told = larger_of(told, larger_of(m_.curvature[i] * (held + aim), absolute(p_.alpha(i))));
            most = larger_of(most, m_.curvature[i]);
            if constexpr (linear) {
                const linear_cost c = view_.linear(i);
                m_.buy[i] = c.buy;
                m_.sell[i] = c.sell;
                rates = larger_of(rates, larger_of(absolute(c.buy), absolute(c.sell)));
            } else {
                const slope_interval s = view_.marginal(i, 0.0);
                rates = larger_of(rates, larger_of(absolute(s.low), absolute(s.high)));
            }
            m_.piece_in_gram[i] = 0.0;
            m_.in_gram[i] = 0.0;
        }
        size_ = size;
        const double common = shared([](const auto& risk) { return risk.most_curvature(); });
        told = larger_of(told, common * size_);
        most = larger_of(most, common);
        told_but_costs_ = told;
        told_ = larger_of(told, rates);
        // Nothing held or wanted: as large as what they are told makes them.
        if (size_ == 0.0) size_ = most > 0.0 && told_ > 0.0 ? told_ / most : 1.0;
        anything_does_ = linear && most == 0.0 && told_ == 0.0;
        // Told nothing, what limits may make of them counts.
        told = told_ > 0.0 ? told_ : slope_far_out();
        // A curvature that moves an asset by about the whole of the book for what it is told.
        const double usual = told > 0.0 && size_ > 0.0 ? told / size_ : most > 0.0 ? most : 1.0;
        near_ = false;
        const double least = size_ > 0.0 ? told_but_costs_ / size_ : 0.0;  // what is told where nobody trades
        // Of a dense matrix the step knows what assets do together, and tells those with little curvature apart by themselves.
        const double bent_enough = dense_ && covariance_.share() > 0.0 ? 1e-13 : 1e-4;
        loosest_ = 1e-10 * (least > 0.0 && least < usual ? least : usual);
        for (std::size_t i = 0; i < n_; ++i) {
            m_.nearness[i] = m_.curvature[i] < bent_enough * usual ? 1e-2 * usual : 0.0;
            near_ = near_ || m_.nearness[i] > 0.0;
            m_.near_to[i] = within(i, m_.curvature[i] > 0.0 ? p_.benchmark[i] : p_.held[i]);
            m_.curvature[i] += m_.nearness[i];
            m_.inverse[i] = 1.0 / m_.curvature[i];
        }
        centre_again();
        find_sizes(false);
        find_typical();
    }

    // ---- small things ----

    [[nodiscard]] double cost(std::size_t i, double x) const noexcept {
        if constexpr (linear)
            return x > 0.0 ? m_.buy[i] * x : -m_.sell[i] * x;
        else
            return x == 0.0 ? 0.0 : view_.cost(i, p_.wealth * x) / p_.wealth;
    }
    /// The steepest slope of costs at trades of the whole book.
    [[nodiscard]] double slope_far_out() const noexcept {
        double most = 0.0;
        if constexpr (!linear)
            for (std::size_t i = 0; i < n_; ++i) most = larger_of(most, view_.marginal(i, p_.wealth * size_).high);
        return most;
    }
    /// The slope of the costs far out, as an amount.
    [[nodiscard]] double far_rate(std::size_t i, bool bought) const noexcept {
        if constexpr (linear) return bought ? m_.buy[i] : m_.sell[i];
        const slope_interval s = view_.marginal(i, bought ? 1e200 : -1e200);
        return bought ? s.high : -s.low;
    }
    [[nodiscard]] double cost_slope(std::size_t i, double w, answer_piece piece) const noexcept {
        if constexpr (linear) {
            (void)w;
            return is_bought(piece) ? m_.buy[i] : -m_.sell[i];
        } else {
            (void)piece;
            const slope_interval s = view_.marginal(i, p_.wealth * (w - p_.held[i]));
            return 0.5 * (s.low + s.high);
        }
    }

    /// All answers at a part of the step. True where one changed its piece.
    bool answer(double part) noexcept {
        const bending_prices b = bending(part);
        if constexpr (linear) {
            return b.leverage > 0.0 ? linear_answers<true>(part, b) : linear_answers<false>(part, b);
        } else {
            bool changed = false;
            for (std::size_t i = 0; i < n_; ++i) {
                const asset_answer a = bent_answer(view_, i, p_.wealth, b, m_.pull[i] + part * m_.turn[i], m_.curvature[i], m_.centre[i],
                                                   p_.held[i], m_.lower[i], m_.upper[i]);
                m_.trial[i] = a.position;
                m_.trial_weight[i] = a.weight;
                m_.trial_piece[i] = a.piece;
                changed = changed || a.piece != m_.piece[i];
            }
            return changed;
        }
    }
    template <bool Leverage>
    [[nodiscard]] bool linear_answers(double part, const bending_prices& b) noexcept {
        octet changed = every(0.0);
        const octet so_much = every(part), weigh = every(b.cost), half = every(b.half_turnover), leverage_price = every(b.leverage);
        for_each_octet(
            n_, [&](std::size_t i, auto lanes) __attribute__((always_inline)) {
                const auto column = [&](const double* x) __attribute__((always_inline)) { return load(x + i, lanes, 0.0); };
                const octet inverse = column(m_.inverse.data());
                const octet centre = column(m_.centre.data()) + (column(m_.pull.data()) + so_much * column(m_.turn.data())) * inverse;
                const octet buy = (weigh * column(m_.buy.data()) + half) * inverse;
                const octet sell = (weigh * column(m_.sell.data()) + half) * inverse;
                const linear_octet a = linear_answer<Leverage>(centre, buy, sell, leverage_price * inverse, column(p_.held.data()),
                                                               column(m_.lower.data()), column(m_.upper.data()));
                store(m_.trial.data() + i, a.position, lanes);
                store(m_.trial_piece.data() + i, a.piece, lanes);
                store(m_.trial_weight.data() + i, where_above(a.piece, every(0.0), inverse, every(0.0)), lanes);
                changed = larger(changed, absolute(a.piece - column(m_.piece.data())));
            });
        return largest_of(changed) > 0.0;
    }
    /// The slope of q at a part of the step, where the trial answers are; of both sides of a kink the one before it.
    [[nodiscard]] double slope(double part) const noexcept {
        double of_assets = -dot(m_.turn.data(), m_.trial.data(), n_);
        for (std::size_t j = 0; j < q_; ++j) {
            const double d = m_.change[j];
            if (d == 0.0) continue;
            const std::uint32_t what = m_.row_of[j];
            if (what == turnover || what == leverage || (what == budget && p_.costs_inside))
                of_assets += d * bent_activity(what, m_.trial.data());
            const double y = m_.price[j] + part * d;
            const double sign = y != 0.0 ? y : -d;
            const double side = sign > 0.0 ? m_.range[j].upper : m_.range[j].lower;
            of_assets -= d * (side + m_.give[j] * (y - m_.anchor[j]));
        }
        return of_assets - shared([&](const auto& risk) { return risk.slope_without_assets(part); });
    }
    /// ½Σ|w − h|, Σ|w|, or Σφ.
    [[nodiscard]] double bent_activity(std::uint32_t what, const double* w) const noexcept {
        if (what == budget) {
            double sum = 0.0;
            for (std::size_t i = 0; i < n_; ++i) sum += cost(i, w[i] - p_.held[i]);
            return sum;
        }
        const bool two_way = what == turnover;
        octet sum = every(0.0);
        for_each_octet(
            n_, [&](std::size_t i, auto lanes) __attribute__((always_inline)) {
                const octet at = load(w + i, lanes, 0.0);
                sum = sum + absolute(two_way ? at - load(p_.held.data() + i, lanes, 0.0) : at);
            });
        return two_way ? 0.5 * sum_of(sum) : sum_of(sum);
    }
    /// The same as it goes on beyond the ends of the pieces.
    [[nodiscard]] double straight_activity(std::uint32_t what) const noexcept {
        double sum = 0.0;
        for (std::size_t i = 0; i < n_; ++i) {
            const double w = m_.position[i], x = w - p_.held[i];
            const answer_piece piece = m_.piece[i];
            const bool bought = piece > 0.0 ? is_bought(piece) : x > 0.0, held_long = piece > 0.0 ? is_long(piece) : w > 0.0;
            if (what == turnover)
                sum += bought ? 0.5 * x : -0.5 * x;
            else if (what == leverage)
                sum += held_long ? w : -w;
            else if constexpr (linear)
                sum += bought ? m_.buy[i] * x : -m_.sell[i] * x;
            else
                sum += cost(i, x);
        }
        return sum;
    }
    /// What the answers come to: the slopes of q. Returns the largest of what is off, as a share of the sizes of its terms.
    double measure(bool by_pieces = false) noexcept {
        double* const off = m_.trial.data();  // nobody reads it before the next answers
        octet gross = every(0.0), total = every(0.0);
        for_each_octet(
            n_, [&](std::size_t i, auto lanes) __attribute__((always_inline)) {
                const octet w = load(m_.position.data() + i, lanes, 0.0);
                const octet d = w - load(p_.benchmark.data() + i, lanes, 0.0);
                gross = gross + absolute(d);
                total = total + w;
                store(off + i, d, lanes);
            });
        // w − b has no more digits than w.
        double worst = shared([&](auto& risk) { return risk.measure(off, sum_of(gross) + 1e-3 * size_); });
        for (std::size_t j = 0; j < q_; ++j) {
            const std::uint32_t what = m_.row_of[j];
            double activity = what < budget ? dot(row(j), m_.position.data(), n_) : what == budget ? sum_of(total) : 0.0;
            if (what > budget || (what == budget && p_.costs_inside))
                activity += by_pieces ? straight_activity(what) : bent_activity(what, m_.position.data());
            m_.activity[j] = activity;
            const double y = m_.price[j];
            const limit_range& r = m_.range[j];
            const double given = activity - m_.give[j] * (y - m_.anchor[j]);
            const double at = y > 0.0 || r.exact() ? r.upper
                              : y < 0.0            ? r.lower
                              : given > r.upper    ? r.upper
                              : given < r.lower    ? r.lower
                                                   : given;
            if (given != at) worst = larger_of(worst, absolute(given - at) / (m_.size[j] + absolute(activity) + absolute(at)));
        }
        return worst;
    }

    /// What an asset on a slope brings to each limit.
    void fill_coefficients(std::size_t i, double w, answer_piece piece, double* out) noexcept {
        for (std::size_t j = 0; j < q_; ++j) {
            const std::uint32_t what = m_.row_of[j];
            out[j] = what < budget      ? row(j)[i]
                     : what == budget   ? 1.0 + (p_.costs_inside ? cost_slope(i, w, piece) : 0.0)
                     : what == turnover ? (is_bought(piece) ? 0.5 : -0.5)
                                        : (is_long(piece) ? 1.0 : -1.0);
        }
    }
    /// Brings Σ c·cᵀ/κ up to date with the pieces: by those that changed, or anew where these are many. `anew`: in any case.
    void follow_pieces(bool anew) noexcept {
        shared([&](auto& risk) { follow_pieces(risk, anew); });
    }
    template <class Risk>
    void follow_pieces(Risk& risk, bool anew) noexcept {
        std::size_t changed = 0, free = 0;
        if (linear && !anew && gram_made_) {
            for (std::size_t i = 0; i < n_; ++i) {
                free += m_.piece[i] > 0 ? 1u : 0u;
                if (m_.piece[i] != m_.piece_in_gram[i]) changed += (m_.piece[i] > 0 ? 1u : 0u) + (m_.piece_in_gram[i] > 0 ? 1u : 0u);
            }
            anew = !Risk::follows || changed * 2 > free;
            if (changed == 0) return;
        } else {
            anew = true;
        }
        const auto add = [&](std::size_t i, double weight, answer_piece piece) {
            risk.add_piece(i, weight, [&](double* out) { fill_coefficients(i, m_.position[i], piece, out); });
        };
        risk.begin_pieces(anew);
        for (std::size_t i = 0; i < n_; ++i) {
            if (!anew && m_.piece[i] == m_.piece_in_gram[i]) continue;
            if (!anew && m_.piece_in_gram[i] > 0) add(i, -m_.in_gram[i], m_.piece_in_gram[i]);
            if (m_.piece[i] > 0.0) add(i, m_.weight[i], m_.piece[i]);
            m_.piece_in_gram[i] = m_.piece[i];
            m_.in_gram[i] = m_.weight[i];
        }
        risk.end_pieces();
        gram_made_ = true;
        gram_fresh_ = anew;
    }

    // ---- steps ----

    /// Newton's steps until the answers agree. False where they do not after as many as were allowed.
    [[nodiscard]] bool settle(int allowed, bool whatever_it_takes) noexcept {
        const bool gives = q_ > 0 && m_.give[0] > 0.0;
        const auto some = [&] { return allowed - steps_ > patience ? steps_ + patience : allowed; };
        double off = finish(step_by_step(some()));
        if (off <= good || gives || q_ == 0 || conflict_ || !whatever_it_takes) return off <= good;
        return finish(step_anchored(allowed, some)) <= good;
    }
    [[nodiscard]] double finish(double off) noexcept {
        if (off > agreed) {
            find_sizes(true);
            off = measure();
        }
        if (off <= close_by) off = from_pieces(narrow);
        // Trades as small as rounding beside the book, of assets that limits want just so.
        if (!linear && off > good && !conflict_) off = from_pieces(wide);
        return off;
    }
    /// Returns what is off at the end.
    double step_by_step(int allowed) noexcept {
        change_nothing();
        agreed_but_for_rest_ = false;
        if (!pull_known_) pulls_of(m_.factor.data(), m_.price.data(), m_.pull.data(), true);
        pull_known_ = false;
        set_zero(m_.turn.data(), n_);
        double off = answer_again(), best = off;
        for (int stuck = 0; off > agreed && steps_ < allowed; ++steps_) {
            if ((steps_ & 7) == 7 && off > good && (conflict_ = proves_conflict())) break;
            follow_pieces(false);
            find_step();
            pulls_of(m_.next_factor.data(), m_.change.data(), m_.turn.data(), false);
            const double part = go(first_slope());
            move(part);
            off = measure();
            if (dense_ && off > close_by && !goes_on(part, off, best)) off = share_less();
            stuck = off < 0.5 * best || off > close_by ? 0 : stuck + 1;
            best = off < best ? off : best;
            if (stuck >= 3 || part < 1e-30) break;  // rounding
        }
        return off;
    }
    /// Where the assets on slopes do not tell the prices apart, and steps go to and fro between kinks: limits that give way, less and less,
    /// around prices that follow (the method of multipliers: Rockafellar 1976).
    template <class Some>
    double step_anchored(int allowed, Some&& some) noexcept {
        double off = 1.0, softness = 1.0;
        for (int round = 0; round < 200 && steps_ < allowed; ++round) {
            for (std::size_t j = 0; j < q_; ++j) {
                m_.anchor[j] = m_.price[j];
                m_.give[j] = softness * m_.typical[j];
            }
            (void)step_by_step(some());
            for (std::size_t j = 0; j < q_; ++j) m_.give[j] = m_.anchor[j] = 0.0;
            off = measure();
            if (off <= 1e-12 || conflict_) break;
            softness = softness > 1e-12 ? 0.3 * softness : softness;
        }
        return off;
    }
    /// Assets keep less of the variances for themselves.
    double share_less() noexcept {
        lame_ = 0;
        if (covariance_.share() < 1e-3) return measure();
        covariance_.take_share(0.25 * covariance_.share());
        for (std::size_t i = 0; i < n_; ++i) hold(i, m_.nearness[i]);
        hold_again();
        pulls_of(m_.factor.data(), m_.price.data(), m_.pull.data(), true);
        set_zero(m_.turn.data(), n_);
        change_nothing();
        return answer_again();
    }
    /// Where that leads nowhere, as where Σ is singular: they keep nothing, and all are held near to where they are. False where they are.
    [[nodiscard]] bool hold_all(int allowed) noexcept {
        if (conflict_ || steps_ >= allowed) return false;
        start_again(0.0);
        begin_cold();
        return true;
    }

    /// How far along the step: as far as q rises. The trial answers are those of there.
    [[nodiscard]] double go(double first) noexcept {
        const bool same = !answer(1.0);
        const bool onward = deficient_ && agreed_but_for_rest_;
        agreed_but_for_rest_ = deficient_ && same && !agreed_but_for_rest_;
        if (linear && same && !onward) return 1.0;
        const double enough = 1e-3 * first;
        double low = 0.0, of_low = first, high = 1.0, of_high = slope(1.0);
        // Or no rise that can be told from rounding.
        if (absolute(of_high) <= enough || !(first > 0.0) || absolute(of_high) <= noise_of_slope()) return 1.0;
        // Further, while it rises nearly as fast as at first: where no asset answers yet, or never will.
        if (of_high > 0.0) {
            if (!onward) return 1.0;
            const double end = sign_ends();
            while (of_high > 0.5 * first && high < end) {
                low = high;
                of_low = of_high;
                high = 4.0 * high < end ? 4.0 * high : end;
                (void)answer(high);
                of_high = slope(high);
                if (!(high < 0x1p60)) return high;
            }
            if (of_high >= 0.0) return high;
        }
        double weigh_low = of_low, weigh_high = of_high;
        int side = 0;
        for (int times = 0; times < 100; ++times) {
            double part = low + (high - low) * (weigh_low / (weigh_low - weigh_high));
            if (times % 4 == 3 || !(part > low && part < high)) part = low + 0.5 * (high - low);
            if (!(part > low && part < high)) break;
            (void)answer(part);
            const double s = slope(part);
            if (absolute(s) <= enough) return part;
            if (s > 0.0) {
                low = part;
                weigh_low = s;
                if (side == 1) weigh_high *= 0.5;
                side = 1;
            } else {
                high = part;
                weigh_high = s;
                if (side == -1) weigh_low *= 0.5;
                side = -1;
            }
        }
        return again(low > 0.0 ? low : high);
    }
    [[nodiscard]] double again(double part) noexcept {
        (void)answer(part);
        return part;
    }
    void move(double part) noexcept {
        for (std::size_t i = 0; i < n_; ++i) m_.pull[i] += part * m_.turn[i];
        for (std::size_t a = 0; a < k_; ++a) m_.factor[a] += part * m_.next_factor[a];
        for (std::size_t j = 0; j < q_; ++j) m_.price[j] = part == 1.0 ? m_.next_price[j] : m_.price[j] + part * m_.change[j];
        take_trial();
    }

    /// With all pieces as they are: where each lies is a straight line in the prices, and the prices solve linear equations. Keeps what there was if
    /// that is not at least as good.
    double from_pieces(double tie) noexcept {
        for (std::size_t a = 0; a < k_; ++a) m_.kept_factor[a] = m_.factor[a];
        for (std::size_t j = 0; j < q_; ++j) m_.kept_price[j] = m_.price[j];
        if constexpr (!linear) {
            settle_ties(tie);
            double off = measure();
            if (off <= agreed && (tie < wide || all_answer_so(1e-10))) return off;
            follow_pieces(true);
            find_signs();
            (void)refine_by_pieces(false);
            (void)keep_to_pieces();
            off = measure();
            pulls_of(m_.factor.data(), m_.price.data(), m_.pull.data(), true);
            if (off <= good && all_answer_so(tie < wide ? 1e-12 : 1e-10)) return off;
            take_kept_prices();
            pulls_of(m_.factor.data(), m_.price.data(), m_.pull.data(), true);
            return answer_again();
        }
        if (dense_) share_as_usual();
        settle_ties(wide);
        bool same = gram_fresh_ && gram_made_;
        for (std::size_t i = 0; i < n_ && same; ++i)
            same = (m_.piece[i] > 0 ? m_.piece[i] : 0.0) == (m_.piece_in_gram[i] > 0 ? m_.piece_in_gram[i] : 0);
        if (!same) follow_pieces(true);
        find_signs();
        // From no prices; where these lie too far for the digits that there are, from those that were found.
        begin_cold();
        double off = refine_by_pieces(true);
        bool kept = keep_to_pieces() && measure() <= 64.0 * agreed;
        if (!kept) {
            from_pieces_alone_ = false;
            take_kept_prices();
            off = refine_by_pieces(true);
            kept = keep_to_pieces() && measure() <= 64.0 * agreed;
        }
        set_zero(m_.turn.data(), n_);
        if (!shared([](const auto& risk) { return risk.places_all(); })) from_pieces_alone_ = false;
        if (kept && signs_hold() && all_answer_so()) return off;
        // Where no asset lies on a slope, or limits stand for each other, prices may be any of many: those that were found.
        take_kept_prices();
        pulls_of(m_.factor.data(), m_.price.data(), m_.pull.data(), true);
        if (kept && all_answer_so()) return measure();
        from_pieces_alone_ = false;
        return answer_again();
    }
    double answer_again() noexcept {
        (void)answer(0.0);
        take_trial();
        return measure();
    }
    /// Newton's steps with all pieces as they are, until what is off is rounding.
    double refine_by_pieces(bool anew, int rounds = 6) noexcept {
        pulls_of(m_.factor.data(), m_.price.data(), m_.pull.data(), true);
        change_nothing();
        set_zero(m_.turn.data(), n_);
        if (anew) place_by_pieces(true);
        double off = measure(true);
        for (int round = 0; round < rounds; ++round) {
            shared([](auto& risk) { risk.eliminate(); });
            step_of_active();
            pulls_of(m_.next_factor.data(), m_.change.data(), m_.turn.data(), false);
            place_by_pieces(false);
            for (std::size_t i = 0; i < n_; ++i) m_.pull[i] += m_.turn[i];
            for (std::size_t a = 0; a < k_; ++a) m_.factor[a] += m_.next_factor[a];
            for (std::size_t j = 0; j < q_; ++j) m_.price[j] += m_.change[j];
            const double before = off;
            off = measure(true);
            if (off <= 0.25 * agreed || (round > 1 && off > 0.5 * before)) break;
        }
        return off;
    }
    /// Whether the answers to the prices are the positions, but for rounding.
    [[nodiscard]] bool all_answer_so(double tolerance = 1e-12) noexcept {
        change_nothing();
        if constexpr (linear) (void)answer(0.0);
        [[maybe_unused]] const bending_prices b = bending(0.0);
        double most = 0.0, told = told_ + told_by_prices();
        for (std::size_t i = 0; i < n_; ++i) {
            const double w = m_.position[i], pull = m_.pull[i];
            told = larger_of(told, absolute(pull));
            if constexpr (linear)
                most = larger_of(most, m_.curvature[i] * absolute(m_.trial[i] - w));
            else
                most = larger_of(most, wrong_by(i, pull - m_.curvature[i] * (w - m_.centre[i]), slopes_there(i, b)));
        }
        return most <= tolerance * told;
    }
    /// The slopes on both sides of an asset's costs, with the prices that bend them.
    [[nodiscard]] slope_interval slopes_there(std::size_t i, const bending_prices& b) const noexcept {
        const double w = m_.position[i], x = w - p_.held[i];
        slope_interval s = slopes_at(i, x);
        s.low *= b.cost;
        s.high *= b.cost;
        if (b.half_turnover > 0.0) {
            s.low += x > 0.0 ? b.half_turnover : -b.half_turnover;
            s.high += x < 0.0 ? -b.half_turnover : b.half_turnover;
        }
        if (b.leverage > 0.0) {
            s.low += w > 0.0 ? b.leverage : -b.leverage;
            s.high += w < 0.0 ? -b.leverage : b.leverage;
        }
        return s;
    }
    [[nodiscard]] slope_interval slopes_at(std::size_t i, double x) const noexcept {
        if constexpr (linear) {
            return {x > 0.0 ? m_.buy[i] : -m_.sell[i], x < 0.0 ? -m_.sell[i] : m_.buy[i]};
        } else {
            // As far as a position can be told from its neighbours; held is as good as a trade that is as small as rounding.
            const double h = absolute(p_.held[i]), w = absolute(p_.held[i] + x), b = absolute(p_.benchmark[i]);
            const double least = x == 0.0 ? 0x1p-46 * larger_of(h, b) : 0x1p-51 * (w + h);
            return {view_.marginal(i, p_.wealth * (x - least)).low, view_.marginal(i, p_.wealth * (x + least)).high};
        }
    }
    /// What lies on a kink or bound but for rounding lies there.
    void settle_ties(double tie) noexcept {
        const bool bent_at_zero = price_of(leverage) > 0.0;
        for (std::size_t i = 0; i < n_; ++i) {
            if (m_.piece[i] <= 0) continue;
            const double w = m_.position[i];
            double blur_of = (tie < wide ? 0x1p-50 * absolute(p_.held[i]) : 0.0) + tie * size_;
            if (linear && blur_of * m_.curvature[i] > 1e-13 * told_) blur_of = 1e-13 * told_ * m_.inverse[i];
            const auto close = [&](double to) { return absolute(w - to) <= blur_of && to >= m_.lower[i] && to <= m_.upper[i]; };
            const double at = close(p_.held[i])            ? p_.held[i]
                              : close(m_.lower[i])         ? m_.lower[i]
                              : close(m_.upper[i])         ? m_.upper[i]
                              : bent_at_zero && close(0.0) ? 0.0
                                                           : w;
            const answer_piece piece = piece_of(at, p_.held[i], m_.lower[i], m_.upper[i], bent_at_zero);
            if (piece > 0) continue;
            m_.position[i] = at;
            m_.piece[i] = piece;
            m_.weight[i] = 0.0;
        }
    }
    /// Each asset on its slope goes where it belongs at the prices; `anew`, or by what the step changes, which keeps the digits that prices
    /// lose where slopes are steep.
    void place_by_pieces(bool anew) noexcept {
        const bending_prices b = anew ? bending(0.0) : bending_change();
        for (std::size_t i = 0; i < n_; ++i) {
            const answer_piece piece = m_.piece[i];
            if (piece <= 0) continue;
            const bool bought = is_bought(piece), held_long = is_long(piece);
            const double rate = cost_slope(i, m_.position[i], piece);
            const double bent = b.cost * rate + (bought ? b.half_turnover : -b.half_turnover) + (held_long ? b.leverage : -b.leverage);
            if (anew)
                m_.position[i] = m_.centre[i] + (m_.pull[i] - bent) * m_.inverse[i];
            else
                m_.position[i] += (m_.turn[i] - bent) * m_.weight[i];
        }
    }

    static constexpr double wide = 0x1p-43, narrow = 0x1p-80;  ///< costs that bend near 0 tell trades apart that are as small as they like
    static constexpr double agreed = 0x1p-43;
    static constexpr double good = 1e-10;     ///< so that the answer is one
    static constexpr double close_by = 1e-5;  ///< so that its pieces are likely to be right
    static constexpr int patience = 40;       ///< steps

    const View& view_;
};

}  // namespace ballast::inline v0::detail
