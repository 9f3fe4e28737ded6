/// Guards: what must never happen, and whether it is worth it. All of guard/; what is asked of one stands in guard/concept.hpp.
#pragma once

#include "guard/concept.hpp"
#include "guard/depth.hpp"
#include "guard/max_trade.hpp"
#include "guard/max_turnover.hpp"
#include "guard/participation.hpp"
#include "guard/stale_price.hpp"
#include "guard/worth_it.hpp"
