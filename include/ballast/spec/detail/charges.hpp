/// The words of cost models: what chains, venues and time charge.
#pragma once

#include "../../cost/gas.hpp"
#include "../../cost/holding.hpp"
#include "../../cost/latency.hpp"
#include "../../cost/maker_taker.hpp"
#include "../../cost/sandwich.hpp"
#include "vocabulary.hpp"

namespace ballast::inline v0::spec::detail {

template <>
struct vocabulary<cost::maker_taker> : of_aggregate<cost::maker_taker> {
    static constexpr const char* summary = "one rate of orders that wait in the book, another of those that take";
    static constexpr const char* example = "maker_taker:maker=-1bps,taker=5bps,maker_share=0.5";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.maker, fraction("maker", "fraction of the notional", "of what is filled while it waits; below 0: a rebate"));
        visit(p.taker, fraction("taker", "fraction of the notional", "of what is filled at once"));
        visit(p.maker_share, fraction("maker_share", "share of an order", "what is expected to be filled while it waits"));
    }
};

template <>
struct vocabulary<cost::holding> : of_aggregate<cost::holding> {
    static constexpr const char* summary = "what positions cost to hold, or bring: borrow fees, funding, financing, dividends";
    static constexpr const char* example = "holding:short_rate=3%,horizon=30d";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.long_rate, fraction("long_rate", "per year of 365 days", "of the value of a long position; below 0: received"));
        visit(p.short_rate, fraction("short_rate", "per year of 365 days", "of the value of a short position; below 0: received"));
        visit(p.horizon, about{"horizon", "time", "for how long it is held"});
    }
};

template <>
struct vocabulary<cost::latency> : of_aggregate<cost::latency> {
    static constexpr const char* summary = "what prices may do against an order until it is done";
    static constexpr const char* example = "latency:volatility=80%,delay=12s";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.volatility, fraction("volatility", "per year", "of the price"));
        visit(p.delay, about{"delay", "time", "of a block, or of the settlement"});
        visit(p.k, about{"k", "standard deviations", "how large a move is reckoned with; 0.399: the mean of those against the order"});
    }
};

template <>
struct vocabulary<cost::gas> : of_aggregate<cost::gas> {
    static constexpr const char* summary = "what a chain takes: once for a list of orders, and for each order";
    static constexpr const char* example = "gas:leg=120000,gas_price=20,coin=3000";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.base, about{"base", "gas units", "once for a list of orders"});
        visit(p.leg, about{"leg", "gas units", "of each order"});
        visit(p.gas_price, about{"gas_price", "1e-9 fee coins", "of a gas unit, tip included"});
        visit(p.coin, about{"coin", "base currency", "for one fee coin"});
        visit(p.base_bytes, about{"base_bytes", "bytes", "that a layer 2 writes to its layer 1, once for a list"});
        visit(p.leg_bytes, about{"leg_bytes", "bytes", "that a layer 2 writes to its layer 1, for each order"});
        visit(p.gas_per_byte, about{"gas_per_byte", "gas units of layer 1", "for a byte"});
        visit(p.data_price, about{"data_price", "1e-9 fee coins", "of a unit of layer 1 gas, scalars included"});
    }
};

template <>
struct vocabulary<cost::sandwich> : of_aggregate<cost::sandwich> {
    static constexpr const char* summary = "what an order on an open pool may lose to those who trade around it";
    static constexpr const char* example = "sandwich:reserve=5000000,attack_cost=30";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.reserve, about{"reserve", "base currency", "in one side of the pool"});
        visit(p.fee, fraction("fee", "fraction of the input", "of the pool"));
        visit(p.tolerance, fraction("tolerance", "fraction of the quote", "by which the least output is below the quote"));
        visit(p.attack_cost, about{"attack_cost", "base currency", "the attacker's gas and what is paid for the place in the block"});
    }
};

}  // namespace ballast::inline v0::spec::detail
