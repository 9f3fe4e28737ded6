/// Does a type have a member of this name, whatever its signature? With it a misspelt signature is an error instead of being ignored.
#pragma once

namespace ballast::inline v0::detail {

template <class Policy, class Name>
struct with_name : Policy, Name {};

struct region_name {
    int region;
};
struct explain_name {
    int explain;
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
struct validate_name {
    int validate;
};
struct covers_name {
    int covers;
};

// &with_name<...>::x is ambiguous, and so ill-formed, exactly where Policy has an x of its own.
template <class P>
concept names_region = !requires {
    &with_name<P, region_name>::region;
};
template <class P>
concept names_explain = !requires {
    &with_name<P, explain_name>::explain;
};
template <class P>
concept names_observe = !requires {
    &with_name<P, observe_name>::observe;
};
template <class P>
concept names_commit = !requires {
    &with_name<P, commit_name>::commit;
};
template <class P>
concept names_narrow = !requires {
    &with_name<P, narrow_name>::narrow;
};
template <class P>
concept names_validate = !requires {
    &with_name<P, validate_name>::validate;
};
template <class P>
concept names_covers = !requires {
    &with_name<P, covers_name>::covers;
};

}  // namespace ballast::inline v0::detail
