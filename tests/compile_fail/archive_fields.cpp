// expect: this policy's memory does not list its fields
#include <ballast/core/archive.hpp>

struct forgetful {
    static constexpr const char* name = "forgetful";
    struct memory {
        double last = 0.0;
#ifdef BALLAST_CONTROL
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.last);
        }
#endif
    };
};

int main() { return ballast::save(ballast::account_state<forgetful>{}).empty() ? 1 : 0; }
