/// Solvers: how much of each asset to hold afterwards. All of solver/; what is asked of one stands in solver/concept.hpp.
#pragma once

#include "solver/closest.hpp"
#include "solver/concept.hpp"
#include "solver/frontier.hpp"
#include "solver/joint_limits.hpp"
#include "solver/limited_search.hpp"
#include "solver/no_trade_region.hpp"
#include "solver/price_search.hpp"
#include "solver/program.hpp"
#include "solver/to_band.hpp"
#include "solver/to_target.hpp"
#include "solver/tracking.hpp"
#include "solver/trading_rate.hpp"
#include "solver/verify.hpp"
