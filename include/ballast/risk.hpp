/// Estimators and the host's own numbers: how much the assets move. All of risk/; what is asked of one stands in risk/concept.hpp.
#pragma once

#include "risk/close_to_close.hpp"
#include "risk/concept.hpp"
#include "risk/ewma.hpp"
#include "risk/ewma_covariance.hpp"
#include "risk/factor_model.hpp"
#include "risk/garch.hpp"
#include "risk/garman_klass.hpp"
#include "risk/garman_klass_yang_zhang.hpp"
#include "risk/given.hpp"
#include "risk/ledoit_wolf.hpp"
#include "risk/parkinson.hpp"
#include "risk/principal_factors.hpp"
#include "risk/realised.hpp"
#include "risk/rogers_satchell.hpp"
#include "risk/sample_covariance.hpp"
#include "risk/yang_zhang.hpp"
