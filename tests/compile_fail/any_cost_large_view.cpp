// expect: the bound view of this cost model is too large to be erased
#include <ballast/any/cost.hpp>

struct bulky {
    static constexpr const char* name = "bulky";
    static constexpr ballast::cost_shape shape = ballast::cost_shape::convex;
    struct view {
#ifdef BALLAST_CONTROL
        double room[100] = {};
#else
        double room[1000] = {};
#endif
        [[nodiscard]] double cost(std::size_t, double) const noexcept { return room[0]; }
        [[nodiscard]] ballast::slope_interval marginal(std::size_t, double) const noexcept { return {}; }
    };
    [[nodiscard]] view bind(const ballast::look&) const noexcept { return {}; }
};

int main() { return ballast::any_cost{bulky{}}.empty() ? 1 : 0; }
