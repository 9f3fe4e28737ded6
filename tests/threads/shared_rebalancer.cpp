// One rebalancer and one market state, shared by four threads; each has accounts and a workspace of its own. Between two ticks the threads
// propose, value and commit all at once; the tick itself is one thread's, while the others wait. The answers are those of one thread, to
// the last bit, and the thread sanitizer sees no race.
#include <ballast/core/archive.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/guard/max_trade.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/guard/stale_price.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/calendar.hpp>
#include <ballast/trigger/cooldown.hpp>
#include <ballast/trigger/hysteresis.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include "../support/same_bits.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

using namespace ballast;

namespace {

constexpr std::size_t assets = 7;
constexpr std::size_t accounts = 16;
constexpr std::size_t ticks = 300;
constexpr std::size_t threads = 4;

auto make_policy() {
    return rebalancer{
        trigger::any_of{trigger::cooldown{trigger::volatility_band{.width = 0.02, .reference = 0.3, .exponent = -1.0}, days(2)},
                        trigger::hysteresis{trigger::band{.absolute = 0.03}, trigger::band{.absolute = 0.01}}},
        cost::minimum{cost::proportional{.rate = 10_bps}, 0.5},
        solver::to_band{.rows = solver::band_rows::all},
        guard::max_trade{.share = 0.05},
        guard::max_turnover{.limit = 0.04},
        guard::stale_price{.max_age = hours(30)},
        risk::ewma{.half_life = days(15), .warm_up = 10},
        sizing::reconciled{.collar = 0.002},
        mandate{.reserve = 0.01}};
}
using policy = decltype(make_policy());

struct tick {
    timestamp now{};
    std::vector<double> price{};
    std::vector<timestamp> as_of{};
    [[nodiscard]] market_view view() const { return {.now = now, .price = price, .as_of = as_of}; }
};

// Sums of uniform numbers and no library function, so that the path is the same everywhere.
std::vector<tick> make_path() {
    std::mt19937_64 rng{2024};
    const auto unit = [&] { return static_cast<double>(rng() >> 11) * (1.0 / 9007199254740992.0); };
    std::vector<tick> path(ticks);
    std::vector<double> price(assets, 40.0);
    timestamp now{1'600'000'000'000'000'000};
    for (tick& t : path) {
        now = now + days(1);
        t.now = now;
        for (double& p : price) {
            p *= 1.0 + 0.06 * (unit() + unit() + unit() - 1.5);
            t.as_of.push_back(now - (unit() < 0.02 ? days(2) : minutes(1)));
        }
        t.price = price;
    }
    return path;
}

struct account {
    holdings held{};
    std::vector<double> target{};
    policy::account_state state{};
    std::vector<decision> answers{};
};

std::vector<account> make_accounts(const policy& r) {
    std::mt19937_64 rng{7};
    std::vector<account> all(accounts);
    for (account& a : all) {
        for (std::size_t i = 0; i < assets; ++i) {
            a.held.quantity.push_back(static_cast<double>(rng() % 1000) / 4.0);
            a.target.push_back(static_cast<double>(1 + rng() % 16) / (16.0 * assets));
        }
        a.held.cash = static_cast<double>(rng() % 10'000);
        r.prepare(a.state, {.assets = assets});
        a.answers.reserve(ticks);
    }
    return all;
}

// What one thread does with one account at one tick. Returns false on a fault.
bool work(const policy& r, const policy::market_state& market, account& a, const tick& t, policy::workspace& w, decision& d) {
    static const std::vector<decimal_step> step{decimal_step{1, -2}};
    const inputs in{.market = t.view(), .account = a.held.view(), .target = a.target, .instruments = {.step = step}};
    r.propose(market, a.state, in, w, d);
    if (r.observe(market, a.state, in, w)) return false;
    if (d.outcome == outcome::rejected || d.outcome == outcome::infeasible) return false;
    a.answers.push_back(d);
    if (r.commit(a.state, d, t.now)) return false;
    return !apply(a.held, d);
}

// All threads arrive before any goes on; the last one runs `turn`.
class meeting_point {
public:
    template <class Turn>
    void wait(Turn&& turn) {
        std::unique_lock lock{mutex_};
        if (++arrived_ == threads) {
            turn();
            arrived_ = 0;
            ++round_;
            all_.notify_all();
            return;
        }
        const std::size_t round = round_;
        all_.wait(lock, [&] { return round_ != round; });
    }

private:
    std::mutex mutex_{};
    std::condition_variable all_{};
    std::size_t arrived_ = 0;
    std::size_t round_ = 0;
};

int failed(const char* what, std::size_t account_number, std::size_t tick_number) {
    std::fprintf(stderr, "%s: account %zu, tick %zu\n", what, account_number, tick_number);
    return 1;
}

}  // namespace

int main() {
    const policy r = make_policy();
    const std::vector<tick> path = make_path();
    const sizes s{.assets = assets};

    // One thread.
    std::vector<account> alone = make_accounts(r);
    policy::market_state market_alone;
    r.prepare(market_alone, s);
    policy::workspace w;
    decision d;
    r.prepare(w, s);
    r.prepare(d, s);
    std::size_t trades = 0;
    for (std::size_t k = 0; k < ticks; ++k) {
        if (r.observe(market_alone, path[k].view())) return failed("a tick was refused", 0, k);
        for (std::size_t i = 0; i < accounts; ++i) {
            if (!work(r, market_alone, alone[i], path[k], w, d)) return failed("a fault", i, k);
            trades += d.outcome == outcome::trade ? 1 : 0;
        }
    }
    if (trades < accounts * ticks / 20 || trades > accounts * ticks * 9 / 10) return failed("too few trades, or too few holds", trades, 0);

    // Four.
    std::vector<account> shared = make_accounts(r);
    policy::market_state market;
    r.prepare(market, s);
    meeting_point meeting;
    bool refused[threads + 1] = {};
    std::vector<std::thread> all;
    for (std::size_t t = 0; t < threads; ++t)
        all.emplace_back([&, t] {
            policy::workspace mine;
            decision answer;
            r.prepare(mine, s);
            r.prepare(answer, s);
            for (std::size_t k = 0; k < ticks; ++k) {
                meeting.wait([&] { refused[threads] = refused[threads] || r.observe(market, path[k].view()).code != fault_code::none; });
                // From another account on at every tick, so that a workspace is warm from other accounts than when one thread does all.
                for (std::size_t i = 0; i < accounts; ++i) {
                    const std::size_t j = (i + k) % accounts;
                    if (j % threads == t && !work(r, market, shared[j], path[k], mine, answer)) refused[t] = true;
                }
            }
        });
    for (std::thread& t : all) t.join();
    for (std::size_t t = 0; t <= threads; ++t)
        if (refused[t]) return failed("a fault in a thread", t, 0);

    for (std::size_t i = 0; i < accounts; ++i) {
        for (std::size_t k = 0; k < ticks; ++k)
            if (!test::same_bits(alone[i].answers[k], shared[i].answers[k])) return failed("another answer", i, k);
        if (save(alone[i].state) != save(shared[i].state)) return failed("another memory", i, ticks);
    }
    if (save(market) != save(market_alone)) return failed("another market", 0, ticks);
    return 0;
}
