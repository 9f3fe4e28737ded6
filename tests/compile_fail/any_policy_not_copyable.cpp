// expect: a policy must be copyable to be erased
#include <ballast/any/trigger.hpp>

struct owner {
    static constexpr const char* name = "owner";
    owner() = default;
    owner(owner&&) = default;
#ifdef BALLAST_CONTROL
    owner(const owner&) = default;
#endif
    [[nodiscard]] ballast::firing check(const ballast::look&) const noexcept { return {}; }
};

int main() { return ballast::any_trigger{owner{}}.empty() ? 1 : 0; }
