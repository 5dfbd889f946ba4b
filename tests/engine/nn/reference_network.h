// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The LibTorch modules as plain numbers, so that tests with Qt need no LibTorch header.

#include "nn/network_spec.h"
#include "nn/weight_set.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lipsync::test {

/// A tensor on the host, row-major.
struct HostTensor {
    std::vector<std::int64_t> shape;
    std::vector<float> values;
};

/// Form of a network: as it is trained, or with every BatchNorm merged into its convolution.
enum class Form { Plain, Folded };

/// Every name of the state_dict with its shape, `num_batches_tracked` included, sorted as bytes.
using KeyTable = std::map<std::string, std::vector<std::int64_t>>;
KeyTable generatorKeys(const nn::GeneratorSpec& spec);
KeyTable audioEncoderKeys();

/// Numbers that training changes.
std::int64_t trainableNumbers(const nn::GeneratorSpec& spec);
std::int64_t trainableNumbersOfAudioEncoder();

/// One forward pass of a generator with these weights. `pictures`: B×6×S×S in [0,1], `windows`: B × audioShape.
HostTensor forwardGenerator(const nn::GeneratorSpec& spec, const nn::WeightSet& weights, Form form,
                            const std::vector<float>& pictures, const std::vector<float>& windows, int batch = 1);

/// One forward pass of the audio encoder; `mel`: B×1×80×16.
HostTensor forwardAudioEncoder(const nn::WeightSet& weights, Form form, const std::vector<float>& mel, int batch);

/// How many threads LibTorch computes with on the calling one.
int torchThreads();

/// What comes out of every named module of a generator with formula weights and inputs, batch 1.
std::map<std::string, HostTensor> generatorStages(const nn::GeneratorSpec& spec);

} // namespace lipsync::test
