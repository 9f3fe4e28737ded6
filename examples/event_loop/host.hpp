// The host: events come in, orders go out, and everything that it must not forget is saved before anything is sent.
//
// Each event is one round: work on it in memory; save market state, account state and ledger in one transaction; then send what the ledger
// says is to be sent. So, wherever the program stops:
// - before the save nothing has happened: the event comes again, and leads to the same proposal, as proposing is pure and its states are
//   as they were;
// - after the save and before (or in the middle of) the sending, the orders stand in the ledger as `sending`: they are sent again under the
//   same ids, and the broker ignores those that it has;
// - news of the broker that were not saved are told again; those that were are counted, and left out.
//
// While orders are open nothing is proposed: what they will come to is not known, so neither is the cash. The host does not wait for ever:
// it takes back what is not filled in time. Buys are sent once the sells that pay for them are filled; where these do not come to
// what was sold, the buys are dropped, and the next decision begins with what there is.
#pragma once

#include <ballast/ballast.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "broker.hpp"
#include "event.hpp"
#include "ledger.hpp"
#include "store.hpp"
#include "ticks.hpp"

namespace event_loop {

[[nodiscard]] inline auto make_policy(double fee_rate) {
    using namespace ballast;
    return rebalancer{
        trigger::cooldown{trigger::volatility_band{.width = 0.02, .reference = 0.50, .exponent = 1.0, .floor = 0.015, .ceiling = 0.04},
                          minutes(10)},
        cost::proportional{.rate = fee_rate},
        solver::to_target{},
        risk::ewma{.half_life = minutes(30), .warm_up = 5},
        guard::stale_price{.max_age = minutes(10)},
        mandate{.reserve = 0.01},
        sizing::reconciled{.collar = 0.004}};
}
using policy_type = decltype(make_policy(0.0));

struct setup {
    std::vector<std::string> symbols{};
    std::vector<double> target{};
    double cash = 0.0;  ///< at the start, when nothing is held
    double fee_rate = 0.001;
    ballast::duration every = ballast::minutes(2);     ///< the host decides so often,
    ballast::duration patience = ballast::minutes(3);  ///< and takes back orders that are older
};

/// Places in a round at which a program may be stopped.
enum class stop : std::uint8_t {
    nowhere,
    taken,   ///< the event is worked on (prices learnt, orders proposed, fills booked), nothing is saved
    saved,   ///< all is saved, nothing is sent
    sending  ///< one message has gone to the broker; others, if any, have not
};

class host {
public:
    host(setup s, const std::vector<tick>& ticks, paper_broker& broker, store& kept)
        : setup_{std::move(s)},
          policy_{make_policy(setup_.fee_rate)},
          ticks_{&ticks},
          broker_{&broker},
          store_{&kept} {
        const ballast::sizes n{.assets = setup_.symbols.size()};
        policy_.prepare(market_, n);
        policy_.prepare(account_, n);
        policy_.prepare(workspace_, n);
        policy_.prepare(decision_, n);
    }

    /// Begins anew, or goes on from what was saved. Returns what is wrong; empty: nothing is. Nothing is sent before all is checked.
    [[nodiscard]] std::string start() {
        snapshot s;
        bool found = false;
        if (std::string wrong = store_->load(s, found); !wrong.empty()) return wrong;
        if (std::string wrong = found ? restore(s) : begin(); !wrong.empty()) return wrong;
        for (std::size_t i = ledger_.ticks; i < ticks_->size(); ++i) queue_.insert({(*ticks_)[i].at, event_kind::tick, {}, i});
        queue_.insert({ledger_.next_timer, event_kind::timer});
        for (std::uint32_t i = 0; i < ledger_.orders.size(); ++i)
            if (ledger_.orders[i].state == order_state::working) broker_->tell(id_of(i), queue_);
        bool stopped = false;
        return send(stop::nowhere, stopped);
    }

    [[nodiscard]] bool done() const noexcept { return ledger_.ticks == ticks_->size() && !ledger_.orders_open(); }

    /// The next event, unless `done()`. `where`: ends there, with `stopped` true, as if the power had gone. Returns what is wrong: then it is over.
    [[nodiscard]] std::string step(stop where, bool& stopped) {
        const event e = *queue_.begin();
        queue_.erase(queue_.begin());
        news_.clear();
        bool known = false;
        std::string wrong;
        switch (e.kind) {
            case event_kind::tick: wrong = on_tick(e); break;
            case event_kind::timer: wrong = on_timer(e); break;
            default: wrong = on_broker(e, known); break;
        }
        if (!wrong.empty() || known) return wrong;
        ledger_.now = e.at;
        ++ledger_.events;
        if (stopped = where == stop::taken; stopped) return {};
        if (wrong = save(); !wrong.empty()) return wrong;
        log_ += news_;
        if (stopped = where == stop::saved; stopped) return {};
        return send(where, stopped);
    }

    [[nodiscard]] const ledger& books() const noexcept { return ledger_; }
    /// What has happened since this was last asked, a line each.
    [[nodiscard]] std::string take_log() { return std::exchange(log_, {}); }
    /// What is saved after each event.
    [[nodiscard]] snapshot state() const { return {write(ledger_), ballast::save(market_), ballast::save(account_)}; }

private:
    [[nodiscard]] order_id id_of(std::uint32_t index) const noexcept { return {ledger_.decision, index}; }
    [[nodiscard]] std::string save() { return store_->save(state()); }

    // ---- starting -------------------------------------------------------------------------------------------------------------------------
    [[nodiscard]] std::string begin() {
        if (broker_->newest_decision() > 0) return "the broker has orders of this account, but its state is gone: nothing is traded";
        const std::size_t n = setup_.symbols.size();
        ledger_ = {};
        ledger_.symbols = setup_.symbols;
        ledger_.account = {.cash = setup_.cash, .quantity = std::vector<double>(n)};
        ledger_.price.assign(n, 0.0);
        ledger_.as_of.assign(n, ballast::timestamp::never());
        ledger_.digest = digest_of(*ticks_, 0);
        ledger_.next_timer = ticks_->front().at + setup_.every;
        return save();
    }
    [[nodiscard]] std::string restore(const snapshot& s) {
        if (!read(s.ledger, ledger_)) return "the saved ledger can not be read";
        if (ledger_.symbols != setup_.symbols) return "the saved state is of other assets";
        if (const ballast::fault f = ballast::load(market_, s.market)) return csv::joined({"saved market state: ", describe(f)});
        if (const ballast::fault f = ballast::load(account_, s.account)) return csv::joined({"saved account state: ", describe(f)});
        if (ledger_.ticks > ticks_->size() || digest_of(*ticks_, ledger_.ticks) != ledger_.digest)
            return "the saved state has seen other ticks than these";
        if (broker_->newest_decision() > ledger_.decision)
            return "the broker has orders that the saved state does not know: it is an old copy";
        for (std::uint32_t i = 0; i < ledger_.orders.size(); ++i)
            if (ledger_.orders[i].seen > 0 && !broker_->knows(id_of(i)))
                return csv::joined({"the broker does not know order ", to_string(id_of(i)), ", of which the saved state has news"});
        return {};
    }

    // ---- events ---------------------------------------------------------------------------------------------------------------------------
    [[nodiscard]] ballast::market_view market_at(ballast::timestamp now) const noexcept {
        return {.now = now, .price = ledger_.price, .as_of = ledger_.as_of};
    }

    [[nodiscard]] std::string on_tick(const event& e) {
        const tick& t = (*ticks_)[e.number];
        ledger_.price[t.asset] = t.price;
        ledger_.as_of[t.asset] = t.at;
        ledger_.ticks = e.number + 1;
        ledger_.digest = digest_of(t, ledger_.digest);
        if (const ballast::fault f = policy_.observe(market_, market_at(t.at))) return describe(f, setup_.symbols);
        return {};
    }

    [[nodiscard]] std::string on_timer(const event& e) {
        ledger_.next_timer = e.at + setup_.every;
        queue_.insert({ledger_.next_timer, event_kind::timer});
        if (ledger_.orders_open()) {
            take_back_old_orders(e.at);
            return {};
        }
        for (const double p : ledger_.price)
            if (p == 0.0) return {};  // nothing can be valued yet
        const ballast::inputs in{.market = market_at(e.at),
                                 .account = ledger_.account.view(),
                                 .target = setup_.target,
                                 .instruments = {.step = whole_units, .tick = cents, .min_notional = smallest_order}};
        policy_.propose(market_, account_, in, workspace_, decision_);
        if (decision_.orders.empty() && decision_.outcome != ballast::outcome::hold) tell(e.at, describe(decision_, setup_.symbols));
        if (decision_.outcome == ballast::outcome::rejected) return {};
        if (const ballast::fault f = policy_.observe(market_, account_, in, workspace_)) return describe(f, setup_.symbols);
        if (decision_.orders.empty()) return {};
        ++ledger_.decision;
        ledger_.decided = e.at;
        ledger_.orders.clear();
        tell(e.at, csv::joined({"decision ", std::to_string(ledger_.decision), ": ", describe(decision_.firing, setup_.symbols)}));
        for (const ballast::order& o : decision_.orders) {
            tell(e.at, csv::joined(
                           {"  ", to_string(id_of(static_cast<std::uint32_t>(ledger_.orders.size()))), " ", describe(o, setup_.symbols)}));
            ledger_.orders.push_back({.what = o});
        }
        release(e.at);
        return {};
    }

    [[nodiscard]] std::string on_broker(const event& e, bool& known) {
        if (e.id.decision != ledger_.decision || e.id.index >= ledger_.orders.size())
            return csv::joined({"the broker tells of an order that was never sent: ", to_string(e.id)});
        sent_order& o = ledger_.orders[e.id.index];
        if (known = e.number < o.seen; known) return {};
        if (e.number > o.seen) return csv::joined({"news of order ", to_string(e.id), " are missing"});
        ++o.seen;
        const std::string name = csv::joined({to_string(e.id), " "});
        switch (e.kind) {
            case event_kind::accepted: o.state = order_state::working; break;
            case event_kind::rejected:
                o.state = order_state::rejected;
                tell(e.at, name + "rejected");
                break;
            case event_kind::cancelled:
                o.state = order_state::cancelled;
                tell(e.at, name + "cancelled, " + number_text(o.filled) + " were filled");
                break;
            default:
                if (std::string wrong = book(e, o); !wrong.empty()) return wrong;
                break;
        }
        release(e.at);
        return {};
    }

    /// A fill changes the holdings, and what the policies remember.
    [[nodiscard]] std::string book(const event& e, sent_order& o) {
        const ballast::fill f{.order = e.id.index, .quantity = e.quantity, .price = e.price, .cost = e.cost};
        ballast::decision sent;  // what policies and holdings need to know of it stands in the ledger
        sent.at = ledger_.decided;
        for (const sent_order& each : ledger_.orders) sent.orders.push_back(each.what);
        o.filled += e.quantity;
        if ((e.kind == event_kind::filled) != (o.filled == o.what.quantity))
            return csv::joined({"fills of order ", to_string(e.id), " do not add up"});
        if (const ballast::fault wrong = apply(ledger_.account, sent, {&f, 1})) return describe(wrong);
        if (const ballast::fault wrong = policy_.commit(account_, sent, {&f, 1}, e.at)) return describe(wrong);
        ledger_.fees += e.cost;
        if (e.kind == event_kind::filled) o.state = order_state::filled;
        tell(e.at, csv::joined({to_string(e.id), e.kind == event_kind::filled ? " filled, " : " filled in part, ", number_text(e.quantity),
                                " ", setup_.symbols[o.what.asset], " at ", number_text(e.price)}));
        return {};
    }

    // ---- orders ---------------------------------------------------------------------------------------------------------------------------
    /// Sells go first; buys when all of these are filled.
    void release(ballast::timestamp now) {
        bool open = false, short_of = false;
        for (const sent_order& o : ledger_.orders) {
            if (o.what.buy()) continue;
            open = open || (o.open() && o.state != order_state::waiting);
            short_of = short_of || (!o.open() && o.state != order_state::filled);
        }
        for (sent_order& o : ledger_.orders) {
            if (o.state != order_state::waiting || (o.what.buy() && open)) continue;
            o.state = o.what.buy() && short_of ? order_state::dropped : order_state::sending;
            o.since = now;
            open = open || !o.what.buy();
            if (o.state == order_state::dropped)
                tell(now, csv::joined(
                              {to_string(id_of(static_cast<std::uint32_t>(&o - ledger_.orders.data()))), " dropped, as not all was sold"}));
        }
    }
    void take_back_old_orders(ballast::timestamp now) {
        for (sent_order& o : ledger_.orders)
            if (o.open() && o.state != order_state::waiting && elapsed(o.since, now) >= setup_.patience) o.cancel = true;
    }
    /// Sends what the ledger says is to be sent and has not been in this run. What the broker has already it ignores.
    [[nodiscard]] std::string send(stop where, bool& stopped) {
        for (std::uint32_t i = 0; i < ledger_.orders.size(); ++i) {
            sent_order& o = ledger_.orders[i];
            if (const bool due = o.state == order_state::sending && !o.sent; due) {
                const ballast::order& what = o.what;
                const ticket t{id_of(i), what.asset, static_cast<std::int64_t>(what.steps), what.step, what.limit_price};
                if (std::string wrong = broker_->send(t, ledger_.now); !wrong.empty()) return wrong;
                o.sent = true;
                broker_->tell(t.id, queue_);
                if (stopped = where == stop::sending; stopped) return {};
            }
            if (const bool due = o.open() && o.cancel && !o.cancel_sent; due) {
                if (std::string wrong = broker_->cancel(id_of(i), ledger_.now); !wrong.empty()) return wrong;
                o.cancel_sent = true;
                broker_->tell(id_of(i), queue_);
                if (stopped = where == stop::sending; stopped) return {};
            }
        }
        return {};
    }

    [[nodiscard]] static std::string number_text(double x) {
        char text[32];
        std::snprintf(text, sizeof text, "%.10g", x);
        return text;
    }
    void tell(ballast::timestamp at, const std::string& line) { news_ += csv::joined({to_string(at).substr(11, 8), "  ", line, "\n"}); }

    static inline const std::vector<ballast::decimal_step> whole_units{ballast::decimal_step{1}};
    static inline const std::vector<ballast::decimal_step> cents{ballast::decimal_step{1, -2}};
    static inline const std::vector<double> smallest_order{100.0};

    setup setup_;
    policy_type policy_;
    const std::vector<tick>* ticks_;
    paper_broker* broker_;
    store* store_;
    policy_type::market_state market_{};
    policy_type::account_state account_{};
    policy_type::workspace workspace_{};
    ballast::decision decision_{};
    ledger ledger_{};
    event_queue queue_{};
    std::string news_{};  // of the event being worked on
    std::string log_{};
};

}  // namespace event_loop
