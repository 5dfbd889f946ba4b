// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "check_bench.h"

#include <optional>

namespace lipsync::gpu_check {

/// Prints the one table of the check on standard output, row by row, in a form that a README takes.
class CheckTable {
public:
    explicit CheckTable(std::vector<int> batchSizes);

    const std::vector<int>& batchSizes() const { return m_batchSizes; }

    void printHead() const;
    void printRow(const Setting& setting, const std::optional<Accuracy>& accuracy,
                  const Result<std::vector<Speed>>& speeds) const;
    /// What the rows of one worker with kernels of our own reached of what the device can: head and rows.
    static void printWorkHead();
    void printWork(const Setting& setting, const std::vector<Speed>& speeds, const std::vector<FrameWork>& work) const;
    void printPlainRow(const std::string& device, const Result<std::vector<Speed>>& speeds) const;

private:
    void printSpeeds(const Result<std::vector<Speed>>& speeds) const;

    const std::vector<int> m_batchSizes;
};

} // namespace lipsync::gpu_check
