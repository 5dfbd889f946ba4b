// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/tensor_heap.h"

#include <cstdint>
#include <cstring>
#include <random>
#include <thread>

#include <QTest>

using namespace lipsync::nn;

class TensorHeapTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void blocksAreAlignedAndApart()
    {
        const auto heap = std::make_shared<TensorHeap>();
        auto* a = static_cast<char*>(heap->allocate(1));
        auto* b = static_cast<char*>(heap->allocate(100));
        QVERIFY(a && b);
        QCOMPARE(reinterpret_cast<std::uintptr_t>(a) % 64, std::uintptr_t{0});
        QCOMPARE(reinterpret_cast<std::uintptr_t>(b) % 64, std::uintptr_t{0});
        QVERIFY(b >= a + 64 || a >= b + 128);
    }

    void aRunFindsTheBlocksOfTheRunBefore()
    {
        const auto heap = std::make_shared<TensorHeap>();
        std::vector<void*> first, second;
        for (auto* blocks : {&first, &second}) {
            for (std::size_t size : {1000, 500000, 20, 3000000})
                blocks->push_back(heap->allocate(size));
            for (auto* block : *blocks)
                heap->free(block);
        }
        QVERIFY(first == second);
    }

    void freedNeighboursBecomeOnePiece()
    {
        const auto heap = std::make_shared<TensorHeap>();
        std::vector<void*> blocks;
        for (int i = 0; i < 8; ++i)
            blocks.push_back(heap->allocate(1 << 20));
        auto* guard = heap->allocate(64);
        for (int i : {1, 3, 0, 2, 7, 5, 6, 4})
            heap->free(blocks[static_cast<std::size_t>(i)]);
        QCOMPARE(heap->allocate(8 << 20), blocks.front());
        heap->free(guard);
    }

    void moreThanTheHeapHasIsRefused()
    {
        const auto heap = std::make_shared<TensorHeap>();
        QVERIFY(!heap->allocate(std::size_t{1} << 40));
        QVERIFY(heap->allocate(1 << 20));
    }

    void blocksKeepTheirContentWhoeverFreesThem()
    {
        const auto heap = std::make_shared<TensorHeap>();
        struct Block {
            unsigned char* memory;
            std::size_t size;
            unsigned char mark;
        };
        std::vector<Block> blocks;
        std::mt19937 random(1);
        for (int round = 0; round < 2000; ++round) {
            const auto size = std::size_t{1} + random() % 100000;
            auto* memory = static_cast<unsigned char*>(heap->allocate(size));
            const auto mark = static_cast<unsigned char>(round);
            std::memset(memory, mark, size);
            blocks.push_back({memory, size, mark});
            if (blocks.size() < 40)
                continue;
            std::swap(blocks[random() % blocks.size()], blocks.back());
            const auto block = blocks.back();
            blocks.pop_back();
            QCOMPARE(block.memory[0], block.mark);
            QCOMPARE(block.memory[block.size - 1], block.mark);
            if (round % 100 == 0)
                std::jthread([&] { heap->free(block.memory); }).join();
            else
                heap->free(block.memory);
        }
    }
};

QTEST_GUILESS_MAIN(TensorHeapTest)
#include "tensor_heap_test.moc"
