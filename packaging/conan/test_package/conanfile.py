import os

from conan import ConanFile
from conan.errors import ConanException
from conan.tools.build import can_run
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import load
from conan.tools.gnu import PkgConfigDeps


class BallastTestConan(ConanFile):
    settings = "os", "arch", "compiler", "build_type"

    def requirements(self):
        self.requires(self.tested_reference_str)

    def layout(self):
        cmake_layout(self)

    def generate(self):
        CMakeDeps(self).generate()
        PkgConfigDeps(self).generate()
        toolchain = CMakeToolchain(self)
        toolchain.user_presets_path = False
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def test(self):
        # ballast::strict brings its one flag, ballast::ballast brings none; so do the .pc files.
        commands = load(self, os.path.join(self.build_folder, "compile_commands.json")).split('"command"')[1:]
        for target, wanted in (("consumer", False), ("consumer_strict", True)):
            command = next(c for c in commands if f"{target}.dir" in c)
            if ("-ffp-contract=off" in command) != wanted:
                raise ConanException(f"{target} is compiled so: {command}")
        for name, wanted in (("ballast", False), ("ballast-strict", True)):
            pc = load(self, os.path.join(self.generators_folder, f"{name}.pc"))
            if ("-ffp-contract=off" in pc) != wanted or f"Version: {self.dependencies['ballast'].ref.version}" not in pc:
                raise ConanException(f"{name}.pc says: {pc}")
        if can_run(self):
            for target in ("consumer", "consumer_strict"):
                self.run(os.path.join(self.cpp.build.bindir, target), env="conanrun")
