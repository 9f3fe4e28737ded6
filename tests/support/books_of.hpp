// How many random cases a test takes.
#pragma once

#include <cstdint>

namespace ballast_test {

/// How many random books a test takes: a tenth where a sanitizer makes each of them twenty times as long.
[[nodiscard]] constexpr std::uint64_t books_of(std::uint64_t usual) {
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(undefined_behavior_sanitizer)
    return usual / 10;
#endif
#endif
    return usual;
}

}  // namespace ballast_test
