// A host's class with a rebalancer in it. What stands in this header does not depend on the policy, and no policy is included.
#pragma once

#include <ballast/any.hpp>
#include <ballast/keeper.hpp>

#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

/// What the host knows of an instrument. Its place in the host's list is ballast's asset index.
struct instrument {
    std::uint64_t id = 0;  ///< breaks ties, so that the answer does not depend on the order of the list
    std::string symbol{};
    double last = 0.0;
    double target = 0.0;
};

/// What the host holds, and in which of its books. Its place in the list is ballast's row.
struct position {
    std::string book{};
    std::uint32_t instrument = 0;
    double quantity = 0.0;
};

/// An order in the host's words.
struct client_order {
    std::string id{};  ///< "growth-2-0": account, number of the decision, place in its list
    std::string book{}, symbol{};
    double quantity = 0.0, limit = 0.0;
};

class portfolio {
public:
    portfolio(std::string name, std::vector<instrument> instruments, std::vector<position> positions, double cash,
              ballast::any_rebalancer policy)
        : name_{std::move(name)},
          instruments_{std::move(instruments)},
          positions_{with_a_row_each(std::move(positions))},
          cash_{cash},
          keeper_{std::move(policy), {.assets = instruments_.size(), .rows = positions_.size()}} {
        std::vector<std::uint64_t> ids;
        for (const instrument& i : instruments_) ids.push_back(i.id);
        keeper_.instruments(
            {.step = {ballast::decimal_step{1}}, .tick = {ballast::decimal_step{1, -2}}, .min_notional = {500.0}, .key = std::move(ids)});
    }

    /// A price by the host's name for the instrument. False where it knows none.
    [[nodiscard]] bool on_price(const std::string& symbol, double price) {
        for (instrument& i : instruments_) {
            if (i.symbol != symbol) continue;
            i.last = price;
            return true;
        }
        return false;
    }
    /// All prices of a moment are in. Columns are read where they lie, in the host's own structs; true where that is refused.
    [[nodiscard]] bool update(ballast::timestamp now) {
        return static_cast<bool>(keeper_.observe({.now = now, .price = {instruments_, &instrument::last}}));
    }
    /// What to send. Empty: nothing; `why()` tells the reason. While orders are out nothing is proposed: it would trade on top of them.
    [[nodiscard]] std::vector<client_order> rebalance() {
        if (orders_out_) return {};
        const ballast::decision& d = keeper_.propose(
            {.cash = cash_, .quantity = {positions_, &position::quantity}, .asset_of_row = {positions_, &position::instrument}},
            {instruments_, &instrument::target});
        std::vector<client_order> list;
        if (d.orders.empty()) return list;
        orders_out_ = true;
        ++decisions_;
        for (const ballast::order& o : d.orders)
            list.push_back({.id = order_prefix() + std::to_string(list.size()),
                            .book = positions_[o.row].book,
                            .symbol = instruments_[o.asset].symbol,
                            .quantity = o.quantity,
                            .limit = o.limit_price});
        return list;
    }
    [[nodiscard]] const ballast::decision& why() const noexcept { return keeper_.last_decision(); }

    /// News of the host's broker under the host's id. False where the id is of no order that is out.
    [[nodiscard]] bool on_fill(const std::string& id, double quantity, double price, double fee) {
        const std::string prefix = order_prefix();
        if (!orders_out_ || id.rfind(prefix, 0) != 0) return false;
        std::uint32_t index = 0;
        const char* const end = id.data() + id.size();
        const auto [stopped, error] = std::from_chars(id.data() + prefix.size(), end, index);
        if (error != std::errc{} || stopped != end || index >= why().orders.size()) return false;
        fills_.push_back({.order = index, .quantity = quantity, .price = price, .cost = fee});
        return true;
    }
    /// No order is out any more, at `at`: books what was filled. True where the fills do not go with the orders; nothing is changed then.
    [[nodiscard]] bool settle(ballast::timestamp at) {
        if (!orders_out_) return false;
        if (keeper_.commit(why(), fills_, at)) return true;
        for (const ballast::fill& f : std::exchange(fills_, {})) {
            positions_[why().orders[f.order].row].quantity += f.quantity;
            cash_ -= f.quantity * f.price + f.cost;
        }
        orders_out_ = false;
        return false;
    }

    [[nodiscard]] double cash() const noexcept { return cash_; }
    [[nodiscard]] const std::vector<position>& positions() const noexcept { return positions_; }

private:
    [[nodiscard]] std::string order_prefix() const { return name_ + "-" + std::to_string(decisions_) + "-"; }
    /// What is not held is held with a quantity of 0 in the account's own book, so that every order has a row, and an account that holds
    /// nothing at all has some.
    [[nodiscard]] std::vector<position> with_a_row_each(std::vector<position> positions) const {
        std::vector<bool> held(instruments_.size());
        for (const position& p : positions) held[p.instrument] = true;
        for (std::uint32_t i = 0; i < held.size(); ++i)
            if (!held[i]) positions.push_back({.book = name_, .instrument = i});
        return positions;
    }

    std::string name_;
    std::vector<instrument> instruments_;
    std::vector<position> positions_;
    double cash_;
    ballast::keeper<ballast::any_rebalancer> keeper_;
    std::vector<ballast::fill> fills_{};
    std::uint64_t decisions_ = 0;
    bool orders_out_ = false;
};
