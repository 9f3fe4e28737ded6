// What the tests of the headers that gather a family have in common: every member has a name, which is that of its class, and no two the
// same, as decisions and saved bytes tell them by it.
#pragma once

#include <set>
#include <string>

namespace test {

template <class... Members>
bool names_differ() {
    const std::set<std::string> names{Members::name...};
    return names.size() == sizeof...(Members) && names.count("") == 0;
}

}  // namespace test
