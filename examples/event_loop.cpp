// A host as a program: prices come as ticks, orders go to a (paper) broker, news come back when they come; the program may stop at any
// moment, and goes on from its saved state without ever sending an order twice. How that is done stands in event_loop/host.hpp; the clock is
// that of the ticks, and stands still while the program does not run.
//   event_loop                              the ticks that the program carries
//   event_loop TICKS.csv "A=0.6,B=0.3"      a file of `time,asset,price` and targets; what is left over is cash
// Options, in any order:
//   --seed N          what the broker does, 4 unless given: which orders it refuses, how long it takes, in how many parts it fills
//   --state FILE      where the state is kept, and FILE.broker, what the broker has received; without it nothing is kept
//   --store file|sqlite   how; sqlite where it was found when this was built
//   --no-sync         does not wait for the disk (for tests)
//   --stop-after N    stops after so many events (counted from the very first) as if the power had gone; or, with
//   --stop-at PLACE   in that event: taken (nothing of it saved), saved (nothing sent), sending (one message sent)
// Exit: 0 done, 2 wrong usage, 3 bad data or a state that can not be gone on from, 5 stopped as asked.
#include <ballast_example_data.hpp>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "event_loop/host.hpp"
#include "support/csv.hpp"
#include "support/targets.hpp"

using namespace event_loop;

namespace {

struct options {
    std::string ticks{}, targets = "EQTY=0.5,BOND=0.3,GOLD=0.15", state{};
    std::uint64_t seed = 4;
    bool sqlite = false, sync = true;
    std::uint64_t stop_after = 0;
    stop stop_at = stop::nowhere;
};

/// Returns what is wrong; empty: nothing is.
std::string parse(int argc, char** argv, options& out) {
#ifdef BALLAST_EXAMPLE_SQLITE
    out.sqlite = true;
#endif
    std::vector<std::string> plain;
    for (int i = 1; i < argc; ++i) {
        const std::string name = argv[i];
        if (name.substr(0, 2) != "--") {
            plain.push_back(name);
            continue;
        }
        if (name == "--no-sync") {
            out.sync = false;
            continue;
        }
        if (name != "--seed" && name != "--state" && name != "--store" && name != "--stop-after" && name != "--stop-at")
            return csv::joined({"'", name, "' is none of --seed, --state, --store, --no-sync, --stop-after, --stop-at"});
        if (++i == argc) return csv::joined({name, " has no value"});
        const std::string_view value = argv[i];
        const auto number = [&](std::uint64_t& n) {
            const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), n);
            return error == std::errc{} && end == value.data() + value.size();
        };
        const auto bad = [&](std::string_view wanted) { return csv::joined({name, " ", value, ": must be ", wanted}); };
        if (name == "--seed" && !number(out.seed)) return bad("a whole number at or above 0");
        if (name == "--stop-after" && (!number(out.stop_after) || out.stop_after == 0)) return bad("a whole number above 0");
        if (name == "--state") out.state = value;
        if (name == "--store") {
            if (value != "file" && value != "sqlite") return bad("file or sqlite");
#ifndef BALLAST_EXAMPLE_SQLITE
            if (value == "sqlite") return "--store sqlite: SQLite was not found when this program was built";
#endif
            out.sqlite = value == "sqlite";
        }
        if (name == "--stop-at") {
            if (value != "taken" && value != "saved" && value != "sending") return bad("taken, saved or sending");
            out.stop_at = value == "taken" ? stop::taken : value == "saved" ? stop::saved : stop::sending;
        }
    }
    if (out.stop_at != stop::nowhere && out.stop_after == 0) return "--stop-at says where in an event: --stop-after has to say in which";
    if (plain.size() != 0 && plain.size() != 2) return "usage: event_loop [TICKS.csv \"A=0.6,B=0.3\"] [options]";
    if (plain.size() == 2) {
        out.ticks = plain[0];
        out.targets = plain[1];
    }
    return {};
}

void print_account(const host& h) {
    const ledger& l = h.books();
    double value = l.account.cash;
    for (std::size_t i = 0; i < l.symbols.size(); ++i) value += l.account.quantity[i] * l.price[i];
    std::printf("after %llu events: %llu decisions, fees %.2f, value %.2f, cash %.2f (%.1f %%)", static_cast<unsigned long long>(l.events),
                static_cast<unsigned long long>(l.decision), l.fees, value, l.account.cash, 100.0 * l.account.cash / value);
    for (std::size_t i = 0; i < l.symbols.size(); ++i)
        std::printf(", %g %s (%.1f %%)", l.account.quantity[i], l.symbols[i].c_str(), 100.0 * l.account.quantity[i] * l.price[i] / value);
    std::printf("\n");
}

int fail(int code, const std::string& what) {
    std::fprintf(stderr, "event_loop: %s\n", what.c_str());
    return code;
}

}  // namespace

int main(int argc, char** argv) {
    options o;
    if (const std::string wrong = parse(argc, argv, o); !wrong.empty()) return fail(2, wrong);
    setup s{.cash = 100'000.0};
    if (const std::string wrong = csv::parse_targets(o.targets, s.symbols, s.target); !wrong.empty()) return fail(2, wrong);

    std::string content;
    std::vector<tick> ticks;
    std::string wrong = o.ticks.empty() ? "" : csv::load(o.ticks, content);
    if (wrong.empty())
        wrong = o.ticks.empty() ? read_ticks(example_data::made_ticks, "made_ticks.csv", s.symbols, ticks)
                                : read_ticks(content, o.ticks, s.symbols, ticks);
    if (!wrong.empty()) return fail(3, wrong);

    paper_broker broker{{.seed = o.seed, .fee_rate = s.fee_rate}, ticks};
    lock only_one;
    std::unique_ptr<store> kept = std::make_unique<memory_store>();
    if (!o.state.empty()) {
        const std::string journal = o.state + ".broker";
        if (wrong = only_one.take(o.state + ".lock"); !wrong.empty()) return fail(3, wrong);
        if (event_loop::detail::exists(journal)) wrong = csv::load(journal, content);
        if (wrong.empty() && event_loop::detail::exists(journal)) wrong = broker.restore(content);
        if (!wrong.empty()) return fail(3, wrong);
        broker.keep_in(journal, o.sync);
        kept = std::make_unique<file_store>(o.state, o.sync);
#ifdef BALLAST_EXAMPLE_SQLITE
        if (o.sqlite) kept = std::make_unique<sqlite_store>(o.state, o.sync);
#endif
    }

    host h{s, ticks, broker, *kept};
    if (wrong = h.start(); !wrong.empty()) return fail(3, wrong);
    while (!h.done()) {
        const bool last = o.stop_after != 0 && h.books().events + 1 >= o.stop_after;
        const std::uint64_t before = h.books().events;
        bool stopped = false;
        wrong = h.step(last ? o.stop_at : stop::nowhere, stopped);
        std::fputs(h.take_log().c_str(), stdout);
        if (!wrong.empty()) return fail(3, wrong);
        if (stopped || (last && h.books().events > before)) {
            std::fflush(stdout);
            std::fprintf(stderr, "event_loop: stopped in event %llu\n", static_cast<unsigned long long>(o.stop_after));
            std::_Exit(5);  // nothing is put in order, as when the power goes
        }
    }
    print_account(h);
}
