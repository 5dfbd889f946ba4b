// SPDX-License-Identifier: GPL-3.0-or-later
// The networks compute what the original Python modules compute. The numbers come from golden_forward.json and the key
// tables of the lipsync-models specification (section 7), made with the originals in float64 and formula weights.
#include "engine/nn/reference_network.h"

#include "base/file_system.h"
#include "nn/formula_weights.h"

#include <QFile>
#include <QTest>

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

using namespace lipsync;
using namespace lipsync::nn;
using namespace lipsync::test;

namespace {

constexpr double kTolerance = 1e-4;

struct Golden {
    std::vector<std::int64_t> shape;
    double mean, deviation, smallest, largest;
    std::map<std::size_t, double> samples; // flat index and value
};

const Golden kGolden328{{1, 3, 320, 320},
                        0.33269407250094657,
                        0.047047123534878915,
                        0.1956059135191835,
                        0.6630261796910083,
                        {{0, 0.48253162375527486},
                         {1, 0.4695345029981262},
                         {43885, 0.30184142949552717},
                         {61440, 0.4206258192434435},
                         {102400, 0.49079872063203855},
                         {153600, 0.4105567868357177},
                         {204800, 0.4774755621105051},
                         {307198, 0.4747092360660234},
                         {307199, 0.4933302032307391}}};
const Golden kGolden160{{1, 3, 160, 160},
                        0.40859307150631924,
                        0.15073925022839316,
                        0.11645518358863508,
                        0.6347366323512091,
                        {{0, 0.49420971326404006},
                         {1, 0.49749614146560894},
                         {10971, 0.603762266224754},
                         {15360, 0.46464148187334753},
                         {25600, 0.47045020208456634},
                         {38400, 0.26997311270732927},
                         {51200, 0.5133826936128033},
                         {76798, 0.49923742980877955},
                         {76799, 0.4878975234068916}}};
const Golden kGoldenWav2Lip{{1, 3, 96, 96},
                            0.4723760484165127,
                            0.2867372297098737,
                            0.0004879496403033748,
                            0.9924770013178568,
                            {{0, 0.46150475304220584},
                             {1, 0.350689054622927},
                             {3949, 0.16608442477568716},
                             {5529, 0.10003493739088971},
                             {9216, 0.5996425894499202},
                             {13824, 0.7247303150869211},
                             {18432, 0.4946486425116961},
                             {27646, 0.5651632258254468},
                             {27647, 0.4888664926503286}}};
const Golden kGoldenUltralight{{1, 3, 160, 160},
                               0.40717079534979606,
                               0.14034805019832824,
                               0.1310455257908417,
                               0.6304293699032156,
                               {{0, 0.49308649453651987},
                                {1, 0.49919884722701696},
                                {10971, 0.5935880657641301},
                                {15360, 0.4742504400190871},
                                {25600, 0.466322998124617},
                                {38400, 0.23487081301925208},
                                {51200, 0.5147679811140354},
                                {76798, 0.5037223917835306},
                                {76799, 0.48814797573673463}}};
const Golden kGoldenEncoder{{2, 512},
                            6.400917302187412,
                            9.045219740733177,
                            0.0,
                            42.76989575865942,
                            {{0, 15.891616678620109},
                             {1, 25.62948894526496},
                             {146, 0.0},
                             {204, 0.0},
                             {341, 11.186283183561946},
                             {512, 17.143682770734806},
                             {682, 0.0},
                             {1022, 16.010156807313372},
                             {1023, 0.0}}};

bool near(double measured, double expected, double tolerance = kTolerance)
{
    return std::abs(measured - expected) <= tolerance; // false for NaN
}

double meanOf(const std::vector<float>& values)
{
    double sum = 0;
    for (const float value : values)
        sum += value;
    return sum / static_cast<double>(values.size());
}

double deviationOf(const std::vector<float>& values)
{
    const double mean = meanOf(values);
    double sum = 0;
    for (const float value : values)
        sum += (value - mean) * (value - mean);
    return std::sqrt(sum / static_cast<double>(values.size()));
}

/// Empty when the tensor is the golden one, otherwise what differs.
QString differenceFrom(const Golden& golden, const HostTensor& tensor)
{
    if (tensor.shape != golden.shape)
        return "the shape";
    if (!near(meanOf(tensor.values), golden.mean))
        return QString("the mean: %1").arg(meanOf(tensor.values), 0, 'g', 12);
    if (!near(deviationOf(tensor.values), golden.deviation))
        return QString("the standard deviation: %1").arg(deviationOf(tensor.values), 0, 'g', 12);
    const auto [smallest, largest] = std::ranges::minmax(tensor.values);
    if (!near(smallest, golden.smallest) || !near(largest, golden.largest))
        return QString("the range: %1 to %2").arg(smallest).arg(largest);
    for (const auto& [index, value] : golden.samples) {
        if (!near(tensor.values[index], value))
            return QString("number %1: %2").arg(index).arg(tensor.values[index], 0, 'g', 12);
    }
    return {};
}

GeneratorSpec generator(GeneratorKind kind, AudioMode mode)
{
    return {kind, mode, 32};
}

HostTensor formulaForward(const GeneratorSpec& spec, Form form)
{
    const auto window =
        spec.mode == AudioMode::Mel ? formulaMel(spec.audioElements()) : formulaFeatures(spec.audioElements());
    return forwardGenerator(spec, formulaWeights(spec), form, formulaPicture(2 * spec.pictureBytes()), window);
}

/// A tensor's name as our networks have it: Ultralight's present dialect leaves two numbers out (section 5.4).
std::string canonical(const QByteArray& name)
{
    auto mapped = QString::fromUtf8(name);
    if (mapped.startsWith("inc.inconv.conv."))
        mapped.replace("inc.inconv.", "inc.inconv.0.");
    mapped.replace("maxpool_conv.double_conv.", "maxpool_conv.0.double_conv.");
    return mapped.toStdString();
}

/// A file of the specification, which lies beside the project where it is developed.
std::filesystem::path specification(const std::string& file)
{
    return std::filesystem::path(LIPSYNC_SOURCE_DIR) / "../shared/spec" / file;
}

/// "[64, 32, 1, 1]" as numbers.
std::vector<std::int64_t> parseShape(const QByteArray& text)
{
    std::vector<std::int64_t> shape;
    for (const auto& side : text.mid(1, text.size() - 2).split(',')) {
        if (!side.trimmed().isEmpty())
            shape.push_back(side.trimmed().toLongLong());
    }
    return shape;
}

} // namespace

class GoldenTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void formulaNumbersAreTheSpecifiedOnes();
    void generatorsGiveTheGoldenPictures_data();
    void generatorsGiveTheGoldenPictures();
    void audioEncoderGivesTheGoldenFeatures();
    void everyStageOfTheGeneratorsIsTheGoldenOne_data();
    void everyStageOfTheGeneratorsIsTheGoldenOne();
    void foldingBatchNormKeepsTheOutput_data();
    void foldingBatchNormKeepsTheOutput();
    void foldingBatchNormKeepsTheFeatures();
    void networksHaveTheirKnownSize_data();
    void networksHaveTheirKnownSize();
    void keysAreThoseOfTheCheckpoints_data();
    void keysAreThoseOfTheCheckpoints();
};

void GoldenTest::formulaNumbersAreTheSpecifiedOnes()
{
    const double first[] = {-0.98446973, 0.24463918, -0.94045081};
    const double picture[] = {-0.70313616, 0.88528139, -0.49689275};
    for (std::uint32_t j = 0; j < 3; ++j) {
        QVERIFY(near(formulaNumber(j, 0), first[j], 5e-9));
        QVERIFY(near(formulaNumber(j, 100000), picture[j], 5e-9));
        QVERIFY(near(formulaPicture(3)[j], 0.5 + 0.5 * picture[j], 1e-7));
        QVERIFY(near(formulaFeatures(3)[j], formulaNumber(j, 100001), 1e-7));
        QVERIFY(near(formulaMel(3)[j], 4 * formulaNumber(j, 100002), 1e-6));
    }
}

void GoldenTest::generatorsGiveTheGoldenPictures_data()
{
    QTest::addColumn<int>("form");
    QTest::newRow("plain") << static_cast<int>(Form::Plain);
    QTest::newRow("folded") << static_cast<int>(Form::Folded);
}

void GoldenTest::generatorsGiveTheGoldenPictures()
{
    QFETCH(int, form);
    const auto large = generator(GeneratorKind::SyncTalk2D328, AudioMode::Ave);
    QCOMPARE(differenceFrom(kGolden328, formulaForward(large, static_cast<Form>(form))), QString());
    const auto small = generator(GeneratorKind::SyncTalk2D160, AudioMode::Ave);
    QCOMPARE(differenceFrom(kGolden160, formulaForward(small, static_cast<Form>(form))), QString());
    const auto ultralight = generator(GeneratorKind::Ultralight160, AudioMode::Hubert);
    QCOMPARE(differenceFrom(kGoldenUltralight, formulaForward(ultralight, static_cast<Form>(form))), QString());
    const auto wav2Lip = generator(GeneratorKind::Wav2Lip96, AudioMode::Mel);
    QCOMPARE(differenceFrom(kGoldenWav2Lip, formulaForward(wav2Lip, static_cast<Form>(form))), QString());
}

void GoldenTest::audioEncoderGivesTheGoldenFeatures()
{
    const auto mel = formulaMel(std::size_t{2} * 80 * 16);
    QCOMPARE(differenceFrom(kGoldenEncoder, forwardAudioEncoder(formulaAudioEncoderWeights(), Form::Plain, mel, 2)),
             QString());
}

void GoldenTest::everyStageOfTheGeneratorsIsTheGoldenOne_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("kind");
    QTest::newRow("328") << "synctalk2d_328_ave" << static_cast<int>(GeneratorKind::SyncTalk2D328);
    QTest::newRow("160") << "synctalk2d_160_ave" << static_cast<int>(GeneratorKind::SyncTalk2D160);
}

void GoldenTest::everyStageOfTheGeneratorsIsTheGoldenOne()
{
    QFETCH(QString, name);
    QFETCH(int, kind);
    const auto file = specification("golden_forward.json");
    if (!std::filesystem::exists(file))
        QSKIP(
            "The specification's golden_forward.json is not beside this checkout; the outputs are checked without it.");
    const auto text = readFile(file, std::size_t{64} << 20);
    QVERIFY(text.has_value());
    const auto golden = nlohmann::json::parse(text->begin(), text->end())[name.toStdString()]["stages"];

    const auto stages = generatorStages(generator(static_cast<GeneratorKind>(kind), AudioMode::Ave));
    QCOMPARE(stages.size(), golden.size());
    for (const auto& [stage, tensor] : stages) {
        QVERIFY2(golden.contains(stage), stage.c_str());
        const auto& expected = golden[stage]; // shape, mean, standard deviation, first, last
        QVERIFY2(expected[0].get<std::vector<std::int64_t>>() == tensor.shape, stage.c_str());
        QVERIFY2(near(meanOf(tensor.values), expected[1]), stage.c_str());
        QVERIFY2(near(deviationOf(tensor.values), expected[2]), stage.c_str());
        QVERIFY2(near(tensor.values.front(), expected[3]), stage.c_str());
        QVERIFY2(near(tensor.values.back(), expected[4]), stage.c_str());
    }
}

void GoldenTest::foldingBatchNormKeepsTheOutput_data()
{
    QTest::addColumn<int>("index");
    int index = 0;
    for (const auto& spec : knownGenerators())
        QTest::newRow(spec.name().c_str()) << index++;
}

void GoldenTest::foldingBatchNormKeepsTheOutput()
{
    QFETCH(int, index);
    const auto spec = knownGenerators()[static_cast<std::size_t>(index)];
    const auto plain = formulaForward(spec, Form::Plain), folded = formulaForward(spec, Form::Folded);
    QVERIFY(plain.shape == folded.shape);
    for (std::size_t i = 0; i < plain.values.size(); ++i)
        QVERIFY(near(folded.values[i], plain.values[i]));
}

void GoldenTest::foldingBatchNormKeepsTheFeatures()
{
    const auto weights = formulaAudioEncoderWeights();
    const auto mel = formulaMel(std::size_t{2} * 80 * 16);
    const auto plain = forwardAudioEncoder(weights, Form::Plain, mel, 2);
    const auto folded = forwardAudioEncoder(weights, Form::Folded, mel, 2);
    for (std::size_t i = 0; i < plain.values.size(); ++i)
        QVERIFY(near(folded.values[i], plain.values[i]));
}

void GoldenTest::networksHaveTheirKnownSize_data()
{
    // Source: specification, sections 1.5, 1.8, 3.2, 3.3 and 4.3.
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("mode");
    QTest::addColumn<qint64>("numbers");
    QTest::addColumn<int>("keys");
    const auto row = [](const char* name, GeneratorKind kind, AudioMode mode, qint64 numbers, int keys) {
        QTest::newRow(name) << static_cast<int>(kind) << static_cast<int>(mode) << numbers << keys;
    };
    row("328 ave", GeneratorKind::SyncTalk2D328, AudioMode::Ave, 12186935, 556);
    row("328 hubert", GeneratorKind::SyncTalk2D328, AudioMode::Hubert, 12186935, 556);
    row("328 wenet", GeneratorKind::SyncTalk2D328, AudioMode::Wenet, 12986871, 556);
    row("160 ave", GeneratorKind::SyncTalk2D160, AudioMode::Ave, 12163591, 484);
    row("160 hubert", GeneratorKind::SyncTalk2D160, AudioMode::Hubert, 12163591, 484);
    row("160 wenet", GeneratorKind::SyncTalk2D160, AudioMode::Wenet, 12963527, 484);
    row("Ultralight hubert", GeneratorKind::Ultralight160, AudioMode::Hubert, 12159591, 484);
    row("Wav2Lip 96", GeneratorKind::Wav2Lip96, AudioMode::Mel, 36298035, 352);
    row("Wav2Lip 256", GeneratorKind::Wav2Lip256, AudioMode::Mel, 53605683, 380);
}

void GoldenTest::networksHaveTheirKnownSize()
{
    QFETCH(int, kind);
    QFETCH(int, mode);
    QFETCH(qint64, numbers);
    QFETCH(int, keys);
    const auto spec = generator(static_cast<GeneratorKind>(kind), static_cast<AudioMode>(mode));
    QCOMPARE(static_cast<qint64>(trainableNumbers(spec)), numbers);
    QCOMPARE(static_cast<int>(generatorKeys(spec).size()), keys);
    QCOMPARE(trainableNumbersOfAudioEncoder(), std::int64_t{2812672});
    QCOMPARE(audioEncoderKeys().size(), std::size_t{91});
}

void GoldenTest::keysAreThoseOfTheCheckpoints_data()
{
    QTest::addColumn<int>("index");
    int index = 0;
    for (const auto& spec : knownGenerators())
        QTest::newRow(spec.name().c_str()) << index++;
    QTest::newRow("ave_audio_encoder") << index;
}

void GoldenTest::keysAreThoseOfTheCheckpoints()
{
    QFETCH(int, index);
    QFile file(QString::fromStdString(specification("keys").string()) + "/" + QTest::currentDataTag() + ".tsv");
    if (!file.open(QIODevice::ReadOnly))
        QSKIP(
            "The specification's key tables are not beside this checkout; sizes and counts are checked without them.");
    const auto specs = knownGenerators();
    const auto number = static_cast<std::size_t>(index);
    const auto keys = number < specs.size() ? generatorKeys(specs[number]) : audioEncoderKeys();

    std::size_t rows = 0;
    for (QByteArray line = file.readLine().trimmed(); !line.isEmpty(); line = file.readLine().trimmed(), ++rows) {
        const auto columns = line.split('\t');
        const auto found = keys.find(canonical(columns[0]));
        QVERIFY2(found != keys.end(), line.constData());
        QVERIFY2(found->second == parseShape(columns[1]), line.constData());
    }
    QCOMPARE(rows, keys.size());
}

QTEST_GUILESS_MAIN(GoldenTest)
#include "golden_test.moc"
