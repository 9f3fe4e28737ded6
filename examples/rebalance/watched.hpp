// A trigger that answers as another does and notes where its band lay: what the plot draws around the targets.
#pragma once

#include <ballast/any/trigger.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace host {

/// The band at each look that was decided on; infinite where there is none.
struct band_log {
    std::size_t assets = 0;
    std::size_t rows = 0;  ///< noted
    std::vector<double> lower{}, upper{};

    band_log(std::size_t n, std::size_t room) : assets{n}, lower(n * room), upper(n * room) {}
};

/// Passes everything on to the trigger that it holds. `propose` asks once for each row of a replay; what is told first there is noted.
class watched {
public:
    static constexpr const char* name = "watched";
    using memory = ballast::any_memory;

    watched(ballast::any_trigger inner, band_log& log) : inner_{std::move(inner)}, log_{&log} {}

    [[nodiscard]] ballast::firing check(const ballast::look& l, const memory& m) const noexcept { return inner_.check(l, m); }
    [[nodiscard]] ballast::firing explain(const ballast::look& l, const memory& m, ballast::leaf_sink& sink) const noexcept {
        note(l, m);
        return inner_.explain(l, m, sink);
    }
    void region(const ballast::look& l, const memory& m, const ballast::box& b) const noexcept { inner_.region(l, m, b); }
    [[nodiscard]] bool has_region() const noexcept { return inner_.has_region(); }
    [[nodiscard]] std::size_t leaves() const noexcept { return inner_.leaves(); }
    [[nodiscard]] ballast::risk_need runtime_needs() const noexcept { return inner_.runtime_needs(); }
    [[nodiscard]] bool covers(std::size_t assets) const noexcept { return inner_.covers(assets); }
    [[nodiscard]] ballast::configuration_fault validate() const { return inner_.validate(); }
    void prepare(memory& m, const ballast::sizes& s) const { inner_.prepare(m, s); }
    [[nodiscard]] bool prepared(const memory& m) const noexcept { return inner_.prepared(m); }
    void observe(const ballast::look& l, memory& m) const noexcept { inner_.observe(l, m); }
    void commit(const ballast::decision& d, ballast::timestamp at, memory& m) const noexcept { inner_.commit(d, at, m); }

private:
    void note(const ballast::look& l, const memory& m) const noexcept {
        const std::size_t first = log_->rows * log_->assets;
        if (l.assets() != log_->assets || first + log_->assets > log_->lower.size()) return;
        const ballast::box b{{log_->lower.data() + first, log_->assets}, {log_->upper.data() + first, log_->assets}};
        for (std::size_t i = 0; i < log_->assets; ++i) {
            b.lower[i] = -std::numeric_limits<double>::infinity();
            b.upper[i] = std::numeric_limits<double>::infinity();
        }
        inner_.region(l, m, b);
        ++log_->rows;
    }

    ballast::any_trigger inner_;
    band_log* log_;
};

}  // namespace host
