// The host of examples/event_loop: stopped anywhere and gone on from its bytes, it does what it would have done.
#include <ballast_example_data.hpp>

#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "event_loop/host.hpp"
#include "support/catch.hpp"

using namespace event_loop;

namespace {

struct world {
    setup s{.symbols = {"EQTY", "BOND", "GOLD"}, .target = {0.5, 0.3, 0.15}, .cash = 100'000.0};
    std::vector<tick> ticks{};
    broker_rules rules{};

    explicit world(std::uint64_t seed = 4) : rules{.seed = seed} {
        REQUIRE(read_ticks(example_data::made_ticks, "made_ticks.csv", s.symbols, ticks) == "");
    }
};

/// What is left when a host has ended: what the broker received, what was saved, what was printed.
struct remains {
    std::string journal{};
    std::string log{};
    std::string problem{};
    snapshot state{};
    std::uint64_t events = 0;
    bool done = false;
};

/// One life of a host: begins from what `kept` and `r.journal` hold and ends when all is done, or in event `last` (0: none).
void live(const world& w, store& kept, remains& r, std::uint64_t last = 0, stop where = stop::nowhere) {
    paper_broker broker{w.rules, w.ticks};
    r.problem = broker.restore(r.journal);
    if (!r.problem.empty()) return;
    host h{w.s, w.ticks, broker, kept};
    r.problem = h.start();
    bool stopped = false;
    while (r.problem.empty() && !h.done() && !stopped && (last == 0 || h.books().events < last)) {
        r.problem = h.step(h.books().events + 1 == last ? where : stop::nowhere, stopped);
        r.log += h.take_log();
        if (h.books().account.cash < 0.0) r.problem = "cash below zero";
    }
    r.journal = broker.journal();
    r.events = h.books().events;
    r.done = h.done() && !stopped;
    if (!stopped) r.state = h.state();
}

remains whole_run(const world& w) {
    memory_store kept;
    remains r;
    live(w, kept, r);
    REQUIRE(r.problem == "");
    REQUIRE(r.done);
    return r;
}

constexpr stop places[] = {stop::nowhere, stop::taken, stop::saved, stop::sending};

/// A folder of its own, gone afterwards.
struct folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / ("ballast_event_loop_" + std::to_string(::getpid()));
    folder() {
        std::filesystem::remove_all(path);
        std::filesystem::create_directories(path);
    }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder() { std::filesystem::remove_all(path); }
    [[nodiscard]] std::string file(const char* name) const { return (path / name).string(); }
};

std::vector<std::string> store_kinds() {
#ifdef BALLAST_EXAMPLE_SQLITE
    return {"file", "sqlite"};
#else
    return {"file"};
#endif
}
std::unique_ptr<store> open_store(const std::string& kind, const std::string& path, bool sync = false) {
#ifdef BALLAST_EXAMPLE_SQLITE
    if (kind == "sqlite") return std::make_unique<sqlite_store>(path, sync);
#endif
    REQUIRE(kind == "file");
    return std::make_unique<file_store>(path, sync);
}

std::string content_of(const std::string& path) {
    std::string content;
    REQUIRE(csv::load(path, content) == "");
    return content;
}

void check_same(const remains& r, const remains& whole) {
    CHECK(r.problem == "");
    CHECK(r.done);
    CHECK(r.journal == whole.journal);
    CHECK(r.log == whole.log);
    CHECK(r.events == whole.events);
    CHECK(r.state == whole.state);
}

}  // namespace

TEST_CASE(
    "event_loop: stopped in any event, at any place in it, and started again, a host sends the same orders and ends with the same bytes") {
    const world w;
    const remains whole = whole_run(w);
    REQUIRE(whole.events > 200);
    for (std::uint64_t k = 1; k <= whole.events; ++k) {
        for (const stop where : places) {
            CAPTURE(k, static_cast<int>(where));
            memory_store kept;
            remains r;
            live(w, kept, r, k, where);
            CHECK(r.problem == "");
            live(w, kept, r);
            check_same(r, whole);
        }
    }
}

TEST_CASE("event_loop: stopped in every event, at every place, in one run") {
    for (const std::uint64_t seed : {1u, 2u, 4u, 6u, 8u}) {
        CAPTURE(seed);
        const world w{seed};
        const remains whole = whole_run(w);
        for (const stop where : {stop::nowhere, stop::saved, stop::sending}) {
            memory_store kept;
            remains r;
            for (std::uint64_t k = 1; k <= whole.events; ++k) live(w, kept, r, k, where);
            live(w, kept, r);
            check_same(r, whole);
        }
        // Where nothing of an event is saved it has to be lived through once.
        memory_store kept;
        remains r;
        for (std::uint64_t k = 1; k <= whole.events; ++k) {
            live(w, kept, r, k, stop::taken);
            live(w, kept, r, k);
        }
        check_same(r, whole);
    }
}

TEST_CASE("event_loop: from a file and from SQLite as from memory") {
    const world w;
    const remains whole = whole_run(w);
    const folder f;
    for (const std::string& kind : store_kinds()) {
        for (const stop where : {stop::nowhere, stop::saved, stop::sending}) {
            CAPTURE(kind, static_cast<int>(where));
            const std::string path = f.file("state");
            std::filesystem::remove(path);
            remains r;
            for (std::uint64_t k = 1; k <= whole.events; ++k) {
                live(w, *open_store(kind, path), r, k, where);
                // Half of a state that was never finished.
                std::FILE* torn = std::fopen((path + ".new").c_str(), "wb");
                REQUIRE(torn != nullptr);
                std::fputs("event_loop state 1, 4", torn);
                std::fclose(torn);
            }
            live(w, *open_store(kind, path), r);
            check_same(r, whole);
            remains again{.journal = r.journal};
            live(w, *open_store(kind, path), again);
            CHECK(again.problem == "");
            CHECK(again.state == whole.state);
            CHECK(again.journal == whole.journal);
            CHECK(again.log == "");
        }
        const std::string synced = f.file("synced");
        remains r;
        live(w, *open_store(kind, synced, true), r, 20);
        live(w, *open_store(kind, synced, true), r, 40);
        CHECK(r.problem == "");
        CHECK(r.events == 40);
        std::filesystem::remove(synced);
    }
}

TEST_CASE("event_loop: a state that is damaged, cut short or of another kind is refused, and nothing is sent") {
    const world w;
    const folder f;
    for (const std::string& kind : store_kinds()) {
        CAPTURE(kind);
        const std::string path = f.file("state");
        std::filesystem::remove(path);
        remains r;
        live(w, *open_store(kind, path), r, 60);
        REQUIRE(r.problem == "");
        const std::string good = content_of(path);
        snapshot saved;
        bool found = false;
        REQUIRE(open_store(kind, path)->load(saved, found) == "");
        REQUIRE(saved == r.state);
        const auto refused = [&](const std::string& content) {
            REQUIRE(replace_file(path, content, false) == "");
            remains next{.journal = r.journal};
            live(w, *open_store(kind, path), next);
            CHECK(next.journal == r.journal);
            CHECK(next.log == "");
            return next.problem;
        };
        const std::size_t stride = kind == "file" ? 1 : 97;
        for (std::size_t size = 0; size < good.size(); size += stride) {
            CAPTURE(size);
            CHECK(refused(good.substr(0, size)).find(path) == 0);
        }
        for (std::size_t at = 0; at < good.size(); at += stride) {
            CAPTURE(at);
            std::string bad = good;
            bad[at] = static_cast<char>(bad[at] ^ 0x20);
            REQUIRE(replace_file(path, bad, false) == "");
            snapshot s;
            found = false;
            // In a database there are bytes that hold nothing.
            const std::string wrong = open_store(kind, path)->load(s, found);
            CHECK(found);
            if (kind == "file" || !wrong.empty())
                CHECK(wrong.find(path) == 0);
            else
                CHECK(s == saved);
        }
        if (kind == "file") CHECK(refused(good + "x").find(path) == 0);
        CHECK(refused("") != "");
        CHECK(refused("time,asset,price\n") != "");
    }
#ifdef BALLAST_EXAMPLE_SQLITE
    // Each by the other.
    remains r;
    const std::string file = f.file("file"), database = f.file("database");
    live(w, *open_store("file", file), r, 10);
    live(w, *open_store("sqlite", file), r);
    CHECK_THAT(r.problem, StartsWith(file + ": can not be opened: "));
    r = {};
    live(w, *open_store("sqlite", database), r, 10);
    live(w, *open_store("file", database), r);
    CHECK(r.problem == database + ": not a state of event_loop");
#endif
}

TEST_CASE("event_loop: a state that does not go with the broker, the ticks or the assets is refused") {
    const world w;
    memory_store kept, old;
    remains r;
    live(w, kept, r, 6);
    REQUIRE(r.journal.empty());
    snapshot before;
    bool found = false;
    REQUIRE(kept.load(before, found) == "");
    live(w, kept, r, 60);
    REQUIRE(!r.journal.empty());
    const auto problem_of = [&](const world& other, const snapshot& s, const std::string& journal) {
        memory_store m;
        REQUIRE(m.save(s) == "");
        remains next{.journal = journal};
        live(other, m, next);
        if (!next.problem.empty()) CHECK(next.journal.size() <= journal.size());
        return next.problem;
    };
    CHECK(problem_of(w, before, r.journal) == "the broker has orders that the saved state does not know: it is an old copy");
    CHECK(problem_of(w, r.state, "") == "the broker does not know order 2-0, of which the saved state has news");
    remains none{.journal = r.journal};
    live(w, old, none);
    CHECK(none.problem == "the broker has orders of this account, but its state is gone: nothing is traded");
    CHECK(problem_of(world{5}, r.state, r.journal) == "the broker's journal is of another broker (seed, fees)");

    world other = w;
    other.s.symbols[1] = "BILL";
    CHECK(problem_of(other, r.state, r.journal) == "the saved state is of other assets");
    other = w;
    other.ticks[3].price += 0.01;
    CHECK(problem_of(other, r.state, r.journal) == "the saved state has seen other ticks than these");
    other = w;
    other.ticks.resize(10);
    CHECK(problem_of(other, r.state, r.journal) == "the saved state has seen other ticks than these");
    other = w;
    other.ticks.back().price += 0.01;  // not seen yet
    CHECK(problem_of(other, r.state, r.journal) == "");

    snapshot bad = r.state;
    bad.account = r.state.market;
    CHECK(problem_of(w, bad, r.journal) == "saved account state: saved bytes are damaged or belong to other policies: value 10");
    bad = r.state;
    bad.market.pop_back();
    CHECK_THAT(problem_of(w, bad, r.journal), StartsWith("saved market state: saved bytes are truncated"));
    for (const std::size_t size : {std::size_t{0}, std::size_t{10}, r.state.ledger.size() - 1}) {
        bad = r.state;
        bad.ledger.resize(size);
        CHECK(problem_of(w, bad, r.journal) == "the saved ledger can not be read");
    }
    bad = r.state;
    bad.ledger += "order flying 0 1 1 0 1 1 1 0 0 0\n";
    CHECK(problem_of(w, bad, r.journal) == "the saved ledger can not be read");
}

TEST_CASE("event_loop: a feed that grows is gone on with") {
    const world w;
    const remains whole = whole_run(w);
    for (const std::size_t part : {1u, 50u, 100u, 178u}) {
        world shorter = w;
        shorter.ticks.resize(part);
        CAPTURE(part);
        memory_store kept;
        remains r;
        live(shorter, kept, r);
        REQUIRE(r.problem == "");
        CHECK(r.done);
        CHECK(r.events < whole.events);
        live(w, kept, r);
        CHECK(r.problem == "");
        CHECK(r.done);
    }
}

TEST_CASE("event_loop: what is held follows from the broker's news, orders wait for one another, and cash never runs out") {
    int rejected = 0, cancelled = 0, in_part = 0, dropped = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        CAPTURE(seed);
        const world w{seed};
        const remains r = whole_run(w);
        paper_broker broker{w.rules, w.ticks};
        REQUIRE(broker.restore(r.journal) == "");
        double cash = w.s.cash;
        std::vector<double> held(3);
        std::map<std::uint64_t, ballast::timestamp> first_news, last_news;
        std::map<std::uint64_t, ballast::timestamp> sells_ended;
        for (const ticket& t : broker.tickets()) {
            double filled = 0.0;
            const std::vector<event> life = broker.life_of(t.id);
            REQUIRE(!life.empty());
            for (const event& e : life) {
                held[t.asset] += e.quantity;
                cash -= e.quantity * e.price + e.cost;
                filled += e.quantity;
                CHECK((e.quantity == 0.0 || (t.steps > 0 ? e.price <= t.limit_price : e.price >= t.limit_price)));
                CHECK(e.quantity * static_cast<double>(t.steps) >= 0.0);
                in_part += e.kind == event_kind::partly_filled;
            }
            const event_kind end = life.back().kind;
            rejected += end == event_kind::rejected;
            cancelled += end == event_kind::cancelled;
            CHECK((end == event_kind::rejected || end == event_kind::cancelled || filled == static_cast<double>(t.steps)));
            // Buys after the sells of their decision, decisions after the orders of the one before.
            auto& first = first_news.try_emplace(t.id.decision, life.front().at).first->second;
            auto& last = last_news.try_emplace(t.id.decision, life.back().at).first->second;
            if (life.front().at < first) first = life.front().at;
            if (life.back().at > last) last = life.back().at;
            auto& sells = sells_ended.try_emplace(t.id.decision, ballast::timestamp::never()).first->second;
            if (t.steps < 0 && life.back().at > sells) sells = life.back().at;
            if (t.steps > 0) CHECK(life.front().at > sells);
        }
        for (const auto& [decision, at] : first_news)
            if (decision > 1 && last_news.contains(decision - 1)) CHECK(at > last_news[decision - 1]);
        ledger books;
        REQUIRE(read(r.state.ledger, books));
        CHECK(books.account.quantity == held);
        CHECK(books.account.cash == Approx(cash).epsilon(1e-12));
        CHECK(books.account.cash >= 0.0);
        dropped += static_cast<int>(books.decision - first_news.size());
        for (const sent_order& o : books.orders) dropped += o.state == order_state::dropped;
    }
    CHECK(rejected > 20);
    CHECK(cancelled > 20);
    CHECK(in_part > 100);
    CHECK(dropped > 0);
}

TEST_CASE("event_loop: a rejected order leads to another decision") {
    const remains r = whole_run(world{7});
    CHECK_THAT(r.log, ContainsSubstring("09:32:10  1-1 rejected"));
    CHECK_THAT(r.log, ContainsSubstring("decision 2: volatility_band fired: BOND is 30.00% of the portfolio away from its target"));
    CHECK_THAT(r.log, ContainsSubstring("2-1 filled, 17 BOND"));
}

TEST_CASE("event_loop: buys are dropped where not all was sold, and decided on anew") {
    const remains r = whole_run(world{6});
    CHECK_THAT(r.log, ContainsSubstring("10:34:18  2-0 rejected\n10:34:18  2-1 dropped, as not all was sold\n10:34:18  2-2 dropped"));
    CHECK_THAT(r.log, ContainsSubstring("decision 3: "));
}

TEST_CASE("event_loop: a proposal that is refused is told, and nothing is proposed before everything has a price") {
    world poor;
    poor.s.cash = 0.0;
    const remains r = whole_run(poor);
    CHECK_THAT(r.log,
               StartsWith("09:32:04  REJECTED at 2024-03-05T09:32:04Z: cash and positions together are not worth a number above zero"));
    CHECK(r.journal.empty());

    world late;
    late.s.symbols[2] = "LATE";
    REQUIRE(read_ticks(example_data::made_ticks, "made_ticks.csv", {"EQTY", "BOND"}, late.ticks) == "");
    late.ticks.push_back({late.ticks.back().at + ballast::minutes(1), 2, 10.0});
    CHECK(whole_run(late).log == "");
}

TEST_CASE("event_loop: the broker takes an order once, and knows one that is another under an old id") {
    const world w;
    paper_broker broker{w.rules, w.ticks};
    const ticket t{{1, 0}, 0, 10, ballast::decimal_step{1}, 200.0};
    CHECK(broker.send(t, w.ticks[5].at) == "");
    const std::string journal = broker.journal();
    CHECK(broker.send(t, w.ticks[9].at) == "");
    CHECK(broker.journal() == journal);
    ticket other = t;
    other.steps = 11;
    CHECK(broker.send(other, w.ticks[5].at) == "order 1-0 came again as another order");
    CHECK(broker.cancel({1, 1}, w.ticks[5].at) == "order 1-1 can not be cancelled: it never came");
    CHECK(broker.cancel({1, 0}, w.ticks[5].at) == "");
    const std::string with_cancel = broker.journal();
    CHECK(broker.cancel({1, 0}, w.ticks[6].at) == "");
    CHECK(broker.journal() == with_cancel);
    REQUIRE(broker.life_of(t.id).size() >= 1);
    CHECK(broker.life_of(t.id).back().kind == event_kind::cancelled);
    paper_broker damaged{w.rules, w.ticks};
    CHECK_THAT(damaged.restore(journal + "order 7"), StartsWith("the broker's journal has a line that can not be read: order 7"));
}

TEST_CASE("event_loop: one program at a time; a place that can not be written to") {
    const folder f;
    {
        lock one, two;
        CHECK(one.take(f.file("lock")) == "");
        CHECK(two.take(f.file("lock")) == f.file("lock") + ": another program keeps this account");
    }
    lock three;
    CHECK(three.take(f.file("lock")) == "");
    CHECK(lock{}.take(f.file("none/lock")) == f.file("none/lock") + ": can not be opened");
    const world w;
    for (const std::string& kind : store_kinds()) {
        remains r;
        live(w, *open_store(kind, f.file("none/state")), r);
        CHECK_THAT(r.problem, StartsWith(f.file("none/state")));
        CHECK(r.journal.empty());
        CHECK(r.events == 0);
    }
}

TEST_CASE("event_loop: what is wrong with ticks is told with the file, the row and the column") {
    std::vector<tick> ticks;
    const auto fault_of = [&](std::string_view text) { return read_ticks(text, "t.csv", {"A", "B"}, ticks); };
    CHECK(fault_of("") == "t.csv, row 1: the header is not time,asset,price");
    CHECK(fault_of("time,asset\n") == "t.csv, row 1: the header is not time,asset,price");
    CHECK(fault_of("time,asset,price\n") == "t.csv: no tick of 'A'");
    CHECK(fault_of("time,asset,price\n2024-03-05T09:30:00Z,A,1\n") == "t.csv: no tick of 'B'");
    CHECK(fault_of("time,asset,price\n2024-03-05T09:30:00Z,A\n") == "t.csv, row 2: it has 2 fields, not 3");
    CHECK(fault_of("time,asset,price\n\n9:30,A,1\n") == "t.csv, row 3: column 1: '9:30' is not a time (YYYY-MM-DDThh:mm:ssZ)");
    CHECK(fault_of("time,asset,price\n2024-03-05T09:30:00Z,A,1\n2024-03-05T09:29:59Z,B,1\n") ==
          "t.csv, row 3: column 1: '2024-03-05T09:29:59Z' is before the row above");
    for (const std::string bad : {"", "0", "-1", "nan", "x"}) {
        CAPTURE(bad);
        CHECK(fault_of("time,asset,price\n2024-03-05T09:30:00Z,A," + bad + "\n") ==
              "t.csv, row 2: column 3: '" + bad + "' is not a price above zero");
    }
    CHECK(fault_of("time,asset,price\r\n2024-03-05T09:30:00Z,B,2\r\n2024-03-05T09:30:00Z,C,1\r\n2024-03-05T09:30:00Z,A,1.5") == "");
    REQUIRE(ticks.size() == 2);
    CHECK(ticks[0].asset == 1);
    CHECK(ticks[1].price == 1.5);
}
