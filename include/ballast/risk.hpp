/// Estimators and the host's own numbers: how much the assets move. All of risk/; what is asked of one stands in risk/concept.hpp.
#pragma once

#include "risk/close_to_close.hpp"
#include "risk/concept.hpp"
#include "risk/ewma.hpp"
#include "risk/garch.hpp"
#include "risk/garman_klass.hpp"
#include "risk/garman_klass_yang_zhang.hpp"
#include "risk/given.hpp"
#include "risk/given_regimes.hpp"
#include "risk/hamilton.hpp"
#include "risk/parkinson.hpp"
#include "risk/realised.hpp"
#include "risk/rogers_satchell.hpp"
#include "risk/threshold_regimes.hpp"
#include "risk/yang_zhang.hpp"
