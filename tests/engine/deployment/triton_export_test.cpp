// SPDX-License-Identifier: GPL-3.0-or-later
// Avatars as models of a Triton repository: what is written, and what is never overwritten.
#include "deployment/triton_export.h"

#include "base/file_system.h"
#include "deployment/triton_config.h"

#include "support/test_avatar.h"

#include <google/protobuf/text_format.h>
#include <open_inference.pb.h>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
namespace fs = std::filesystem;
namespace kserve = ::inference;

namespace {

kserve::ModelConfig parsed(const std::string& text)
{
    kserve::ModelConfig config;
    if (!google::protobuf::TextFormat::ParseFromString(text, &config))
        config.set_name("no configuration");
    return config;
}

std::string contentOf(const fs::path& file)
{
    constexpr std::size_t kMost = 1 << 20;
    const auto bytes = readFile(file, kMost);
    return bytes ? std::string(bytes->begin(), bytes->end()) : std::string();
}

std::string parameter(const kserve::ModelConfig& config, const char* name)
{
    const auto found = config.parameters().find(name);
    return found == config.parameters().end() ? "missing" : found->second.string_value();
}

} // namespace

class TritonExportTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_root = m_temporary.path().toStdString();
        QVERIFY(test::makeTestAvatar(m_root / "anna.avatar").has_value());
        m_avatar = avatar::AvatarPackage::open(m_root / "anna.avatar").value();
    }

    void init() { fs::remove_all(m_root / "models"); }

    void aModelIsWritten()
    {
        const auto exported = deployment::exportTriton(*m_avatar, options());
        QVERIFY2(exported, exported ? "" : exported.error().text().c_str());
        QCOMPARE(exported->name, std::string("anna"));
        QVERIFY(exported->folder == m_root / "models" / "anna");
        QVERIFY(exported->likeness.isSame());
        QVERIFY(fs::file_size(exported->folder / "1" / "model.pt") > 10'000);
        QCOMPARE(namesIn(m_root / "models"), (std::vector<std::string>{"anna"})); // nothing unfinished is left
        QCOMPARE(namesIn(exported->folder), (std::vector<std::string>{"1", "config.pbtxt"}));
        const auto config = parsed(contentOf(exported->folder / "config.pbtxt"));
        QCOMPARE(config.name(), std::string("anna"));
        QCOMPARE(config.backend(), std::string("pytorch"));
        QCOMPARE(config.platform(), std::string("pytorch_libtorch"));
        QCOMPARE(config.input(0).name(), std::string("INPUT__0"));
        QCOMPARE(config.input(0).data_type(), kserve::TYPE_UINT8);
        QCOMPARE(config.input(0).dims(0), std::int64_t{160});
        QCOMPARE(config.input(1).data_type(), kserve::TYPE_FP32);
        QCOMPARE(config.output(0).name(), std::string("OUTPUT__0"));
        QCOMPARE(config.output(0).dims_size(), 3);
        QCOMPARE(parameter(config, "weights_sha256"), m_avatar->manifest().generatorHash());
    }

    void thePlanDecidesInstancesBatchesAndWaits()
    {
        ConcurrencyPlan plan;
        plan.devices = {{"cpu", 3}, {"cuda:1", 2}, {"elsewhere:7000", 5}};
        plan.threadsPerWorker = 2;
        plan.batchSizes = {1, 2, 8};
        plan.maxWaitMs = 2.5;
        const auto spec = m_avatar->manifest().network;
        auto config = parsed(deployment::tritonConfig({"anna", spec, "hash"}, plan));
        QCOMPARE(config.max_batch_size(), 8);
        QCOMPARE(config.instance_group_size(), 2); // a server knows no workers of other machines
        QCOMPARE(config.instance_group(0).kind(), kserve::ModelInstanceGroup::KIND_CPU);
        QCOMPARE(config.instance_group(0).count(), 3);
        QCOMPARE(config.instance_group(1).kind(), kserve::ModelInstanceGroup::KIND_GPU);
        QCOMPARE(config.instance_group(1).gpus(0), 1);
        QCOMPARE(config.instance_group(1).count(), 2);
        const auto& batching = config.dynamic_batching();
        QCOMPARE(batching.max_queue_delay_microseconds(), std::uint64_t{2500});
        QCOMPARE(batching.preferred_batch_size_size(), 1); // whoever waits, waits for the largest
        QCOMPARE(batching.preferred_batch_size(0), 8);
        QCOMPARE(batching.priority_levels(), std::uint64_t{2});
        QCOMPARE(parameter(config, "INTRA_OP_THREAD_COUNT"), std::string("2"));
        QCOMPARE(parameter(config, "ENABLE_WEIGHT_SHARING"), std::string("true"));

        plan.devices = {{"cuda:0", 1}};
        plan.maxWaitMs = 0;
        config = parsed(deployment::tritonConfig({"anna", spec, "hash"}, plan));
        QCOMPARE(config.dynamic_batching().preferred_batch_size_size(), 3);
        QCOMPARE(parameter(config, "INTRA_OP_THREAD_COUNT"), std::string("missing"));
    }

    void aModelThatIsThereStaysUnlessItMayBeReplaced()
    {
        QVERIFY(deployment::exportTriton(*m_avatar, options()).has_value());
        const auto mark = m_root / "models" / "anna" / "mark";
        QVERIFY(writeFile(mark, "mine").has_value());
        const auto refused = deployment::exportTriton(*m_avatar, options());
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().code, ErrorCode::Usage);
        QVERIFY2(refused.error().message.find("--force") != std::string::npos, refused.error().message.c_str());
        QVERIFY(fs::exists(mark));
        auto replacing = options();
        replacing.replaces = true;
        QVERIFY(deployment::exportTriton(*m_avatar, replacing).has_value());
        QVERIFY(!fs::exists(mark));
        QCOMPARE(namesIn(m_root / "models"), (std::vector<std::string>{"anna"}));
        auto another = options();
        another.name = "anna-2";
        QVERIFY(deployment::exportTriton(*m_avatar, another).has_value());
        QCOMPARE(namesIn(m_root / "models"), (std::vector<std::string>{"anna", "anna-2"}));
    }

    void whatIsNoModelIsNeverRemoved()
    {
        auto replacing = options();
        replacing.replaces = true;
        fs::create_directories(m_root / "models" / "anna" / "letters");
        QCOMPARE(deployment::exportTriton(*m_avatar, replacing).error().code, ErrorCode::Usage);
        QVERIFY(fs::exists(m_root / "models" / "anna" / "letters"));
        fs::remove_all(m_root / "models" / "anna");
        QVERIFY(writeFile(m_root / "models" / "anna", "a file").has_value());
        QCOMPARE(deployment::exportTriton(*m_avatar, replacing).error().code, ErrorCode::Usage);
        fs::remove_all(m_root / "models" / "anna");
        fs::create_directories(m_root / "real");
        QVERIFY(writeFile(m_root / "real" / "config.pbtxt", "").has_value());
        fs::create_directory_symlink(m_root / "real", m_root / "models" / "anna");
        QCOMPARE(deployment::exportTriton(*m_avatar, replacing).error().code, ErrorCode::Usage);
        QVERIFY(fs::exists(m_root / "real" / "config.pbtxt"));
    }

    void namesThatAreNoneAreRefused()
    {
        for (const char* name : {"../anna", ".anna", "-anna", "anna müller", "a/b", "a b"}) {
            auto named = options();
            named.name = name;
            const auto exported = deployment::exportTriton(*m_avatar, named);
            QVERIFY2(!exported.has_value(), name);
            QCOMPARE(exported.error().code, ErrorCode::Usage);
        }
        QVERIFY(!fs::exists(m_root / "models"));
        auto remote = options();
        remote.plan.devices = {{"host:7000", 1}};
        QCOMPARE(deployment::exportTriton(*m_avatar, remote).error().code, ErrorCode::Usage);
        auto inside = options();
        inside.repository = m_root / "anna.avatar";
        QCOMPARE(deployment::exportTriton(*m_avatar, inside).error().code, ErrorCode::Usage);
    }

    void aRepositoryThatCannotBeWrittenIsNamed()
    {
        auto blocked = options();
        blocked.repository = m_root / "a file";
        QVERIFY(writeFile(blocked.repository, "no folder").has_value());
        const auto exported = deployment::exportTriton(*m_avatar, blocked);
        QVERIFY(!exported.has_value());
        QCOMPARE(exported.error().code, ErrorCode::Resource);
        QVERIFY2(exported.error().message.find("a file") != std::string::npos, exported.error().message.c_str());
    }

    void anAvatarThatIsNotTrainedIsRefused()
    {
        const auto folder = m_root / "prepared.avatar";
        QVERIFY(test::makeTestAvatar(folder).has_value());
        const auto text = contentOf(folder / avatar::kManifestFile);
        auto manifest = avatar::parseManifest(text).value();
        for (const char* file : {manifest.generatorFile(), avatar::kAudioEncoderFile}) {
            fs::remove(folder / file);
            manifest.fileHashes.erase(file);
        }
        QVERIFY(writeFile(folder / avatar::kManifestFile, avatar::toJson(manifest)).has_value());
        const auto prepared = avatar::AvatarPackage::open(folder);
        QVERIFY2(prepared, prepared ? "" : prepared.error().text().c_str());
        const auto exported = deployment::exportTriton(**prepared, options());
        QVERIFY(!exported.has_value());
        QCOMPARE(exported.error().code, ErrorCode::InvalidInput);
        QVERIFY(!fs::exists(m_root / "models"));
    }

private:
    deployment::TritonExportOptions options() const
    {
        deployment::TritonExportOptions options;
        options.repository = m_root / "models";
        return options;
    }

    static std::vector<std::string> namesIn(const fs::path& folder)
    {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(folder))
            names.push_back(entry.path().filename().string());
        std::ranges::sort(names);
        return names;
    }

    QTemporaryDir m_temporary;
    fs::path m_root;
    std::shared_ptr<const avatar::AvatarPackage> m_avatar;
};

QTEST_GUILESS_MAIN(TritonExportTest)
#include "triton_export_test.moc"
