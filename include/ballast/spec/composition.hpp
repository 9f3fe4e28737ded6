/// A rebalancer in parts, as texts name them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../any.hpp"
#include "description.hpp"
#include "result.hpp"

namespace ballast::inline v0::spec {

/// A policy and the text that says it.
template <class Policy>
struct stated {
    Policy policy{};
    std::string text{};          ///< what is not the default, in one form: parameters by name, in the order of the class
    std::size_t assets = 0;      ///< entries of its lists of numbers, one per asset; 0 where it has none
    std::size_t estimators = 0;  ///< how many estimators there have to be for those that it names
};

/// What a policy text says: `policy(text)` gives one, or a host adds field by field what its options say:
///
///     spec::composition c;
///     if (const auto wrong = c.add("trigger", "band:absolute=0.05")) return refuse(*wrong);
///     if (const auto wrong = c.add("cost", "proportional:bps=10")) return refuse(*wrong);
///     const spec::result<any_rebalancer> r = c.build();
///
/// Fields are `trigger`, `cost`, `guard`, `estimator` (each any number of times), `solver`, `target`, `sizing` (once), `all`, and the
/// members of the mandate: `reserve`, `reserve_amount`, `leverage`, `allow_short`, `bad_price`.
struct composition {
    std::string name{};                                  ///< before the colon; "" where there is none
    std::vector<stated<any_trigger>> triggers{};         ///< one at least
    bool all = false;                                    ///< all of them have to fire, not any of them
    std::vector<stated<any_cost>> costs{};               ///< summed; none: trading costs nothing
    std::optional<stated<any_solver>> solver{};          ///< none: to_target
    std::vector<stated<any_guard>> guards{};
    std::optional<stated<any_target>> target{};          ///< none: the host gives targets with every call
    std::vector<stated<any_estimator>> estimators{};
    v0::mandate mandate{};
    std::optional<stated<sizing::reconciled>> sizing{};  ///< none: reconciled

    /// Reads one field more; what is wrong, with its place in `text`. Nothing was added then. `all` and `allow_short` need no text.
    [[nodiscard]] std::optional<fault> add(std::string_view field, std::string_view text);

    /// What keeps the parts from going together: no trigger, a solver that needs a band where there is none, a policy that needs an
    /// estimator, lists for different numbers of assets. The place is that in `to_text(*this)`.
    [[nodiscard]] std::optional<fault> check() const;

    /// Entries of the lists of numbers: how many assets the book has to have. 0 where no policy has a list.
    [[nodiscard]] std::size_t assets() const noexcept;

    /// The triggers as one, the costs as one.
    [[nodiscard]] any_trigger trigger() const;
    [[nodiscard]] any_cost cost() const;
    /// The rebalancer, or what `check` says. Never throws `invalid_configuration`.
    [[nodiscard]] result<any_rebalancer> build() const;
};

/// A text that gives the composition back: every field that is not the default.
[[nodiscard]] std::string to_text(const composition& c);

}  // namespace ballast::inline v0::spec
