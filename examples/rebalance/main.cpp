// rebalance: plans the trades of an account, and replays policies over price histories, from the command line. `rebalance --help`.
#include <cstdio>
#include <ctime>
#include <string>
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

bool write_file(const host::file_output& f) {
    std::FILE* out = std::fopen(f.path.c_str(), "wb");
    if (out == nullptr) return false;
    const bool written = std::fwrite(f.content.data(), 1, f.content.size(), out) == f.content.size();
    const bool closed = std::fclose(out) == 0;
    if (!written || !closed) std::remove(f.path.c_str());
    return written && closed;
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
    for (const host::file_output& file : o.files) {
        if (write_file(file)) continue;
        std::fprintf(stderr, "rebalance: %s: %s can not be written\n", file.option.c_str(), file.path.c_str());
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
