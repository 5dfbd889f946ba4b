// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/worker_request.h"

#include <functional>

#include <QTest>

using namespace lipsync;
using namespace lipsync::inference;

namespace {

ModelRequest requestFor(const nn::GeneratorSpec& spec)
{
    ModelRequest request;
    request.model = 3;
    request.name = "somebody";
    request.weightsHash = std::string(64, 'a');
    request.weightsFile = "/avatars/somebody.avatar/generator.safetensors";
    request.cropsPath = "/proc/1/fd/3";
    request.spec = spec;
    request.frameCount = 5;
    request.batchSizes = {1, 4};
    return request;
}

nn::GeneratorSpec ownNetwork()
{
    nn::CustomGeometry geometry;
    geometry.pictureSize = 128;
    geometry.cropBorder = 3;
    geometry.mask = {1, 60, 126, 60};
    geometry.order = nn::PictureOrder::MaskedFirst;
    geometry.audioShape = {16, 32, 32};
    geometry.featureRows = 8;
    geometry.soundFirst = true;
    return {nn::GeneratorKind::TorchScript, nn::AudioMode::Hubert, 32, geometry};
}

} // namespace

class WorkerRequestTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyNetworkIsUnderstoodByTheOtherSide()
    {
        auto networks = nn::knownGenerators();
        networks.push_back(ownNetwork());
        for (const auto& network : networks) {
            const auto request = requestFor(network);
            const auto read = parseModelRequest(toWire(request));
            QVERIFY2(read, read ? "" : read.error().message.c_str());
            QVERIFY(read->isSameModel(request));
        }
    }

    void networksThatCannotBeAreRefused()
    {
        const auto refused = [](const std::function<void(nn::GeneratorSpec&)>& change) {
            auto network = ownNetwork();
            change(network);
            return !parseModelRequest(toWire(requestFor(network))).has_value();
        };
        QVERIFY(refused([](auto& network) { network.custom.reset(); }));
        QVERIFY(refused([](auto& network) { network.custom->pictureSize = 1 << 30; }));
        QVERIFY(refused([](auto& network) { network.custom->mask[2] = 128; }));
        QVERIFY(refused([](auto& network) { network.custom->audioShape = {1 << 20, 1 << 20, 1 << 20}; }));
        QVERIFY(refused([](auto& network) { network.custom->featureRows = 0; }));
        QVERIFY(refused([](auto& network) { network = {nn::GeneratorKind::Wav2Lip96, nn::AudioMode::Ave, 32}; }));
    }
};

QTEST_GUILESS_MAIN(WorkerRequestTest)
#include "worker_request_test.moc"
