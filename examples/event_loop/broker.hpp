// A broker on paper: answers late, fills in parts, refuses some orders. It is the other side of the wire: what it has received survives the
// host, in a journal of its own.
#pragma once

#include <ballast/core/order.hpp>

#include <algorithm>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event.hpp"
#include "store.hpp"
#include "ticks.hpp"

namespace event_loop {

/// An order as it goes over the wire.
struct ticket {
    order_id id{};
    std::uint32_t asset = 0;
    std::int64_t steps = 0;  ///< whole steps, negative: sell
    ballast::decimal_step step{};
    double limit_price = 0.0;

    friend bool operator==(const ticket&, const ticket&) = default;
};

struct broker_rules {
    std::uint64_t seed = 1;
    double fee_rate = 0.001;
    double rejects = 0.15;  ///< share of the orders
};

/// What becomes of an order follows from the seed, its id, the time at which it came and the prices: nothing else. So the journal of what was
/// received is all that the broker keeps, and its news can be told again at any time.
class paper_broker {
public:
    paper_broker(const broker_rules& rules, const std::vector<tick>& ticks) : rules_{rules}, ticks_{&ticks} {}

    /// Reads a journal that this broker has written before. Returns what is wrong.
    [[nodiscard]] std::string restore(std::string_view journal) {
        if (journal.empty()) return {};
        const std::string_view whole = journal;
        if (csv::joined({csv::take_line(journal), "\n"}) != head()) return "the broker's journal is of another broker (seed, fees)";
        while (!journal.empty()) {
            const std::string line{csv::take_line(journal)};
            ticket t;
            std::int64_t at = 0, mantissa = 0;
            int exponent = 0;
            if (std::sscanf(line.c_str(), "order %" SCNd64 " %" SCNu64 "-%" SCNu32 " %" SCNu32 " %" SCNd64 " %" SCNd64 " %d %lf", &at,
                            &t.id.decision, &t.id.index, &t.asset, &t.steps, &mantissa, &exponent, &t.limit_price) == 8) {
                t.step = {mantissa, exponent};
                received_[t.id] = {t, {at}};
            } else if (std::sscanf(line.c_str(), "cancel %" SCNd64 " %" SCNu64 "-%" SCNu32, &at, &t.id.decision, &t.id.index) == 3 &&
                       knows(t.id)) {
                received_[t.id].cancelled = {at};
            } else {
                return csv::joined({"the broker's journal has a line that can not be read: ", line});
            }
        }
        journal_ = whole;
        return {};
    }
    /// Everything that is received from now on goes to this file as well, before it is answered.
    void keep_in(std::string path, bool sync) {
        path_ = std::move(path);
        sync_ = sync;
    }

    /// An order. A known id is ignored, as long as it is the same order. Returns what is wrong.
    [[nodiscard]] std::string send(const ticket& t, ballast::timestamp now) {
        if (const auto known = received_.find(t.id); known != received_.end())
            return known->second.what == t ? "" : csv::joined({"order ", to_string(t.id), " came again as another order"});
        if (std::string wrong = write_down(order_line(t, now)); !wrong.empty()) return wrong;
        received_[t.id] = {t, now};
        return {};
    }
    /// Takes back what is not filled by the time this arrives.
    [[nodiscard]] std::string cancel(order_id id, ballast::timestamp now) {
        const auto known = received_.find(id);
        if (known == received_.end()) return csv::joined({"order ", to_string(id), " can not be cancelled: it never came"});
        if (known->second.cancelled.happened()) return {};
        if (std::string wrong = write_down(cancel_line(id, now)); !wrong.empty()) return wrong;
        known->second.cancelled = now;
        return {};
    }
    /// All news of an order, from the first on: those that the host has seen are its to leave out. Takes the place of those in the queue.
    void tell(order_id id, event_queue& queue) const {
        std::erase_if(queue, [&](const event& e) { return from_broker(e.kind) && e.id == id; });
        if (const auto known = received_.find(id); known != received_.end())
            for (const event& e : life_of(known->second)) queue.insert(e);
    }

    [[nodiscard]] bool knows(order_id id) const { return received_.contains(id); }
    /// The newest decision that an order came from; 0: none came.
    [[nodiscard]] std::uint64_t newest_decision() const { return received_.empty() ? 0 : received_.rbegin()->first.decision; }
    [[nodiscard]] const std::string& journal() const noexcept { return journal_; }

    /// What became of an order.
    [[nodiscard]] std::vector<event> life_of(order_id id) const { return life_of(received_.at(id)); }
    [[nodiscard]] std::vector<ticket> tickets() const {
        std::vector<ticket> all;
        for (const auto& [id, order] : received_) all.push_back(order.what);
        return all;
    }

private:
    struct received {
        ticket what{};
        ballast::timestamp at{};
        ballast::timestamp cancelled = ballast::timestamp::never();
    };
    /// SplitMix64 (Steele, Lea and Flood 2014).
    struct dice {
        std::uint64_t state = 0;
        std::uint64_t next() noexcept {
            std::uint64_t z = state += 0x9E3779B97F4A7C15U;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
            return z ^ (z >> 31);
        }
        std::int64_t between(std::int64_t least, std::int64_t most) noexcept {
            return least + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(most - least + 1));
        }
    };

    [[nodiscard]] std::vector<event> life_of(const received& r) const {
        using namespace ballast;
        digest seed;
        seed.add(rules_.seed);
        seed.add(r.what.id.decision);
        seed.add(r.what.id.index);
        dice roll{seed.value()};
        std::vector<event> life;
        const auto add = [&](timestamp at, event_kind kind, double quantity = 0.0, double price = 0.0) {
            const double amount = quantity * price;
            life.push_back({at, kind, r.what.id, life.size(), quantity, price, rules_.fee_rate * (amount < 0.0 ? -amount : amount)});
        };
        timestamp at = r.at + seconds(roll.between(1, 20));
        if (static_cast<double>(roll.between(0, 999'999)) < 1e6 * rules_.rejects) {
            add(at, event_kind::rejected);
        } else {
            add(at, event_kind::accepted);
            const std::int64_t sign = r.what.steps < 0 ? -1 : 1;
            std::int64_t left = sign * r.what.steps;
            for (std::int64_t parts = roll.between(1, 3); left > 0; --parts) {
                at = at + seconds(roll.between(5, 90));
                double price = 0.0;
                if (!price_within_limit(r.what, at, price)) break;
                const std::int64_t part = parts <= 1 ? left : roll.between(1, left);
                left -= part;
                add(at, left > 0 ? event_kind::partly_filled : event_kind::filled, quantity_of(int128{sign * part}, r.what.step), price);
            }
        }
        if (r.cancelled.happened()) {
            const timestamp arrives = r.cancelled + seconds(1);
            while (!life.empty() && life.back().at > arrives) life.pop_back();
            const bool ended = !life.empty() && (life.back().kind == event_kind::rejected || life.back().kind == event_kind::filled);
            if (!ended) add(arrives, event_kind::cancelled);
        }
        return life;
    }
    /// The price at `at`, or at the first tick after it that the limit allows.
    [[nodiscard]] bool price_within_limit(const ticket& t, ballast::timestamp& at, double& price) const {
        const auto good = [&](double p) { return t.steps > 0 ? p <= t.limit_price : p >= t.limit_price; };
        auto next = ticks_->begin();
        for (; next != ticks_->end() && next->at <= at; ++next)
            if (next->asset == t.asset) price = next->price;
        if (price > 0.0 && good(price)) return true;
        for (; next != ticks_->end(); ++next) {
            if (next->asset != t.asset || !good(next->price)) continue;
            at = next->at;
            price = next->price;
            return true;
        }
        return false;
    }

    [[nodiscard]] std::string head() const {
        char line[128];
        std::snprintf(line, sizeof line, "paper broker 1, seed %" PRIu64 ", fee %.17g, rejects %.17g\n", rules_.seed, rules_.fee_rate,
                      rules_.rejects);
        return line;
    }
    [[nodiscard]] static std::string order_line(const ticket& t, ballast::timestamp at) {
        char line[256];
        std::snprintf(line, sizeof line, "order %" PRId64 " %s %" PRIu32 " %" PRId64 " %" PRId64 " %d %.17g\n", at.ns,
                      to_string(t.id).c_str(), t.asset, t.steps, t.step.mantissa(), t.step.exponent(), t.limit_price);
        return line;
    }
    [[nodiscard]] static std::string cancel_line(order_id id, ballast::timestamp at) {
        return csv::joined({"cancel ", std::to_string(at.ns), " ", to_string(id), "\n"});
    }
    [[nodiscard]] std::string write_down(const std::string& line) {
        journal_ += journal_.empty() ? csv::joined({head(), line}) : line;
        return path_.empty() ? "" : replace_file(path_, journal_, sync_);
    }

    broker_rules rules_;
    const std::vector<tick>* ticks_;
    std::map<order_id, received> received_{};
    std::string journal_{};
    std::string path_{};
    bool sync_ = true;
};

}  // namespace event_loop
