#include <ballast/numeric/ranking.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <random>
#include <tuple>
#include <vector>

using namespace ballast;

TEST_CASE("ranking: takes the best first, ties by key, then by index, whatever the order of the pushes") {
    std::mt19937_64 random{7};
    for (std::size_t n : {0u, 1u, 2u, 3u, 7u, 8u, 100u, 1000u}) {
        for (int round = 0; round < 20; ++round) {
            std::vector<ranked> all(n);
            for (std::size_t i = 0; i < n; ++i)  // few scores and keys, so that there are ties
                all[i] = {static_cast<double>(random() % 5) - 2.0, random() % 3, static_cast<std::uint32_t>(i)};
            std::vector<ranked> sorted = all;
            std::sort(sorted.begin(), sorted.end(), [](const ranked& a, const ranked& b) {
                return std::tuple{-a.score, a.key, a.index} < std::tuple{-b.score, b.key, b.index};
            });
            std::shuffle(all.begin(), all.end(), random);
            std::vector<ranked> memory(n);
            ranking heap{memory};
            for (const ranked& r : all) heap.push(r);
            REQUIRE(heap.size() == n);
            std::vector<std::uint32_t> taken;
            while (!heap.empty()) {
                const ranked best = heap.best();
                const ranked top = heap.take();
                REQUIRE(best.index == top.index);
                taken.push_back(top.index);
            }
            REQUIRE(taken.size() == n);
            for (std::size_t k = 0; k < n; ++k) REQUIRE(taken[k] == sorted[k].index);
        }
    }
}

TEST_CASE("ranking: pushes between takes keep the order") {
    std::mt19937_64 random{8};
    std::vector<ranked> memory(64);
    ranking heap{memory};
    std::vector<double> inside;
    for (int k = 0; k < 5000; ++k) {
        if (heap.size() < memory.size() && (heap.empty() || random() % 2 == 0)) {
            inside.push_back(static_cast<double>(random() % 100));
            heap.push({inside.back(), 0, static_cast<std::uint32_t>(k)});
        } else {
            const auto largest = std::max_element(inside.begin(), inside.end());
            REQUIRE(heap.take().score == *largest);
            inside.erase(largest);
        }
    }
}
