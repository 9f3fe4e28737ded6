#include <ballast/ballast.hpp>
