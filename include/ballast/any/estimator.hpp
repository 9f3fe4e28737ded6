/// Estimators chosen at run time.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

#include "../risk/concept.hpp"
#include "detail/model.hpp"

namespace ballast::inline v0 {

/// What an erased estimator knows of one market: known once `prepare` of its rebalancer has been called.
class any_estimate : public detail::bases::erased_state {};

namespace detail {
struct estimator_base : model_base {
    [[nodiscard]] virtual risk_need provides() const noexcept = 0;
    virtual void prepare(any_estimate& e, const sizes& s) const = 0;
    [[nodiscard]] virtual bool prepared(const any_estimate& e) const noexcept = 0;
    [[nodiscard]] virtual fault check(const any_estimate& e, const market_view& m) const noexcept = 0;
    virtual fault observe(any_estimate& e, const market_view& m) const noexcept = 0;
    [[nodiscard]] virtual risk_view view(const any_estimate& e) const noexcept = 0;
    [[nodiscard]] virtual regime_view regimes(const any_estimate& e) const noexcept = 0;
};

template <class P>
struct estimator_model final : model_of<estimator_model<P>, estimator_base, P> {
    using estimate = typename P::estimate;
    using model_of<estimator_model<P>, estimator_base, P>::model_of;

    [[nodiscard]] risk_need provides() const noexcept override { return provided_by(this->policy); }
    void prepare(any_estimate& e, const sizes& s) const override { e.template prepare_as<estimate, true>(this->policy, s); }
    [[nodiscard]] bool prepared(const any_estimate& e) const noexcept override {
        return e.template get<estimate, true>(this->policy) != nullptr;
    }
    [[nodiscard]] fault check(const any_estimate& e, const market_view& m) const noexcept override {
        const estimate* own = e.template get<estimate, true>(this->policy);
        return own != nullptr ? check_tick(this->policy, *own, m)
                              : fault{fault_code::not_prepared, no_index, static_cast<double>(m.price.size())};
    }
    fault observe(any_estimate& e, const market_view& m) const noexcept override {
        estimate* own = e.template get<estimate, true>(this->policy);
        return own != nullptr ? this->policy.observe(*own, m)
                              : fault{fault_code::not_prepared, no_index, static_cast<double>(m.price.size())};
    }
    [[nodiscard]] risk_view view(const any_estimate& e) const noexcept override {
        const estimate* own = e.template get<estimate, true>(this->policy);
        return own != nullptr ? this->policy.view(*own) : risk_view{};
    }
    [[nodiscard]] regime_view regimes(const any_estimate& e) const noexcept override {
        regime_view told;
        if constexpr (regime_model<P>) {
            if (const estimate* own = e.template get<estimate, true>(this->policy)) told = this->policy.regimes(*own);
        }
        return told;
    }
};
}  // namespace detail

/// Any estimator as a value: `any_estimator e = risk::ewma{};`. What it provides it tells at run time. Copies are deep. Without a prepared
/// estimate it learns nothing (`not_prepared`) and its view is never ready.
class any_estimator : public detail::bases::erased<detail::estimator_base> {
public:
    static constexpr const char* name = "any_estimator";
    static constexpr risk_need provides = risk_need::nothing;
    using estimate = any_estimate;  ///< what it knows of a market

    /// Empty: to be assigned to.
    any_estimator() noexcept = default;
    template <class P>
        requires(!std::same_as<P, any_estimator> && estimator_policy<P>)
    any_estimator(P policy) : erased{new detail::estimator_model<P>(std::move(policy))} { static_assert(detail::check_estimator<P>()); }

    [[nodiscard]] risk_need runtime_provides() const noexcept { return model_ ? model_->provides() : risk_need::nothing; }
    void prepare(estimate& e, const sizes& s) const {
        if (model_) model_->prepare(e, s);
    }
    [[nodiscard]] bool prepared(const estimate& e) const noexcept { return model_ && model_->prepared(e); }
    [[nodiscard]] fault check(const estimate& e, const market_view& m) const noexcept {
        return model_ ? model_->check(e, m) : fault{fault_code::not_prepared, no_index, static_cast<double>(m.price.size())};
    }
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept {
        return model_ ? model_->observe(e, m) : fault{fault_code::not_prepared, no_index, static_cast<double>(m.price.size())};
    }
    [[nodiscard]] risk_view view(const estimate& e) const noexcept { return model_ ? model_->view(e) : risk_view{}; }
    /// Empty where the estimator tells none.
    [[nodiscard]] regime_view regimes(const estimate& e) const noexcept { return model_ ? model_->regimes(e) : regime_view{}; }
    [[nodiscard]] configuration_fault validate() const { return validate_as(name); }
};

/// A list of estimators as one, with as many views, in their order. A tick that one of them refuses teaches none; the first fault is told.
class any_estimators {
public:
    static constexpr const char* name = "any_estimators";
    static constexpr risk_need provides = risk_need::nothing;
    /// One for each estimator.
    struct estimate {
        std::vector<any_estimate> each{};  ///< one of each

        /// Each of them takes it over.
        void adjust(std::size_t asset, double factor) noexcept {
            for (any_estimate& e : each) e.adjust(asset, factor);
        }
        static constexpr bool opens_sections = true;  ///< each of them is saved in a section of its own
        template <class Self, class Visit>
        static void fields(Self& e, Visit& archive) noexcept {
            for (auto& of_estimator : e.each) any_estimate::fields(of_estimator, archive);
        }
    };

    any_estimators() noexcept = default;
    any_estimators(std::vector<any_estimator> estimators) noexcept : estimators_{std::move(estimators)} {}

    [[nodiscard]] std::size_t size() const noexcept { return estimators_.size(); }
    /// What they provide together.
    [[nodiscard]] risk_need runtime_provides() const noexcept {
        risk_need all = risk_need::nothing;
        for (const any_estimator& e : estimators_) all = all | e.runtime_provides();
        return all;
    }
    /// The i-th of them.
    [[nodiscard]] const any_estimator& operator[](std::size_t i) const noexcept { return estimators_[i]; }

    void prepare(estimate& e, const sizes& s) const {
        e.each.clear();
        e.each.resize(estimators_.size());
        for (std::size_t i = 0; i < estimators_.size(); ++i) estimators_[i].prepare(e.each[i], s);
    }
    [[nodiscard]] bool prepared(const estimate& e) const noexcept {
        if (e.each.size() != estimators_.size()) return false;
        for (std::size_t i = 0; i < estimators_.size(); ++i)
            if (!estimators_[i].prepared(e.each[i])) return false;
        return true;
    }
    [[nodiscard]] fault check(const estimate& e, const market_view& m) const noexcept {
        if (e.each.size() != estimators_.size()) return {fault_code::not_prepared, no_index, static_cast<double>(m.price.size())};
        for (std::size_t i = 0; i < estimators_.size(); ++i)
            if (const fault f = estimators_[i].check(e.each[i], m)) return f;
        return {};
    }
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept {
        if (const fault f = check(e, m)) return f;
        fault first;
        for (std::size_t i = 0; i < estimators_.size(); ++i) {
            const fault f = estimators_[i].observe(e.each[i], m);
            if (f && !first) first = f;
        }
        return first;
    }
    /// The first one's.
    [[nodiscard]] risk_view view(const estimate& e) const noexcept {
        return estimators_.empty() || e.each.empty() ? risk_view{} : estimators_[0].view(e.each[0]);
    }
    /// One risk view of each.
    [[nodiscard]] std::size_t view_count() const noexcept { return estimators_.size(); }
    /// Writes the risk view of each.
    void views(const estimate& e, std::span<risk_view> out) const noexcept {
        for (std::size_t i = 0; i < out.size() && i < e.each.size(); ++i) out[i] = estimators_[i].view(e.each[i]);
    }
    /// Writes the regime view of each.
    void regimes(const estimate& e, std::span<regime_view> out) const noexcept {
        for (std::size_t i = 0; i < out.size() && i < e.each.size(); ++i) out[i] = estimators_[i].regimes(e.each[i]);
    }
    [[nodiscard]] bool covers(std::size_t assets) const noexcept {
        for (const any_estimator& e : estimators_)
            if (!e.covers(assets)) return false;
        return true;
    }
    [[nodiscard]] configuration_fault validate() const {
        for (const any_estimator& e : estimators_)
            if (const configuration_fault f = e.validate()) return f;
        return {};
    }

private:
    std::vector<any_estimator> estimators_{};
};

}  // namespace ballast::inline v0
