// expect: the bound view of this cost model owns something, and so can not be erased
#include <ballast/any/cost.hpp>

#include <vector>

struct table {
    static constexpr const char* name = "table";
    static constexpr ballast::cost_shape shape = ballast::cost_shape::convex;
    std::vector<double> rates{0.001};
    struct view {
#ifdef BALLAST_CONTROL
        const std::vector<double>* rates;
        [[nodiscard]] double rate() const noexcept { return (*rates)[0]; }
#else
        std::vector<double> rates;
        [[nodiscard]] double rate() const noexcept { return rates[0]; }
#endif
        [[nodiscard]] double cost(std::size_t, double x) const noexcept { return rate() * (x < 0.0 ? -x : x); }
        [[nodiscard]] ballast::slope_interval marginal(std::size_t, double) const noexcept { return {-rate(), rate()}; }
    };
#ifdef BALLAST_CONTROL
    [[nodiscard]] view bind(const ballast::look&) const noexcept { return {&rates}; }
#else
    [[nodiscard]] view bind(const ballast::look&) const noexcept { return {rates}; }
#endif
};

int main() { return ballast::any_cost{table{}}.empty() ? 1 : 0; }
