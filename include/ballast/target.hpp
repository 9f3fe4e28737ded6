/// Target policies: where target weights come from. All of target/; what is asked of one stands in target/concept.hpp.
#pragma once

#include "target/concept.hpp"
#include "target/constant_leverage.hpp"
#include "target/cppi.hpp"
#include "target/equal.hpp"
#include "target/fixed.hpp"
#include "target/glide_path.hpp"
#include "target/inverse_volatility.hpp"
#include "target/maximum_sharpe.hpp"
#include "target/mean_reversion.hpp"
#include "target/mean_variance.hpp"
#include "target/minimum_variance.hpp"
#include "target/projected.hpp"
#include "target/risk_parity.hpp"
#include "target/smoothed.hpp"
#include "target/tipp.hpp"
#include "target/volatility_target.hpp"
