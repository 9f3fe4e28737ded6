/// The one place where the version stands.
#pragma once

#define BALLAST_VERSION_MAJOR 0
#define BALLAST_VERSION_MINOR 1
#define BALLAST_VERSION_PATCH 0

namespace ballast::inline v0 {

/// A semantic version.
struct version_info {
    int major_number = 0;
    int minor_number = 0;
    int patch_number = 0;
};

/// The version of these headers.
inline constexpr version_info version{BALLAST_VERSION_MAJOR, BALLAST_VERSION_MINOR, BALLAST_VERSION_PATCH};

}  // namespace ballast::inline v0
