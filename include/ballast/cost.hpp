/// Cost models: what acting costs. All of cost/; what is asked of one stands in cost/concept.hpp.
#pragma once

#include "cost/concept.hpp"
#include "cost/fixed.hpp"
#include "cost/half_spread.hpp"
#include "cost/maximum.hpp"
#include "cost/minimum.hpp"
#include "cost/per_unit.hpp"
#include "cost/proportional.hpp"
#include "cost/rebate.hpp"
#include "cost/rounded.hpp"
#include "cost/sum.hpp"
#include "cost/tiered.hpp"
#include "cost/zero.hpp"
