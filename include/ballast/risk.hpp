/// Estimators and the host's own numbers: how much the assets move. All of risk/; what is asked of one stands in risk/concept.hpp.
#pragma once

#include "risk/concept.hpp"
#include "risk/ewma.hpp"
#include "risk/given.hpp"
