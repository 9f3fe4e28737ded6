// rebalance: plans the trades of an account, replays policies over price histories, and tunes them, from the command line.
// `rebalance --help`.
//
// options    the command line and its help         plan, planner                   the trades of an account
// policy     from options to policies              replay, watched, plot           policies over a price history
// table      CSV; book, prices: what is in it      list, tune                      what policies there are; which is best
// covariance, factors, groups, venues               what else files tell          certificate   how good a solver's answer is
// text, times   words, numbers, dates              host                            all of it without streams: what tests call
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <deque>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

#include "host.hpp"

namespace {

bool on_a_terminal() {
#if defined(_WIN32)
    return _isatty(_fileno(stderr)) != 0;
#else
    return isatty(STDERR_FILENO) != 0;
#endif
}

/// A line on the terminal that is written over, once the replay has gone on for a while.
class terminal_progress final : public host::progress {
public:
    ~terminal_progress() override {
        if (shown_) std::fputs("\r\033[K", stderr);
    }
    void at(std::string_view what, std::size_t done, std::size_t of) override {
        if (done % 256 != 0 || std::clock() - last_ < CLOCKS_PER_SEC / 4) return;
        last_ = std::clock();
        shown_ = true;
        std::fprintf(stderr, "\r\033[K%.40s: row %zu of %zu, %zu %%", std::string{what}.c_str(), done, of, 100 * done / of);
        std::fflush(stderr);
    }

private:
    std::clock_t last_ = std::clock();
    bool shown_ = false;
};

/// A file that takes its place when it is complete: an old one of its name stays as it is until then.
class pending_file {
public:
    explicit pending_file(const host::file_output& f) : path_{f.path}, aside_{f.path + ".part"} {
        std::FILE* out = nullptr;
        std::error_code error;
        // A pipe or a device is written to as it is.
        if (std::filesystem::exists(path_, error) && !std::filesystem::is_regular_file(path_, error)) aside_ = path_;
        if (std::filesystem::is_directory(path_, error) || (out = std::fopen(aside_.c_str(), "wb")) == nullptr) {
            aside_.clear();
            return;
        }
        const bool written = std::fwrite(f.content.data(), 1, f.content.size(), out) == f.content.size();
        complete_ = std::fclose(out) == 0 && written;
    }
    pending_file(const pending_file&) = delete;
    pending_file& operator=(const pending_file&) = delete;
    ~pending_file() {
        if (!aside_.empty() && aside_ != path_) std::remove(aside_.c_str());
    }

    [[nodiscard]] bool complete() const { return complete_; }
    [[nodiscard]] bool put_in_place() {
        if (aside_ == path_) return true;
        std::error_code error;
        std::filesystem::rename(aside_, path_, error);
        if (!error) aside_.clear();
        return !error;
    }

private:
    std::string path_;
    std::string aside_;
    bool complete_ = false;
};

/// Writes all or, but for what only the last step shows, none. The file that can not be written, or nullptr.
const host::file_output* write_files(const std::vector<host::file_output>& files) {
    std::deque<pending_file> pending;
    for (const host::file_output& f : files)
        if (!pending.emplace_back(f).complete()) return &f;
    for (std::size_t i = 0; i < files.size(); ++i)
        if (!pending[i].put_in_place()) return &files[i];
    return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments{argv + (argc > 0 ? 1 : 0), argv + argc};
    host::output o;
    host::failure f;
    {
        terminal_progress meter;
        f = host::run(arguments, on_a_terminal() ? &meter : nullptr, o);
    }
    if (const host::file_output* file = write_files(o.files)) {
        std::fprintf(stderr, "rebalance: %s: %s can not be written\n", file->option.c_str(), file->path.c_str());
        return host::not_written;
    }
    std::fputs(o.err.c_str(), stderr);
    if (f) return f.code;
    if (std::fwrite(o.out.data(), 1, o.out.size(), stdout) != o.out.size() || std::fflush(stdout) != 0) {
        std::fputs("rebalance: the standard output can not be written\n", stderr);
        return host::not_written;
    }
    return host::done;
}
