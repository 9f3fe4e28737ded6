// expect: ballast: this trigger has a member .region., but not
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/never.hpp>

using namespace ballast;

struct mine {
    firing check(const look&) const noexcept { return {}; }
#ifdef BALLAST_CONTROL
    void region(const look&, const box&) const noexcept {}
#else
    bool region(const look&, const box&) const noexcept { return true; }
#endif
};

const trigger::any_of t{trigger::never{}, mine{}};
