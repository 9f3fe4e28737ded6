/// Triggers: when to act. All of trigger/; what is asked of one stands in trigger/concept.hpp.
#pragma once

#include "trigger/all_of.hpp"
#include "trigger/any_of.hpp"
#include "trigger/band.hpp"
#include "trigger/breach_probability.hpp"
#include "trigger/calendar.hpp"
#include "trigger/cash_flow.hpp"
#include "trigger/concept.hpp"
#include "trigger/cooldown.hpp"
#include "trigger/distance.hpp"
#include "trigger/every.hpp"
#include "trigger/hysteresis.hpp"
#include "trigger/never.hpp"
#include "trigger/not_.hpp"
#include "trigger/predictive_band.hpp"
#include "trigger/regime_band.hpp"
#include "trigger/volatility_band.hpp"
