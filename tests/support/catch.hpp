// The one way in to Catch2 for the tests, with version 2 (catch2/catch.hpp) and with version 3 (catch2/catch_all.hpp). What the two name
// differently has one name here: Approx, ContainsSubstring, StartsWith, EndsWith. Catch::Matchers::WithinAbs, WithinRel and WithinULP are
// the same in both.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>

using Catch::Approx;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
#else
#include <catch2/catch.hpp>

#include <string>

// Version 2 declares ::Approx itself.
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
inline auto ContainsSubstring(const std::string& text) { return Catch::Matchers::Contains(text); }
#endif
