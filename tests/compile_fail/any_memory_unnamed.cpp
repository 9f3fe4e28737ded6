// expect: policy remembers something and so needs `static constexpr const char\* name`
#include <ballast/any/trigger.hpp>

struct counting {
#ifdef BALLAST_CONTROL
    static constexpr const char* name = "counting";
#endif
    struct memory {
        int looks = 0;
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.looks);
        }
    };
    [[nodiscard]] ballast::firing check(const ballast::look&, const memory& m) const noexcept { return {.fired = m.looks > 3}; }
    void observe(const ballast::look&, memory& m) const noexcept { ++m.looks; }
};

int main() { return ballast::any_trigger{counting{}}.empty() ? 1 : 0; }
