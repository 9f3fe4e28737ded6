// rebalance tune: what is to be expected of calendars and bands, and which are best.
#include <ballast/tune.hpp>

#include <cmath>
#include <limits>

#include "host.hpp"
#include "policy.hpp"

using namespace ballast;

namespace host {

namespace {

struct setting {
    tune::gbm_market market{};
    double weight = 0.0;
    tune::costs costs{};
};

failure read_setting(const command_line& line, setting& s) {
    for (const char* option : {"--weight", "--drift", "--volatility"})
        if (line.find(option) == nullptr)
            return {wrong_usage, joined({"tune needs ", option, ": rebalance tune --weight 0.6 --drift 0.08 --volatility 0.2"})};
    const auto a_rate = [](double x) { return x > -10.0 && x < 10.0; };
    const auto between = [](double x) { return x > 0.0 && x < 1.0; };
    const auto a_volatility = [](double x) { return x > 0.0 && x < 10.0; };
    const auto a_share = [](double x) { return x >= 0.0 && x < 0.5; };
    if (failure f = number_of(line, "--weight", between, "a weight between 0 and 1", s.weight)) return f;
    if (failure f = number_of(line, "--drift", a_rate, "a rate per year, like 0.08", s.market.drift)) return f;
    if (failure f = number_of(line, "--volatility", a_volatility, "a volatility per year above 0, like 0.2", s.market.volatility)) return f;
    if (failure f = number_of(line, "--cash-rate", a_rate, "a rate per year, like 0.02", s.market.other_drift)) return f;
    if (failure f = number_of(line, "--fixed", a_share, "a share of the portfolio from 0 to 0.5", s.costs.fixed)) return f;
    const auto some_bps = [](double x) { return x >= 0.0 && x < 5000.0; };
    double bps = 0.0;
    if (failure f = number_of(line, "--bps", some_bps, "a number of basis points from 0 to 5000", bps)) return f;
    s.costs.rate = bps / 10000.0;
    return {};
}

template <class Objective>
class tuner {
public:
    tuner(const setting& s, const Objective& o, output& out) : s_{s}, o_{o}, out_{out} {
        add_line(out_.out, {"policy", "log_growth", "rebalances", "turnover", "cost", "tracking_error", "score"});
    }
    void run() {
        add(tune::band{.half_width = std::numeric_limits<double>::infinity()});
        add(tune::calendar{1.0 / 12.0}, "trigger=calendar:monthly");
        add(tune::calendar{1.0}, "trigger=calendar:yearly");
        add(tune::band{.half_width = 0.05});
        add(best_of(tune::best_interval(s_.market, s_.weight, s_.costs, o_).policy));
        add(best_of(tune::best_width(s_.market, s_.weight, s_.costs, o_).policy));
        add(best_of(tune::best_band(s_.market, s_.weight, s_.costs, o_).policy));
    }

private:
    /// As it can be said in few digits.
    static tune::calendar best_of(tune::calendar c) {
        c.interval = std::isinf(c.interval) ? c.interval : std::ceil(c.interval * 365.25) / 365.25;
        return c;
    }
    static tune::band best_of(tune::band b) {
        if (!std::isinf(b.half_width)) b.half_width = b.half_width < 1e-4 ? b.half_width : std::round(b.half_width * 1e4) / 1e4;
        b.depth = std::round(b.depth * 100.0) / 100.0;
        return b;
    }
    static std::string text_of(const tune::calendar& c) {
        if (std::isinf(c.interval)) return "trigger=never";
        return joined({"trigger=every:interval=", fixed(c.interval * 365.25, 0), c.interval > 0.0 ? "d" : "s"});
    }
    static std::string text_of(const tune::band& b) {
        if (std::isinf(b.half_width)) return "trigger=never";
        if (b.half_width == 0.0) return "trigger=every:interval=0s";
        const std::string trigger = joined({"trigger=band:absolute=", shortest(b.half_width)});
        if (b.depth == 1.0) return trigger;
        return joined({trigger, "; solver=to_band:", b.depth == 0.0 ? "edge" : joined({"depth=", shortest(b.depth)})});
    }
    template <class Policy>
    void add(const Policy& p, std::string text = "") {
        if (text.empty()) text = text_of(p);
        // What is best is often there already.
        if (out_.out.find(joined({"\n", text, ","})) != std::string::npos) return;
        const tune::expectation e = tune::expect(s_.market, s_.weight, p, s_.costs);
        add_line(out_.out, {text, fixed(e.log_growth, 6), std::isinf(e.rebalances) ? "inf" : fixed(e.rebalances, 3), fixed(e.turnover, 4),
                            fixed(e.cost, 6), fixed(e.tracking_error, 6), fixed(o_.score(e), 6)});
    }

    const setting& s_;
    const Objective& o_;
    output& out_;
};

}  // namespace

failure tune(const command_line& line, output& o) {
    setting s;
    if (failure f = read_setting(line, s)) return f;
    const double merton = s.market.risk_aversion_for(s.weight);
    double aversion = merton;
    const auto above_zero = [](double x) { return x > 0.0 && x < 1e6; };
    if (failure f = number_of(line, "--risk-aversion", above_zero, "a number above 0", aversion)) return f;
    const bool given = line.has("--risk-aversion");
    if (line.has("--growth")) {
        if (given) return {wrong_usage, "--risk-aversion counts for nothing with --growth"};
        tuner{s, tune::growth{}, o}.run();
        o.err = "the score is log growth after costs\n";
        return {};
    }
    if (!(aversion > 0.0))
        return {wrong_usage, "nobody wants an asset whose expected return is not above that of cash: say --risk-aversion NUMBER"};
    tuner{s, tune::closeness{aversion}, o}.run();
    o.err = joined({"the score is -cost - 0.5 * ", fixed(aversion, 2), " * tracking_error^2",
                    given ? "" : joined({"; with a risk aversion of ", fixed(merton, 2), " a weight of ", shortest(s.weight), " is best"}),
                    "\n"});
    return {};
}

}  // namespace host
