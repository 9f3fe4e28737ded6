/// The one place where the version stands.
#pragma once

/// A part of the version, as a number.
/// @{
#define BALLAST_VERSION_MAJOR 0
#define BALLAST_VERSION_MINOR 1
#define BALLAST_VERSION_PATCH 0
/// @}

namespace ballast::inline v0 {

/// A semantic version.
struct version_info {
    int major_number = 0;  ///< a new one breaks sources
    int minor_number = 0;  ///< a new one adds; below 1.0 it may break sources
    int patch_number = 0;  ///< a new one repairs
};

/// The version of these headers.
inline constexpr version_info version{BALLAST_VERSION_MAJOR, BALLAST_VERSION_MINOR, BALLAST_VERSION_PATCH};

}  // namespace ballast::inline v0
