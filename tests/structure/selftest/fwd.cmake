include("${CMAKE_CURRENT_LIST_DIR}/planting.cmake")

set(h include/ballast)
set(open "namespace ballast::inline v0 {")
set(close "}  // namespace ballast::inline v0")
faultless(
  ${h}/core/order.hpp "${open}\nnamespace detail {\nstruct hidden {\n};\n}  // namespace detail\n/// text\nstruct [[nodiscard]] order {\n    struct inner {\n    };\n};\nenum class side : int { buy, sell };\nclass later;\n${close}"
  ${h}/trigger/any_of.hpp "namespace ballast::inline v0::trigger {\ntemplate <class... T>\nclass any_of : public detail::composite<T...> {\n};\n}  // namespace ballast::inline v0::trigger"
  ${h}/trigger/detail/tools.hpp "namespace ballast::inline v0 {\nstruct tool {\n};\n${close}"
  ${h}/fwd.hpp "${open}\nstruct order;  ///< a line\nenum class side : int;  ///< of it\nnamespace trigger {\ntemplate <class... T>\nclass any_of;  ///< one of several\n}  // namespace trigger\n${close}"
  tests/fwd.test.cpp "known<order, side, trigger::any_of<int>>();")

refused("fwd.hpp does not declare: struct fill" ${h}/core/fill.hpp "${open}\nstruct fill {\n};\n${close}")
refused("fwd.hpp does not declare: class cost::sum" ${h}/cost/sum.hpp "namespace ballast::inline v0::cost {\ntemplate <class T>\nclass sum {\n};\n}  // namespace ballast::inline v0::cost")
refused("fwd.hpp does not declare: class order" ${h}/core/order.hpp "${open}\nclass order {\n};\nenum class side : int { buy, sell };\n${close}")
refused("fwd.hpp declares what no header defines so: struct order" ${h}/core/order.hpp "${open}\nclass order {\n};\nenum class side : int { buy, sell };\n${close}")
refused("fwd.hpp declares what no header defines so: class trigger::any_of" ${h}/trigger/any_of.hpp "namespace ballast::inline v0::guard {\nclass any_of {\n};\n}  // namespace ballast::inline v0::guard")
refused("fwd.hpp says nothing about: struct order" ${h}/fwd.hpp "${open}\nstruct order;\nenum class side : int;  ///< of it\nnamespace trigger {\nclass any_of;  ///< one\n}  // namespace trigger\n${close}")
refused("tests/fwd.test.cpp does not name: class trigger::any_of" tests/fwd.test.cpp "known<order, side, any_of<int>>();")
