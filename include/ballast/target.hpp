/// Target policies: where target weights come from. All of target/; what is asked of one stands in target/concept.hpp.
#pragma once

#include "target/concept.hpp"
#include "target/equal.hpp"
#include "target/fixed.hpp"
