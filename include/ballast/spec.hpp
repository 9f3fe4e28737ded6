/// Text to policy, for hosts that read their policy from a file or a command line.
///
///     const spec::result<any_trigger> when = spec::trigger("band:absolute=0.05,relative=0.25");
///     if (!when) std::fputs(spec::describe(when.fault(), text).c_str(), stderr);
///
///     const spec::result<spec::composition> c = spec::policy("5/25: trigger=band:0.05,relative=0.25; cost=proportional:10bps; reserve=0.01");
///     const spec::result<any_rebalancer> r = c->build();
///
/// **A policy** is `name`, `name:arguments`, `name(policies)` or `name:arguments(policies)`; names are those of the classes and of their
/// members. Spaces may stand anywhere but inside a word or a number.
///
/// | text                                             | is                                                                            |
/// |--------------------------------------------------|-------------------------------------------------------------------------------|
/// | `band:absolute=0.05,relative=0.25`               | `band{.absolute = 0.05, .relative = 0.25}`: the smaller of the two            |
/// | `band:absolute=0.05,relative=0.25,larger`        | the same with `.combine = combine::larger`                                    |
/// | `every:24h`                                      | a value without a name is the first parameter's                               |
/// | `calendar:monthly`, `to_band:edge,all`           | a word without a name is an enumerator, a named value, or a bool that is true |
/// | `proportional:10bps`, `0.1%`, `bps=10`, `0.001`  | the same four times: fractions take units, and `bps=` is the first one's      |
/// | `band:absolute=[0.05 0.02]`                      | one number per asset                                                          |
/// | `max_trade:share=unlimited`                      | infinity, where the policy takes it; `inf` and `nan` are refused              |
/// | `calendar:monthly,holidays=[weekends 2026-12-25]`| dates on which not to trade                                                   |
/// | `any_of(band:absolute=0.05, calendar:monthly)`   | policies made of policies; `all_of`, `not_`, `sum`, `hysteresis` as well      |
/// | `cooldown:30d(band:absolute=0.05)`               | `cooldown{band{...}, days(30)}`; `minimum:5(...)`, `maximum:100(...)` as well |
///
/// In parentheses a comma goes on with the arguments of the policy before it, unless what follows is the name of a policy, or a word before
/// a `:` or `(`: `any_of(band:0.05,relative=0.25,calendar:monthly,day=-1)` has two parts. Times are whole or decimal numbers with a unit, one
/// or several: `90s 15m 24h 7d 2w 1h30m 1.5h`, and `ms us ns`. A week is 7 days; months and years are the calendar's.
///
/// **Everything is checked.** What `validate()` of a policy or a rebalancer would refuse is a fault with its place, the nearest right word,
/// and the range; nothing here throws `invalid_configuration` or ends the program. Numbers are read without regard to locales, to the
/// last bit of what their decimal digits say. A fault is told for the first place that is wrong.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "spec/composition.hpp"
#include "spec/description.hpp"
#include "spec/result.hpp"

namespace ballast::inline v0::spec {

[[nodiscard]] inline result<any_trigger> trigger(std::string_view text);
[[nodiscard]] inline result<any_cost> cost(std::string_view text);
[[nodiscard]] inline result<any_solver> solver(std::string_view text);
[[nodiscard]] inline result<any_guard> guard(std::string_view text);
[[nodiscard]] inline result<any_target> target(std::string_view text);
[[nodiscard]] inline result<any_estimator> estimator(std::string_view text);
/// `reconciled:collar=0.001`
[[nodiscard]] inline result<sizing::reconciled> sizing(std::string_view text);
/// `reserve=0.01,leverage=1.5,allow_short`; an empty text is the default.
[[nodiscard]] inline result<v0::mandate> mandate(std::string_view text);

/// `NAME: trigger=band:absolute=0.05,relative=0.25; cost=proportional:bps=10; solver=to_target; guard=max_turnover:0.2; reserve=0.01`. The
/// name may be left out. Several triggers: any of them, with the field `all` all of them; several costs: their sum. The composition that
/// it gives has passed `check`.
[[nodiscard]] inline result<composition> policy(std::string_view text);

/// Every policy that texts can name, by family, each with its parameters.
[[nodiscard]] inline std::span<const description> catalogue();

}  // namespace ballast::inline v0::spec
