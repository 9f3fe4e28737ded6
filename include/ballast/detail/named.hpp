/// Does a type have a member of this name, whatever its signature? With it a misspelt signature is an error instead of being ignored.
#pragma once

#include <type_traits>

namespace ballast::inline v0::detail {

template <class Policy, class Name>
struct with_name : Policy, Name {};

/// A type that can be asked. Of a final class nothing can be told: its optional members are found where they are right, and left out where
/// not.
template <class P>
concept can_be_base = std::is_class_v<P> && !std::is_final_v<P>;

struct region_name {
    int region;
};
struct explain_name {
    int explain;
};
struct leaves_name {
    int leaves;
};
struct observe_name {
    int observe;
};
struct commit_name {
    int commit;
};
struct narrow_name {
    int narrow;
};
struct check_name {
    int check;
};
struct validate_name {
    int validate;
};
struct covers_name {
    int covers;
};
struct needs_name {
    int needs;
};
struct prepare_name {
    int prepare;
};
struct adjust_name {
    int adjust;
};
struct linear_name {
    int linear;
};
struct respond_name {
    int respond;
};
struct uniform_name {
    int uniform;
};
struct jump_name {
    int jump;
};
struct transforms_name {
    int transforms;
};
struct needs_region_name {
    int needs_region;
};
struct weighs_costs_name {
    int weighs_costs;
};
struct accepts_name {
    int accepts;
};
struct regimes_name {
    int regimes;
};
struct told_prices_name {
    int told_prices;
};

// &with_name<...>::x is ambiguous, and so ill-formed, exactly where Policy has an x of its own.
template <class P>
concept names_region = can_be_base<P> && !requires {
    &with_name<P, region_name>::region;
};
template <class P>
concept names_explain = can_be_base<P> && !requires {
    &with_name<P, explain_name>::explain;
};
template <class P>
concept names_leaves = can_be_base<P> && !requires {
    &with_name<P, leaves_name>::leaves;
};
template <class P>
concept names_observe = can_be_base<P> && !requires {
    &with_name<P, observe_name>::observe;
};
template <class P>
concept names_commit = can_be_base<P> && !requires {
    &with_name<P, commit_name>::commit;
};
template <class P>
concept names_narrow = can_be_base<P> && !requires {
    &with_name<P, narrow_name>::narrow;
};
template <class P>
concept names_check = can_be_base<P> && !requires {
    &with_name<P, check_name>::check;
};
template <class P>
concept names_validate = can_be_base<P> && !requires {
    &with_name<P, validate_name>::validate;
};
template <class P>
concept names_covers = can_be_base<P> && !requires {
    &with_name<P, covers_name>::covers;
};
template <class P>
concept names_needs = can_be_base<P> && !requires {
    &with_name<P, needs_name>::needs;
};
template <class P>
concept names_prepare = can_be_base<P> && !requires {
    &with_name<P, prepare_name>::prepare;
};
template <class P>
concept names_adjust = can_be_base<P> && !requires {
    &with_name<P, adjust_name>::adjust;
};
template <class P>
concept names_linear = can_be_base<P> && !requires {
    &with_name<P, linear_name>::linear;
};
template <class P>
concept names_respond = can_be_base<P> && !requires {
    &with_name<P, respond_name>::respond;
};
template <class P>
concept names_uniform = can_be_base<P> && !requires {
    &with_name<P, uniform_name>::uniform;
};
template <class P>
concept names_jump = can_be_base<P> && !requires {
    &with_name<P, jump_name>::jump;
};
template <class P>
concept names_transforms = can_be_base<P> && !requires {
    &with_name<P, transforms_name>::transforms;
};
template <class P>
concept names_needs_region = can_be_base<P> && !requires {
    &with_name<P, needs_region_name>::needs_region;
};
template <class P>
concept names_weighs_costs = can_be_base<P> && !requires {
    &with_name<P, weighs_costs_name>::weighs_costs;
};
template <class P>
concept names_accepts = can_be_base<P> && !requires {
    &with_name<P, accepts_name>::accepts;
};
template <class P>
concept names_regimes = can_be_base<P> && !requires {
    &with_name<P, regimes_name>::regimes;
};
template <class P>
concept names_told_prices = can_be_base<P> && !requires {
    &with_name<P, told_prices_name>::told_prices;
};

}  // namespace ballast::inline v0::detail
