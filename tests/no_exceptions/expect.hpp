// What a small program has to find, told on stdout where it does not; in a program of one translation unit.
#pragma once

#include <cstdio>

namespace {

int failures = 0;

void expect(bool what, const char* text) {
    if (what) return;
    ++failures;
    std::printf("%s\n", text);
}

}  // namespace
