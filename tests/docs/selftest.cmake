# Planted faults: each must be found. What a concept asks for needs no words at a model, and everything else does.
include("${CMAKE_CURRENT_LIST_DIR}/../structure/selftest/planting.cmake")

set(version "/// The version.\n#pragma once\n\n/// A part of it.\n/// @{\n#define BALLAST_VERSION_MAJOR 1\n#define BALLAST_VERSION_MINOR 2\n#define BALLAST_VERSION_PATCH 3\n/// @}")
set(top "/// Cash.\n#pragma once\n\nnamespace ballast::inline v0 {\n")
set(bottom "}  // namespace ballast::inline v0")
set(struct "/// Fires when [much] cash lies idle.\nstruct idle {\n    double limit = 0.0;  ///< a share; of the portfolio\n    static constexpr const char* name = \"idle\";\n    [[nodiscard]] bool check(const look& l) const noexcept;\n};\n")
faultless(
  include/ballast/version.hpp "${version}"
  include/ballast/idle.hpp "${top}${struct}${bottom}"
  include/ballast/detail/of_nobody.hpp "${top}struct undocumented { int member; };\n${bottom}"
  examples/expected/idle.txt "0.5"
  packaging/doxygen/guide/index.md "# A guide {#mainpage}\n\nSee ballast::idle, @subpage other.\n\n@verbinclude idle.txt"
  packaging/doxygen/guide/other.md "# Another page {#other}\n\nNothing.")

refused("include/ballast/idle.hpp:10: error: Member waits() const (function)" include/ballast/idle.hpp "${top}/// Fires.\nstruct idle {\n    /// Words.\n    int a = 0;\n\n    bool waits() const;\n};\n${bottom}")
refused("Member limit (variable) of struct ballast::idle is not documented" include/ballast/idle.hpp "${top}/// Fires.\nstruct idle {\n    double limit = 0.0;  // no words for Doxygen\n};\n${bottom}")
refused("Compound ballast::idle is not documented" include/ballast/idle.hpp "${top}struct idle {\n    double limit = 0.0;  ///< a share\n};\n${bottom}")
refused("unable to resolve reference to 'nowhere'" packaging/doxygen/guide/other.md "# Another page {#other}\n\nSee @ref nowhere.")
refused("included file idle.txt is not found" examples/expected/idle.txt REMOVED)
refused("explicit link request to 'nothing' could not be resolved" packaging/doxygen/guide/other.md "# Another page {#other}\n\nSee #nothing.")
