"""Conan 2 recipe.

    conan create . --test-folder packaging/conan/test_package -s compiler.cppstd=20
"""

import os
import re

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy, load
from conan.tools.layout import basic_layout
from conan.tools.scm import Version

required_conan_version = ">=2.0"


class BallastConan(ConanFile):
    name = "ballast"
    description = "A header-only C++20 library that keeps a portfolio on its target"
    license = "BSL-1.0"
    topics = ("portfolio", "rebalancing", "trading", "finance", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    exports_sources = "include/*", "LICENSE"
    no_copy_source = True

    def set_version(self):
        """The version stands in one place, the header that users include."""
        header = load(self, os.path.join(self.recipe_folder, "include", "ballast", "version.hpp"))
        parts = [re.search(rf"^#define BALLAST_VERSION_{part} (\d+)$", header, re.MULTILINE) for part in ("MAJOR", "MINOR", "PATCH")]
        self.version = ".".join(part.group(1) for part in parts)

    def layout(self):
        basic_layout(self, src_folder=".")

    def package_id(self):
        self.info.clear()

    def validate(self):
        try:
            check_min_cppstd(self, 20)
        except ConanInvalidConfiguration:
            standard = self.settings.get_safe("compiler.cppstd")
            says = f"says compiler.cppstd={standard}" if standard else "has no compiler.cppstd"
            raise ConanInvalidConfiguration(
                f"ballast needs C++20, and the profile {says}: pass -s compiler.cppstd=20, or write it into the profile"
            ) from None
        compiler = str(self.settings.compiler)
        version = self.settings.get_safe("compiler.version")
        oldest = {"gcc": "12", "clang": "14"}.get(compiler)
        if oldest and version and Version(version) < oldest:
            raise ConanInvalidConfiguration(f"ballast needs {compiler} {oldest} or newer, and the profile says {version}")
        if compiler == "msvc":
            raise ConanInvalidConfiguration("ballast counts in 128-bit integers (__int128), which msvc lacks: use gcc or clang")
        if str(self.settings.arch) in ("x86", "armv5el", "armv5hf", "armv6", "armv7", "armv7hf", "armv7s", "armv7k"):
            raise ConanInvalidConfiguration(
                f"ballast counts in 128-bit integers (__int128), which {self.settings.arch} lacks: use a 64-bit architecture"
            )

    def package(self):
        copy(self, "LICENSE", src=self.source_folder, dst=os.path.join(self.package_folder, "licenses"))
        copy(self, "*.hpp", src=os.path.join(self.source_folder, "include"), dst=os.path.join(self.package_folder, "include"))

    def package_info(self):
        # All components at once have a name of their own, as ballast::ballast must not bring the flag of ballast::strict.
        self.cpp_info.set_property("cmake_file_name", "ballast")
        self.cpp_info.set_property("cmake_target_name", "ballast::all")

        headers = self.cpp_info.components["ballast"]
        headers.set_property("cmake_target_name", "ballast::ballast")
        headers.set_property("pkg_config_name", "ballast")

        # For hosts that need the same bits from every compiler: no fusing of a multiplication and an addition into one rounding.
        strict = self.cpp_info.components["strict"]
        strict.set_property("cmake_target_name", "ballast::strict")
        strict.set_property("pkg_config_name", "ballast-strict")
        strict.requires = ["ballast"]
        strict.cxxflags = ["-ffp-contract=off"]

        for component in (headers, strict):
            component.bindirs = []
            component.libdirs = []
