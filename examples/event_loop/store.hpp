// Where a host keeps its state: all of it or nothing, whatever happens in the middle. In SQLite where the build found it, or in a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#ifdef BALLAST_EXAMPLE_SQLITE
#include <sqlite3.h>
#endif

#include "support/csv.hpp"
#include "ticks.hpp"

namespace event_loop {

/// All that has to outlive the program, as bytes.
struct snapshot {
    std::string ledger{};
    std::vector<std::byte> market{};   ///< save(market_state)
    std::vector<std::byte> account{};  ///< save(account_state)

    friend bool operator==(const snapshot&, const snapshot&) = default;
};

namespace detail {
[[nodiscard]] inline std::string_view text_of(const std::vector<std::byte>& bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
[[nodiscard]] inline std::vector<std::byte> bytes_of(std::string_view text) {
    const auto* first = reinterpret_cast<const std::byte*>(text.data());
    return {first, first + text.size()};
}
[[nodiscard]] inline std::string hex(std::uint64_t number) {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(number));
    return text;
}
[[nodiscard]] inline bool exists(const std::string& path) noexcept { return ::access(path.c_str(), F_OK) == 0; }
}  // namespace detail

/// Writes beside the file, waits until that is on the disk, and puts it in the file's place: whoever reads sees the old or the new content.
[[nodiscard]] inline std::string replace_file(const std::string& path, std::string_view content, bool sync) {
    const std::string beside = path + ".new";
    std::FILE* f = std::fopen(beside.c_str(), "wb");
    if (f == nullptr) return beside + ": can not be written";
    bool good = std::fwrite(content.data(), 1, content.size(), f) == content.size() && std::fflush(f) == 0;
    if (good && sync) good = ::fsync(::fileno(f)) == 0;
    good = std::fclose(f) == 0 && good;
    if (!good || std::rename(beside.c_str(), path.c_str()) != 0) return path + ": can not be written";
    if (sync) {  // the new name itself
        const std::size_t slash = path.rfind('/');
        const int folder = ::open(slash == std::string::npos ? "." : path.substr(0, slash + 1).c_str(), O_RDONLY);
        good = folder >= 0 && ::fsync(folder) == 0;
        if (folder >= 0) ::close(folder);
        if (!good) return path + ": can not be written for good";
    }
    return {};
}

/// One program at a time: two hosts on one account would both trade. Gone when the program ends, however it ends.
class lock {
public:
    lock() noexcept = default;
    lock(const lock&) = delete;
    lock& operator=(const lock&) = delete;
    ~lock() {
        if (file_ >= 0) ::close(file_);
    }
    [[nodiscard]] std::string take(const std::string& path) {
        file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (file_ < 0) return path + ": can not be opened";
        return ::flock(file_, LOCK_EX | LOCK_NB) == 0 ? "" : path + ": another program keeps this account";
    }

private:
    int file_ = -1;
};

class store {
public:
    store() noexcept = default;
    store(const store&) = delete;
    store& operator=(const store&) = delete;
    virtual ~store() = default;
    /// `found` is false where nothing was ever saved. A state that is there and can not be read is an error: beginning anew would trade twice.
    /// Both return what is wrong; empty: nothing is.
    [[nodiscard]] virtual std::string load(snapshot& out, bool& found) = 0;
    [[nodiscard]] virtual std::string save(const snapshot& s) = 0;
};

/// Keeps nothing over the end of the program.
class memory_store final : public store {
public:
    [[nodiscard]] std::string load(snapshot& out, bool& found) override {
        found = saved_;
        out = kept_;
        return {};
    }
    [[nodiscard]] std::string save(const snapshot& s) override {
        kept_ = s;
        saved_ = true;
        return {};
    }

private:
    snapshot kept_{};
    bool saved_ = false;
};

/// A header with three sizes and a checksum of what follows, then the parts.
class file_store final : public store {
public:
    explicit file_store(std::string path, bool sync = true) : path_{std::move(path)}, sync_{sync} {}

    [[nodiscard]] std::string load(snapshot& out, bool& found) override {
        found = detail::exists(path_);
        if (!found) return {};
        std::string content;
        if (std::string wrong = csv::load(path_, content); !wrong.empty()) return wrong;
        unsigned long long size[3] = {};
        std::string_view rest = content;
        const std::string head{csv::take_line(rest)};
        if (std::sscanf(head.c_str(), "event_loop state 1, %llu + %llu + %llu bytes", &size[0], &size[1], &size[2]) != 3)
            return path_ + ": not a state of event_loop";
        const auto take = [&](unsigned long long n) {
            const std::string_view part = rest.substr(0, n);
            rest.remove_prefix(part.size());
            return part;
        };
        snapshot s;
        s.ledger = take(size[0]);
        s.market = detail::bytes_of(take(size[1]));
        s.account = detail::bytes_of(take(size[2]));
        if (content != text_of(s)) return path_ + ": damaged or cut short";  // whatever it was that does not agree
        out = std::move(s);
        return {};
    }
    [[nodiscard]] std::string save(const snapshot& s) override { return replace_file(path_, text_of(s), sync_); }

private:
    [[nodiscard]] static std::string text_of(const snapshot& s) {
        const std::string body = csv::joined({s.ledger, detail::text_of(s.market), detail::text_of(s.account)});
        digest d;
        d.add(body);
        return csv::joined({"event_loop state 1, ", std::to_string(s.ledger.size()), " + ", std::to_string(s.market.size()), " + ",
                            std::to_string(s.account.size()), " bytes, checksum ", detail::hex(d.value()), "\n", body});
    }

    std::string path_;
    bool sync_;
};

#ifdef BALLAST_EXAMPLE_SQLITE
/// One row of one table, written by one statement, which is one transaction.
class sqlite_store final : public store {
public:
    explicit sqlite_store(std::string path, bool sync = true) : path_{std::move(path)}, sync_{sync} {}
    ~sqlite_store() override { close(); }

    [[nodiscard]] std::string load(snapshot& out, bool& found) override {
        found = detail::exists(path_);
        if (!found) return {};
        if (std::string wrong = open(SQLITE_OPEN_READWRITE); !wrong.empty()) return wrong;
        sqlite3_stmt* q = nullptr;
        bool good = sqlite3_prepare_v2(db_, "PRAGMA integrity_check", -1, &q, nullptr) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW &&
                    column(q, 0) == "ok";
        sqlite3_finalize(q);
        if (!good) return path_ + ": damaged, or no database of SQLite";
        good = sqlite3_prepare_v2(db_, "SELECT ledger, market, account, checksum FROM state WHERE id = 1", -1, &q, nullptr) == SQLITE_OK &&
               sqlite3_step(q) == SQLITE_ROW;
        std::string checksum;
        if (good) {
            out = {std::string{column(q, 0)}, detail::bytes_of(column(q, 1)), detail::bytes_of(column(q, 2))};
            checksum = column(q, 3);
        }
        sqlite3_finalize(q);
        if (!good) return path_ + ": holds no state of event_loop";
        return checksum == checksum_of(out) ? "" : path_ + ": damaged";
    }
    [[nodiscard]] std::string save(const snapshot& s) override {
        if (std::string wrong = open(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE); !wrong.empty()) return wrong;
        const std::string checksum = checksum_of(s);
        sqlite3_stmt* q = nullptr;
        const bool good = run("BEGIN IMMEDIATE") &&
                          run("CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY CHECK (id = 1), ledger TEXT NOT NULL, "
                              "market BLOB NOT NULL, account BLOB NOT NULL, checksum TEXT NOT NULL)") &&
                          sqlite3_prepare_v2(db_, "INSERT OR REPLACE INTO state VALUES (1, ?, ?, ?, ?)", -1, &q, nullptr) == SQLITE_OK &&
                          bind(q, 1, s.ledger) && bind(q, 2, s.market) && bind(q, 3, s.account) && bind(q, 4, checksum) &&
                          sqlite3_step(q) == SQLITE_DONE;
        sqlite3_finalize(q);
        if (good && run("COMMIT")) return {};
        std::string wrong = csv::joined({path_, ": can not be written: ", sqlite3_errmsg(db_)});
        (void)run("ROLLBACK");
        return wrong;
    }

private:
    [[nodiscard]] std::string open(int flags) {
        if (db_ != nullptr) return {};
        if (sqlite3_open_v2(path_.c_str(), &db_, flags, nullptr) == SQLITE_OK &&
            run(sync_ ? "PRAGMA synchronous = EXTRA" : "PRAGMA synchronous = OFF"))
            return {};
        std::string wrong = csv::joined({path_, ": can not be opened: ", sqlite3_errmsg(db_)});
        close();
        return wrong;
    }
    void close() noexcept {
        sqlite3_close(db_);
        db_ = nullptr;
    }
    bool run(const char* sql) noexcept { return sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) == SQLITE_OK; }
    static bool bind(sqlite3_stmt* q, int at, const std::string& text) noexcept {
        return sqlite3_bind_text(q, at, text.data(), static_cast<int>(text.size()), nullptr) == SQLITE_OK;
    }
    static bool bind(sqlite3_stmt* q, int at, const std::vector<std::byte>& bytes) noexcept {
        return sqlite3_bind_blob(q, at, bytes.data(), static_cast<int>(bytes.size()), nullptr) == SQLITE_OK;
    }
    [[nodiscard]] static std::string_view column(sqlite3_stmt* q, int at) noexcept {
        const void* first = sqlite3_column_blob(q, at);
        return {static_cast<const char*>(first), first == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(q, at))};
    }
    [[nodiscard]] static std::string checksum_of(const snapshot& s) {
        digest d;
        for (const std::string_view part : {std::string_view{s.ledger}, detail::text_of(s.market), detail::text_of(s.account)}) {
            d.add(std::uint64_t{part.size()});
            d.add(part);
        }
        return detail::hex(d.value());
    }

    std::string path_;
    bool sync_;
    sqlite3* db_ = nullptr;
};
#endif

}  // namespace event_loop
