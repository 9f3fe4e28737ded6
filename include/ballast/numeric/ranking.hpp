/// The best of many, one after another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ballast::inline v0 {

/// One of those that are ranked: the larger score first, of equal scores the smaller key, of equal keys the smaller index.
struct ranked {
    double score = 0.0;       ///< decides
    std::uint64_t key = 0;    ///< of equal scores
    std::uint32_t index = 0;  ///< of equal scores and keys

    /// Whether this one comes first.
    [[nodiscard]] constexpr bool before(const ranked& other) const noexcept {
        if (score != other.score) return score > other.score;
        return key != other.key ? key < other.key : index < other.index;
    }
};

/// A binary heap in memory that is lent to it. In which order things were pushed makes no difference to the order in which they are taken.
/// Scores must not be NaN. O(log n) each; n pushes of things in no particular order O(n) on average.
class ranking {
public:
    /// Works in this memory, which must outlive it.
    explicit constexpr ranking(std::span<ranked> memory) noexcept : memory_{memory} {}

    /// Whether all were taken.
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }

    /// Wants size() < memory.size().
    constexpr void push(const ranked& r) noexcept {
        std::size_t at = size_++;
        for (; at > 0; at = (at - 1) / 2) {
            const ranked& parent = memory_[(at - 1) / 2];
            if (!r.before(parent)) break;
            memory_[at] = parent;
        }
        memory_[at] = r;
    }

    /// Wants !empty().
    [[nodiscard]] constexpr const ranked& best() const noexcept { return memory_[0]; }

    /// Wants !empty().
    constexpr ranked take() noexcept {
        const ranked top = memory_[0];
        const ranked last = memory_[--size_];
        std::size_t at = 0;
        for (std::size_t child = 1; child < size_; child = 2 * at + 1) {
            if (child + 1 < size_ && memory_[child + 1].before(memory_[child])) ++child;
            if (!memory_[child].before(last)) break;
            memory_[at] = memory_[child];
            at = child;
        }
        memory_[at] = last;
        return top;
    }

private:
    std::span<ranked> memory_;
    std::size_t size_ = 0;
};

}  // namespace ballast::inline v0
