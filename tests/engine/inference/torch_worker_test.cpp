// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/torch_worker.h"

#include "nn/formula_weights.h"
#include "nn/torch_runtime.h"
#include "support/resident_memory.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <limits>
#include <thread>

using namespace lipsync;
using namespace lipsync::inference;
using scheduling::Batch;
using scheduling::BatchFailure;
using scheduling::BatchOutcome;

namespace {

constexpr int kFrames = 4;
const nn::GeneratorSpec kSmall{nn::GeneratorKind::SyncTalk2D160, nn::AudioMode::Ave, 4};

/// A store whose first `written` frames are there and differ.
std::shared_ptr<nn::TemplateCrops> testCrops(const nn::GeneratorSpec& spec, int frames, int written)
{
    auto crops = nn::TemplateCrops::create(frames, spec.cropSize());
    if (!crops)
        return {};
    for (int frame = 0; frame < written; ++frame) {
        const auto filled = (*crops)->write(frame, [&](std::span<std::uint8_t> bytes) -> Status {
            for (std::size_t i = 0; i < bytes.size(); ++i)
                bytes[i] = static_cast<std::uint8_t>((i * 2654435761u >> 24) + static_cast<std::size_t>(frame) * 31);
            return {};
        });
        if (!filled)
            return {};
    }
    return *crops;
}

std::shared_ptr<MouthContent> mouth(const nn::GeneratorSpec& spec, int frame)
{
    auto content = std::make_shared<MouthContent>();
    content->templateFrame = frame;
    content->window = nn::formulaFeatures(spec.audioElements());
    return content;
}

Batch batchOf(scheduling::ModelId model, std::vector<std::shared_ptr<const scheduling::JobContent>> contents,
              int paddedSize)
{
    return {1, model, paddedSize, std::move(contents)};
}

/// All pictures of an outcome one after the other.
std::vector<std::uint8_t> bytesOf(const BatchOutcome& outcome)
{
    std::vector<std::uint8_t> bytes;
    for (const auto& output : outcome.outputs) {
        const auto picture = static_cast<const MouthPicture&>(*output).bytes;
        bytes.insert(bytes.end(), picture.begin(), picture.end());
    }
    return bytes;
}

} // namespace

class TorchWorkerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aBatchHasTheBytesOfTheGenerator();
    void paddingChangesNoByte();
    void picturesOfABatchShareOneBufferThatComesBack();
    void workersShareANetworkPerModelAndPrecision();
    void aNetworkIsFreedWithItsLastWorker();
    void workersOnThreadsMakeTheSameBytes();
    void aBadJobFailsItsBatchWithASentence_data();
    void aBadJobFailsItsBatchWithASentence();
    void modelsThatAreNotThereAreRefused();
    void weightsThatAreGoneAreNamed();
    void aDeviceThatDoesNotExistIsNamed();
    void healthIsShownByAnInference();
    void anAbandonedWorkerGivesNothingMore();
    void fourWorkersTakeTheMemoryOfOne();

private:
    scheduling::ModelId addModel(const nn::GeneratorSpec& spec, std::shared_ptr<const nn::TemplateCrops> crops);
    std::unique_ptr<scheduling::Worker> newWorker(const TorchWorkerOptions& options = {}) const
    {
        return makeTorchWorker(m_models, m_networks, options);
    }
    std::unique_ptr<scheduling::Worker> readyWorker(const std::vector<int>& sizes) const;

    QTemporaryDir m_folder;
    std::shared_ptr<ModelRegistry> m_models = std::make_shared<ModelRegistry>();
    std::shared_ptr<SharedNetworks> m_networks = std::make_shared<SharedNetworks>();
    scheduling::ModelId m_model = 0;
};

scheduling::ModelId TorchWorkerTest::addModel(const nn::GeneratorSpec& spec,
                                              std::shared_ptr<const nn::TemplateCrops> crops)
{
    Model model;
    model.name = spec.name();
    model.spec = spec;
    model.crops = std::move(crops);
    model.weightsFile = (m_folder.path().toStdString() + "/") + spec.name() + ".safetensors";
    if (!std::filesystem::exists(model.weightsFile) &&
        !nn::writeSafetensors(model.weightsFile, nn::formulaWeights(spec)))
        return 0;
    return m_models->add(std::move(model));
}

std::unique_ptr<scheduling::Worker> TorchWorkerTest::readyWorker(const std::vector<int>& sizes) const
{
    auto worker = newWorker();
    return worker->start() && worker->prepare(m_model, sizes) ? std::move(worker) : nullptr;
}

void TorchWorkerTest::initTestCase()
{
    QVERIFY(m_folder.isValid());
    m_model = addModel(kSmall, testCrops(kSmall, kFrames, kFrames - 1));
    QVERIFY(m_model != 0);
}

void TorchWorkerTest::aBatchHasTheBytesOfTheGenerator()
{
    const auto worker = readyWorker({1, 2});
    QVERIFY(worker);
    const auto outcome = worker->run(batchOf(m_model, {mouth(kSmall, 2), mouth(kSmall, 0)}, 2));
    QVERIFY2(outcome.failure == BatchFailure::None, outcome.error.text().c_str());
    QCOMPARE(outcome.outputs.size(), std::size_t{2});
    QVERIFY(outcome.times.infer > Duration::zero() && outcome.times.input > Duration::zero());

    const auto generator = nn::Generator::create(nn::formulaWeights(kSmall), kSmall, {.threads = 1});
    const auto crops = nn::placeCrops(m_models->find(m_model)->crops, nn::Device{});
    QVERIFY(generator && crops);
    const auto window = nn::formulaFeatures(kSmall.audioElements());
    const std::vector<nn::MouthInput> mouths{{2, window}, {0, window}};
    std::vector<std::uint8_t> expected(2 * kSmall.pictureBytes());
    QVERIFY((*generator)->run(**crops, mouths, 2, expected));
    QCOMPARE(bytesOf(outcome), expected);
}

void TorchWorkerTest::paddingChangesNoByte()
{
    const auto worker = readyWorker({4});
    QVERIFY(worker);
    const auto full =
        worker->run(batchOf(m_model, {mouth(kSmall, 0), mouth(kSmall, 1), mouth(kSmall, 2), mouth(kSmall, 0)}, 4));
    const auto padded = worker->run(batchOf(m_model, {mouth(kSmall, 0), mouth(kSmall, 1), mouth(kSmall, 2)}, 4));
    const auto expected = bytesOf(full), bytes = bytesOf(padded);
    QCOMPARE(padded.outputs.size(), std::size_t{3});
    QCOMPARE(bytes.size(), 3 * kSmall.pictureBytes());
    QVERIFY(std::equal(bytes.begin(), bytes.end(), expected.begin()));
}

void TorchWorkerTest::picturesOfABatchShareOneBufferThatComesBack()
{
    const auto worker = readyWorker({2});
    QVERIFY(worker);
    const std::uint8_t* first = nullptr;
    {
        const auto outcome = worker->run(batchOf(m_model, {mouth(kSmall, 0), mouth(kSmall, 1)}, 2));
        QCOMPARE(outcome.outputs.size(), std::size_t{2});
        const auto& a = static_cast<const MouthPicture&>(*outcome.outputs[0]);
        const auto& b = static_cast<const MouthPicture&>(*outcome.outputs[1]);
        QCOMPARE(a.buffer, b.buffer);
        first = a.bytes.data();
        QCOMPARE(b.bytes.data(), first + kSmall.pictureBytes());
        const auto other = worker->run(batchOf(m_model, {mouth(kSmall, 0)}, 2)); // the first one is still in use
        QVERIFY(static_cast<const MouthPicture&>(*other.outputs[0]).bytes.data() != first);
    }
    const auto again = worker->run(batchOf(m_model, {mouth(kSmall, 2)}, 2));
    const auto next = worker->run(batchOf(m_model, {mouth(kSmall, 2)}, 2));
    QVERIFY(static_cast<const MouthPicture&>(*again.outputs[0]).bytes.data() == first ||
            static_cast<const MouthPicture&>(*next.outputs[0]).bytes.data() == first);
}

void TorchWorkerTest::workersShareANetworkPerModelAndPrecision()
{
    const auto model = m_models->find(m_model);
    const auto one = m_networks->find(model, {.threads = 1});
    const auto two = m_networks->find(model, {.threads = 2});
    const auto half = m_networks->find(model, {.precision = nn::Precision::Fp16}); // fp32 on the processor
    QVERIFY(one && two && half);
    QCOMPARE(*one, *two);
    QCOMPARE(*one, *half);
    const auto other = m_models->find(addModel(kSmall, model->crops));
    const auto third = m_networks->find(other, {});
    QVERIFY(third && *third != *one);
    QVERIFY(!(*third)->generator->sharesWeightsWith(*(*one)->generator));
}

void TorchWorkerTest::aNetworkIsFreedWithItsLastWorker()
{
    const auto crops = testCrops(kSmall, kFrames, 1);
    const std::weak_ptr<const nn::TemplateCrops> watched = crops;
    const auto number = addModel(kSmall, crops);
    auto first = newWorker(), second = newWorker();
    QVERIFY(first->prepare(number, {1}) && second->prepare(number, {1}));
    m_models->remove(number);
    QVERIFY(!m_models->find(number));
    first->release(number);
    QVERIFY(second->run(batchOf(number, {mouth(kSmall, 0)}, 1)).failure == BatchFailure::None);
    QVERIFY(first->run(batchOf(number, {mouth(kSmall, 0)}, 1)).failure == BatchFailure::Job);
    QCOMPARE(watched.use_count(), 3L); // this function's, the model's and the network's
    second.reset();
    QCOMPARE(watched.use_count(), 1L);
}

void TorchWorkerTest::workersOnThreadsMakeTheSameBytes()
{
    constexpr int kWorkers = 3;
    std::vector<std::vector<std::uint8_t>> made(kWorkers);
    {
        std::vector<std::jthread> threads;
        for (auto& bytes : made) {
            threads.emplace_back([&] {
                if (const auto worker = readyWorker({2}))
                    bytes = bytesOf(worker->run(batchOf(m_model, {mouth(kSmall, 1), mouth(kSmall, 2)}, 2)));
            });
        }
    }
    QCOMPARE(made[0].size(), 2 * kSmall.pictureBytes());
    QCOMPARE(made[1], made[0]);
    QCOMPARE(made[2], made[0]);
}

void TorchWorkerTest::aBadJobFailsItsBatchWithASentence_data()
{
    QTest::addColumn<int>("frame");
    QTest::addColumn<int>("numbers");
    QTest::addColumn<float>("number");
    QTest::addColumn<QString>("words");
    const int whole = static_cast<int>(kSmall.audioElements());
    QTest::newRow("short window") << 0 << whole - 1 << 0.0f << "takes 8192";
    QTest::newRow("long window") << 0 << whole + 1 << 0.0f << "takes 8192";
    QTest::newRow("no window") << 0 << 0 << 0.0f << "takes 8192";
    QTest::newRow("not a number") << 0 << whole << std::numeric_limits<float>::quiet_NaN() << "not finite";
    QTest::newRow("infinite") << 0 << whole << std::numeric_limits<float>::infinity() << "not finite";
    QTest::newRow("frame that is not written") << kFrames - 1 << whole << 0.0f << "frame 3";
    QTest::newRow("frame outside of the template") << kFrames << whole << 0.0f << "frame 4";
    QTest::newRow("negative frame") << -1 << whole << 0.0f << "frame -1";
}

void TorchWorkerTest::aBadJobFailsItsBatchWithASentence()
{
    QFETCH(int, frame);
    QFETCH(int, numbers);
    QFETCH(float, number);
    QFETCH(QString, words);
    const auto worker = readyWorker({1, 2});
    QVERIFY(worker);
    const auto bad = std::make_shared<MouthContent>();
    bad->templateFrame = frame;
    std::vector<float> window(static_cast<std::size_t>(numbers));
    if (!window.empty())
        window.back() = number;
    bad->window = std::move(window);
    const auto outcome = worker->run(batchOf(m_model, {mouth(kSmall, 0), bad}, 2));
    QVERIFY(outcome.failure == BatchFailure::Job);
    QVERIFY(outcome.outputs.empty());
    QVERIFY2(outcome.error.message.find(words.toStdString()) != std::string::npos, outcome.error.message.c_str());
    // The good one alone is computed.
    QVERIFY(worker->run(batchOf(m_model, {mouth(kSmall, 0)}, 1)).failure == BatchFailure::None);
}

void TorchWorkerTest::modelsThatAreNotThereAreRefused()
{
    const auto worker = newWorker();
    QVERIFY(worker->start());
    QVERIFY(!worker->prepare(4711, {1}));
    QVERIFY(!worker->prepare(m_model, {}));
    const auto outcome = worker->run(batchOf(m_model, {mouth(kSmall, 0)}, 1));
    QVERIFY(outcome.failure == BatchFailure::Job && !outcome.error.message.empty());
    worker->release(4711);
}

void TorchWorkerTest::weightsThatAreGoneAreNamed()
{
    Model model;
    model.name = "gone";
    model.spec = kSmall;
    model.crops = testCrops(kSmall, 1, 1);
    model.weightsFile = m_folder.path().toStdString() + "/gone.safetensors";
    const auto prepared = newWorker()->prepare(m_models->add(model), {1});
    QVERIFY(!prepared);
    QVERIFY2(prepared.error().message.find("gone.safetensors") != std::string::npos, prepared.error().message.c_str());
}

void TorchWorkerTest::aDeviceThatDoesNotExistIsNamed()
{
    const auto worker = newWorker({.device = "cuda:77"});
    const auto started = worker->start();
    QVERIFY(!started);
    QCOMPARE(started.error().code, ErrorCode::Resource);
    QVERIFY(started.error().message.find("cuda:77") != std::string::npos);
    QVERIFY(started.error().message.find("cpu") != std::string::npos);
    QVERIFY(!worker->prepare(m_model, {1}));
    QVERIFY(!worker->checkHealth());
}

void TorchWorkerTest::healthIsShownByAnInference()
{
    const auto worker = newWorker();
    QVERIFY(worker->start());
    QVERIFY(worker->checkHealth()); // nothing is prepared: the device is there
    QVERIFY(worker->prepare(m_model, {2, 1}));
    QVERIFY(worker->checkHealth());
    QCOMPARE(worker->processId(), 0);
}

void TorchWorkerTest::anAbandonedWorkerGivesNothingMore()
{
    const auto worker = readyWorker({1});
    QVERIFY(worker);
    std::jthread([&] { worker->abandon(); }).join();
    const auto outcome = worker->run(batchOf(m_model, {mouth(kSmall, 0)}, 1));
    QVERIFY(outcome.failure == BatchFailure::WorkerLost && outcome.outputs.empty());
}

void TorchWorkerTest::fourWorkersTakeTheMemoryOfOne()
{
    // The original's network and a template of 20 s. One runs after the other: how many compute at once, and need
    // memory for it, is the processor's number of cores (ComputeSlots), not the number of workers.
    const nn::GeneratorSpec spec{nn::GeneratorKind::SyncTalk2D328, nn::AudioMode::Ave, 32};
    constexpr int kTemplate = 500;
    const auto number = addModel(spec, testCrops(spec, kTemplate, kTemplate));
    QVERIFY(number != 0);
    std::vector<std::unique_ptr<scheduling::Worker>> workers;
    const auto addWorker = [&] {
        workers.push_back(newWorker());
        return workers.back()->prepare(number, {1}) &&
            workers.back()->run(batchOf(number, {mouth(spec, 7)}, 1)).failure == BatchFailure::None;
    };
    QVERIFY(addWorker());
    const double one = test::residentMb();
    while (workers.size() < 4)
        QVERIFY(addWorker());
    const double four = test::residentMb();
    const auto said = QString("%1 MB with one worker, %2 MB with four").arg(one, 0, 'f', 0).arg(four, 0, 'f', 0);
    QVERIFY2(four <= 1.15 * one, qPrintable(said));
    constexpr double kMostMbAWorker = 120;
    QVERIFY2((four - one) / 3 <= kMostMbAWorker, qPrintable(said));
    qInfo("%s", qPrintable(said));
}

int main(int argc, char** argv)
{
    nn::keepMemoryBlocks();
    QCoreApplication application(argc, argv);
    TorchWorkerTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "torch_worker_test.moc"
