// expect: a trigger needs `firing check\(const look&\) const noexcept`
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/every.hpp>

int main() {
#ifdef BALLAST_CONTROL
    const ballast::trigger::any_of either{ballast::trigger::every{}, ballast::trigger::every{}};
#else
    const ballast::trigger::any_of either{ballast::trigger::every{}, ballast::days(5)};  // a span of time is no trigger
#endif
    return either.leaves() == 2 ? 0 : 1;
}
