// expect: a field of a memory must be a number \(not long double\), a bool, an enum, a timestamp, a duration, a std::vector of these
#include <ballast/core/archive.hpp>

struct pointing {
    static constexpr const char* name = "pointing";
    struct memory {
#ifdef BALLAST_CONTROL
        double last = 0.0;
#else
        const double* last = nullptr;  // an address means nothing after a restart
#endif
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.last);
        }
    };
};

int main() { return ballast::save(ballast::account_state<pointing>{}).empty() ? 1 : 0; }
