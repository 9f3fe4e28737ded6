/// Tuning: what is to be expected of a policy, and which width or interval is best.
#pragma once

#include "tune/band.hpp"
#include "tune/best.hpp"
#include "tune/calendar.hpp"
#include "tune/excess_growth.hpp"
#include "tune/expectation.hpp"
#include "tune/market.hpp"
#include "tune/objective.hpp"
