// One policy of each kind, as a host that chooses at compile time includes them.
#include <ballast/cost/proportional.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/target/fixed.hpp>
#include <ballast/trigger/band.hpp>
