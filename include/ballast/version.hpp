// The one place where the version stands. The build reads the three numbers from here.
#pragma once

#define BALLAST_VERSION_MAJOR 0
#define BALLAST_VERSION_MINOR 1
#define BALLAST_VERSION_PATCH 0

namespace ballast::inline v0 {

/// A released version. While `major` is 0, a new `minor` may break sources and `patch` may not; the inline namespace
/// carries `major`, so that two of them can live in one program.
struct version_info {
    int major = 0;  ///< counts breaks of source compatibility; the number in the inline namespace
    int minor = 0;  ///< counts additions (and, while `major` is 0, breaks)
    int patch = 0;  ///< counts repairs

    friend constexpr bool operator==(const version_info&, const version_info&) = default;
};

/// The version of the headers that this translation unit includes.
inline constexpr version_info version{BALLAST_VERSION_MAJOR, BALLAST_VERSION_MINOR, BALLAST_VERSION_PATCH};

}  // namespace ballast::inline v0
