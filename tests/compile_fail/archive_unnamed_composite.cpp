// expect: policy remembers something and so needs `static constexpr const char\* name`.*a composite needs one of its own
#include <ballast/core/archive.hpp>
#include <ballast/trigger/every.hpp>

// Remembers what its part remembers, under no name of its own.
template <class Inner>
struct unnamed {
    using memory = ballast::memories<Inner>;
#ifdef BALLAST_CONTROL
    static constexpr const char* name = "unnamed";
#endif
};

int main() { return ballast::save(ballast::account_state<unnamed<ballast::trigger::every>>{}).empty() ? 1 : 0; }
