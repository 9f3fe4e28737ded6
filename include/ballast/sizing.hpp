/// Sizing: from wanted positions to orders that can be sent. All of sizing/; what is asked of one stands in sizing/concept.hpp.
#pragma once

#include "sizing/concept.hpp"
#include "sizing/integer.hpp"
#include "sizing/reconciled.hpp"
