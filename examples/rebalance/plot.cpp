#include "plot.hpp"

#include <ballast/core/civil_date.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include "text.hpp"

using namespace ballast;

namespace host {

namespace {

constexpr double width = 960.0, left = 70.0, right = 20.0, gap = 46.0, top = 58.0;
constexpr double plot_width = width - left - right;
// Okabe and Ito (2008): told apart by colour-blind readers as well.
constexpr const char* colours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#000000"};
constexpr const char* font = "font-family=\"sans-serif\" font-size=\"12\"";

const char* colour(std::size_t i) { return colours[i % (sizeof colours / sizeof *colours)]; }

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    return out;
}

std::string at(double x) { return fixed(x, 1); }

struct scale {
    double low = 0.0, high = 1.0;
    bool ratios = false;
    [[nodiscard]] double of(double v) const {
        const double x = ratios ? std::log(v / low) / std::log(high / low) : (v - low) / (high - low);
        return std::clamp(x, 0.0, 1.0);
    }
};

/// 1, 2 or 5 times a power of ten: some five of them fill `span`.
double tick_of(double span) {
    const double rough = span / 5.0;
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    for (const double m : {1.0, 2.0, 5.0})
        if (m * power >= rough * 0.999) return m * power;
    return 10.0 * power;
}

class picture {
public:
    picture(std::span<const timestamp> when, double height) : when_{when} {
        out_ = joined({"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", at(width), " ", at(height), "\" width=\"", at(width),
                       "\" height=\"", at(height), "\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"});
    }

    [[nodiscard]] double x(std::size_t row) const {
        const double whole = elapsed(when_.front(), when_.back()).seconds();
        return left + plot_width * (whole > 0.0 ? elapsed(when_.front(), when_[row]).seconds() / whole : 0.0);
    }

    void text(double tx, double ty, std::string_view content, const char* anchor = "start", const char* fill = "#222222",
              const char* more = "") {
        out_ += joined({"<text x=\"", at(tx), "\" y=\"", at(ty), "\" ", font, " fill=\"", fill, "\" text-anchor=\"", anchor, "\" ", more,
                        ">", escaped(content), "</text>\n"});
    }

    /// The frame of a panel with its values and times.
    template <class Label>
    void frame(double y, double height, const scale& s, std::string_view title, Label&& label) {
        y_ = y;
        height_ = height;
        scale_ = s;
        text(left, y - 8.0, title, "start", "#222222", "font-weight=\"bold\"");
        const auto line = [&](double v) {
            out_ += joined({"<line x1=\"", at(left), "\" x2=\"", at(left + plot_width), "\" y1=\"", at(py(v)), "\" y2=\"", at(py(v)),
                            "\" stroke=\"#dddddd\"/>\n"});
            text(left - 6.0, py(v) + 4.0, label(v), "end");
        };
        if (s.ratios) {
            const double powers = std::log10(s.high / s.low);
            for (double p = std::floor(std::log10(s.low)); p <= std::log10(s.high); p += 1.0)
                for (const double m : {1.0, 2.0, 5.0}) {
                    const double v = m * std::pow(10.0, p);
                    if (v >= s.low && v <= s.high && (m == 1.0 || powers < 3.0)) line(v);
                }
        } else {
            const double tick = tick_of(s.high - s.low);
            for (double k = std::ceil(s.low / tick - 1e-9); k * tick <= s.high + 1e-9 * tick; k += 1.0) line(k * tick);
        }
        times();
        out_ += joined({"<rect x=\"", at(left), "\" y=\"", at(y), "\" width=\"", at(plot_width), "\" height=\"", at(height),
                        "\" fill=\"none\" stroke=\"#888888\"/>\n"});
    }

    /// A line through value(row). Where many rows fall on one column of the picture its least and largest are drawn.
    template <class Value>
    void line(Value&& value, const char* stroke, const char* more = "") {
        std::string points;
        const auto add = [&](std::size_t row, double v) { points += joined({at(x(row)), ",", at(py(v)), " "}); };
        each_column([&](std::size_t begin, std::size_t end) {
            std::size_t least = begin;
            std::size_t most = begin;
            for (std::size_t k = begin; k < end; ++k) {
                if (value(k) < value(least)) least = k;
                if (value(k) > value(most)) most = k;
            }
            std::size_t drawn[] = {begin, std::min(least, most), std::max(least, most), end - 1};
            for (std::size_t j = 0; j < 4; ++j)
                if (j == 0 || drawn[j] != drawn[j - 1]) add(drawn[j], value(drawn[j]));
        });
        out_ += joined({"<polyline fill=\"none\" stroke=\"", stroke, "\" stroke-width=\"1.3\" stroke-linejoin=\"round\" ", more,
                        " points=\"", points, "\"/>\n"});
    }

    /// The area between two of them.
    template <class Lower, class Upper>
    void area(Lower&& lower, Upper&& upper, const char* fill, double opacity) {
        std::string forth;
        std::string back;
        each_column([&](std::size_t begin, std::size_t end) {
            for (const std::size_t k : {begin, end - 1}) {
                forth += joined({at(x(k)), ",", at(py(upper(k))), " "});
                back = joined({at(x(k)), ",", at(py(lower(k))), " ", back});
            }
        });
        out_ += joined(
            {"<polygon fill=\"", fill, "\" fill-opacity=\"", fixed(opacity, 3), "\" stroke=\"none\" points=\"", forth, back, "\"/>\n"});
    }

    /// Names beside their colours, in one line that ends at the right.
    void legend(double y, std::span<const std::string> all) {
        std::vector<std::string> names;
        for (const std::string& name : all) names.push_back(name.size() > 24 ? joined({name.substr(0, 22), ".."}) : name);
        double space = 0.0;
        for (const std::string& name : names) space += 30.0 + 7.0 * static_cast<double>(name.size());
        const double shrink = std::min(1.0, plot_width / std::max(space, 1.0));
        double lx = left + plot_width - space * shrink;
        for (std::size_t i = 0; i < names.size(); ++i) {
            out_ += joined({"<line x1=\"", at(lx), "\" x2=\"", at(lx + 14.0), "\" y1=\"", at(y - 4.0), "\" y2=\"", at(y - 4.0),
                            "\" stroke=\"", colour(i), "\" stroke-width=\"3\"/>\n"});
            text(lx + 18.0, y, names[i]);
            lx += (30.0 + 7.0 * static_cast<double>(names[i].size())) * shrink;
        }
    }

    [[nodiscard]] std::string done() { return out_ + "</svg>\n"; }

private:
    [[nodiscard]] double py(double v) const { return y_ + height_ * (1.0 - scale_.of(v)); }

    /// f(first row, row after the last) for each column of the picture that has rows.
    template <class F>
    void each_column(F&& f) const {
        for (std::size_t k = 0; k < when_.size();) {
            std::size_t end = k + 1;
            while (end < when_.size() && x(end) < x(k) + 1.0) ++end;
            f(k, end);
            k = end;
        }
    }

    /// Beginnings of years, months or days, as many as there is room for.
    void times() {
        const double years = elapsed(when_.front(), when_.back()).years();
        const auto mark = [&](timestamp t, std::string_view name) {
            if (t < when_.front() || t > when_.back()) return;
            const double tx = left + plot_width * elapsed(when_.front(), t).seconds() / elapsed(when_.front(), when_.back()).seconds();
            out_ += joined(
                {"<line x1=\"", at(tx), "\" x2=\"", at(tx), "\" y1=\"", at(y_), "\" y2=\"", at(y_ + height_), "\" stroke=\"#eeeeee\"/>\n"});
            text(tx, y_ + height_ + 15.0, name, "middle");
        };
        const civil_date first = civil_from_timestamp(when_.front());
        const civil_date last = civil_from_timestamp(when_.back());
        if (years > 3.0) {
            const int step = std::max(1, static_cast<int>(tick_of(years / 2.0)));
            for (int year = first.year / step * step; year <= last.year; year += step)
                mark(timestamp_from_civil(year, 1, 1), std::to_string(year));
        } else if (years > 0.25) {
            const int step = years > 1.5 ? 6 : years > 0.75 ? 3 : 1;
            for (int m = first.year * 12 + (first.month - 1) / step * step; m <= last.year * 12 + 11; m += step) {
                const std::string month = std::to_string(100 + m % 12 + 1).substr(1);
                mark(timestamp_from_civil(m / 12, m % 12 + 1, 1), joined({std::to_string(m / 12), "-", month}));
            }
        } else {
            const std::int64_t span = day_number(when_.back()) - day_number(when_.front());
            const std::int64_t step = std::max<std::int64_t>(1, span / 6);
            for (std::int64_t d = day_number(when_.front()); d <= day_number(when_.back()); d += step) {
                const civil_date c = civil_from_day_number(d);
                mark(timestamp{} + days(d), joined({std::to_string(100 + c.month).substr(1), "-", std::to_string(100 + c.day).substr(1)}));
            }
        }
    }

    std::span<const timestamp> when_;
    std::string out_{};
    double y_ = 0.0, height_ = 1.0;
    scale scale_{};
};

std::string percent(double v) { return joined({number12(std::round(v * 1e4) / 1e2), " %"}); }

scale wealth_scale(std::span<const plotted_policy> policies) {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const plotted_policy& p : policies)
        for (const double w : p.wealth) {
            low = std::min(low, w);
            high = std::max(high, w);
        }
    if (high > 4.0 * low) return {low / 1.05, high * 1.05, true};
    const double room = std::max(0.04 * (high - low), 1e-9 * high);
    return {low - room, high + room, false};
}

void draw_weights(picture& out, double y, double height, std::span<const std::string> assets, const plotted_policy& p, bool named) {
    const std::size_t n = assets.size();
    scale s{0.0, 0.05, false};
    for (const double w : p.weight) {
        s.low = std::min(s.low, w);
        s.high = std::max(s.high, w);
    }
    for (std::size_t k = 0; k < p.upper.size(); ++k) {
        if (std::isfinite(p.upper[k])) s.high = std::max(s.high, p.upper[k]);
        if (std::isfinite(p.lower[k])) s.low = std::min(s.low, std::max(p.lower[k], -1.0));
    }
    s.low = s.low < 0.0 ? std::max(s.low * 1.04, -2.0) : 0.0;
    s.high = std::min(s.high * 1.04, 3.0);
    const auto has_band = [&](std::size_t i) {
        for (std::size_t k = i; k < p.upper.size(); k += n)
            if (std::isfinite(p.upper[k]) || std::isfinite(p.lower[k])) return true;
        return false;
    };
    bool banded = false;
    for (std::size_t i = 0; i < n; ++i) banded = banded || has_band(i);
    out.frame(y, height, s, joined({banded ? "weights with their bands" : "weights", named ? ": " : "", named ? p.name : ""}), percent);
    for (std::size_t i = 0; i < n; ++i)
        if (has_band(i))
            out.area([&](std::size_t k) { return std::max(p.lower[k * n + i], s.low); },
                     [&](std::size_t k) { return std::min(p.upper[k * n + i], s.high); }, colour(i), 0.4 / (static_cast<double>(n) + 2.0));
    for (std::size_t i = 0; i < p.target.size(); ++i)
        out.line([&](std::size_t) { return p.target[i]; }, colour(i), "stroke-dasharray=\"2 4\"");
    for (std::size_t i = 0; i < n; ++i) out.line([&](std::size_t k) { return p.weight[k * n + i]; }, colour(i));
}

}  // namespace

std::string draw(std::span<const timestamp> when, std::span<const std::string> assets, std::span<const plotted_policy> policies) {
    constexpr double wealth_height = 240.0, drawdown_height = 120.0, weight_height = 200.0;
    const double per_policy = weight_height + gap;
    const double height = top + wealth_height + gap + drawdown_height + gap + per_policy * static_cast<double>(policies.size()) + 4.0;
    picture out{when, height};
    const bool several = policies.size() > 1;
    std::vector<std::string> names;
    for (const plotted_policy& p : policies) names.push_back(p.name);
    const std::string of_policy = several || policies.empty() ? std::string{} : joined({": ", policies.front().name});
    out.text(left, 22.0, joined({"replay of ", listed(assets), of_policy}), "start", "#222222", "font-weight=\"bold\"");

    double y = top;
    const scale of_wealth = wealth_scale(policies);
    out.frame(y, wealth_height, of_wealth, of_wealth.ratios ? "wealth (equal ratios, equal heights)" : "wealth",
              [](double v) { return number12(std::round(v * 1e6) / 1e6); });
    if (several) out.legend(y - 8.0, names);
    for (std::size_t i = 0; i < policies.size(); ++i) out.line([&](std::size_t k) { return policies[i].wealth[k]; }, colour(i));
    y += wealth_height + gap;

    double deepest = 0.01;
    for (const plotted_policy& p : policies)
        for (const double d : p.drawdown) deepest = std::max(deepest, d);
    out.frame(y, drawdown_height, {-1.05 * deepest, 0.0, false}, "drawdown", [](double v) { return percent(v); });
    for (std::size_t i = 0; i < policies.size(); ++i) out.line([&](std::size_t k) { return -policies[i].drawdown[k]; }, colour(i));
    y += drawdown_height + gap;

    for (const plotted_policy& p : policies) {
        draw_weights(out, y, weight_height, assets, p, several);
        out.legend(y - 8.0, assets);
        y += per_policy;
    }
    return out.done();
}

}  // namespace host
