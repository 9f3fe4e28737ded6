#include <ballast/core/state.hpp>

#include "support/catch.hpp"

#include <limits>
#include <type_traits>
#include <vector>

using namespace ballast;

namespace {
struct remembering {
    struct memory {
        int seen = 0;
        std::vector<double> peak{};
        void prepare(const sizes& s) { peak.assign(s.assets, 1.0); }
    };
};
struct plain {  // nothing to prepare
    struct memory {
        int seen = 0;
    };
};
struct stateless {};

struct estimator {
    struct estimate {
        std::vector<double> variance{};
        void prepare(const sizes& s) { variance.assign(s.assets, 0.0); }
    };
};
struct counter {  // nothing to prepare
    struct estimate {
        int ticks = 0;
    };
};
}  // namespace

// A market without estimators remembers its last good prices and when; an account of policies without memory only when.
static_assert(std::is_default_constructible_v<market_state<>> && std::is_copy_constructible_v<market_state<estimator>>);
static_assert(sizeof(account_state<stateless, stateless>) == sizeof(account_state<>));

TEST_CASE("state: prepare makes room for every part") {
    market_state<estimator, counter> m;
    CHECK(m.assets() == 0);
    m.prepare({.assets = 3});
    CHECK(m.assets() == 3);
    CHECK(m.last_good_price == std::vector<double>{0.0, 0.0, 0.0});
    CHECK(detail::get<0>(m.estimates).variance.size() == 3);
    CHECK_FALSE(m.last_observed.happened());
    account_state<remembering, stateless, plain> a;
    a.prepare({.assets = 2});
    CHECK(detail::get<0>(a.memories).peak == std::vector<double>{1.0, 1.0});
    CHECK_FALSE(a.last_observed.happened());
}

TEST_CASE("state: prepare forgets everything") {
    market_state<estimator, counter> m;
    m.prepare({.assets = 3});
    m.last_good_price[1] = 5.0;
    m.last_observed = {7};
    detail::get<0>(m.estimates).variance[2] = 0.04;
    detail::get<1>(m.estimates).ticks = 9;
    m.prepare({.assets = 3});
    CHECK(m.last_good_price[1] == 0.0);
    CHECK_FALSE(m.last_observed.happened());
    CHECK(detail::get<0>(m.estimates).variance[2] == 0.0);
    CHECK(detail::get<1>(m.estimates).ticks == 0);
    account_state<remembering, stateless, plain> a;
    a.prepare({.assets = 2});
    a.last_observed = {7};
    detail::get<0>(a.memories).seen = 4;
    detail::get<0>(a.memories).peak[0] = 9.0;
    detail::get<2>(a.memories).seen = 4;
    a.prepare({.assets = 1});
    CHECK_FALSE(a.last_observed.happened());
    CHECK(detail::get<0>(a.memories).seen == 0);
    CHECK(detail::get<0>(a.memories).peak == std::vector<double>{1.0});
    CHECK(detail::get<2>(a.memories).seen == 0);
}

TEST_CASE("state: a split is told to whoever remembers prices") {
    struct remembers_prices {
        struct estimate {
            std::vector<double> price{};
            void prepare(const sizes& s) { price.assign(s.assets, 8.0); }
            void adjust(std::size_t asset, double factor) noexcept { price[asset] = detail::adjusted_price(price[asset], factor); }
        };
    };
    market_state<estimator, remembers_prices, counter> m;
    m.prepare({.assets = 3});
    m.last_good_price = {10.0, 20.0, 0.0};
    CHECK_FALSE(m.adjust(1, 0.5));
    CHECK_FALSE(m.adjust(2, 3.0));
    CHECK(m.last_good_price == std::vector<double>{10.0, 10.0, 0.0});
    CHECK(detail::get<1>(m.estimates).price == std::vector<double>{8.0, 4.0, 24.0});
    const auto refused = [&](std::size_t asset, double factor, fault_code code, double value) {
        const fault f = m.adjust(asset, factor);
        CHECK(f.code == code);
        if (value == value) CHECK(f.value == value);
        CHECK(m.last_good_price == std::vector<double>{10.0, 10.0, 0.0});
        CHECK(detail::get<1>(m.estimates).price == std::vector<double>{8.0, 4.0, 24.0});
    };
    const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
    refused(3, 0.5, fault_code::not_prepared, 4.0);
    refused(0, 0.0, fault_code::bad_adjustment, 0.0);
    refused(0, -2.0, fault_code::bad_adjustment, -2.0);
    refused(0, infinity, fault_code::bad_adjustment, infinity);
    refused(0, nan, fault_code::bad_adjustment, nan);
    // What has no room among doubles is no price any more.
    CHECK_FALSE(m.adjust(0, 1.7e308));
    CHECK(m.last_good_price[0] == 0.0);
}

TEST_CASE("state: the fields that are its own are listed") {
    market_state<estimator> m;
    m.prepare({.assets = 2});
    int fields = 0;
    decltype(m)::fields(m, [&](auto&) { ++fields; });
    CHECK(fields == 2);
    const account_state<remembering> a;
    fields = 0;
    account_state<remembering>::fields(a, [&](const auto&) { ++fields; });
    CHECK(fields == 1);
}
