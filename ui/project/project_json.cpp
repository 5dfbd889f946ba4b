// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/project/project_json.h"

#include "ui/concurrency/default_plan.h"
#include "ui/project/project_fields.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

namespace lipsync::ui {
namespace {

constexpr int kVersion = 1;
constexpr int kMostQueued = 1000;
constexpr int kWorstQuality = 51; // of H.264
constexpr std::int64_t kMostFrames = 1'000'000'000;
constexpr int kMostLayoutLetters = 1 << 20;

const std::vector<std::pair<ExportFormat, QString>> kFormats{{ExportFormat::Mp4, QStringLiteral("mp4")},
                                                             {ExportFormat::WebM, QStringLiteral("webm")},
                                                             {ExportFormat::ProRes, QStringLiteral("prores")},
                                                             {ExportFormat::PngSequence, QStringLiteral("png")}};
const std::vector<std::pair<PasteStyle, QString>> kPastes{{PasteStyle::Feathered, QStringLiteral("feathered")},
                                                          {PasteStyle::Exact, QStringLiteral("exact")}};

template <typename Enum> QString wordOf(const std::vector<std::pair<Enum, QString>>& words, Enum value)
{
    for (const auto& [one, word] : words)
        if (one == value)
            return word;
    return {};
}

template <typename Enum>
Enum parseWord(FieldReader& fields, const QString& key, const std::vector<std::pair<Enum, QString>>& words)
{
    const QString written = fields.text(key);
    for (const auto& [one, word] : words)
        if (word == written)
            return one;
    fields.refuse(key);
    return {};
}

ExportSettings parseExport(FieldReader fields, ProjectPaths& paths)
{
    ExportSettings settings;
    settings.format = parseWord(fields, QStringLiteral("format"), kFormats);
    settings.quality = static_cast<int>(fields.number(QStringLiteral("quality"), 0, kWorstQuality));
    settings.paste = parseWord(fields, QStringLiteral("paste"), kPastes);
    settings.markSynthetic = fields.flag(QStringLiteral("mark_synthetic"));
    settings.output = paths.output(fields, QStringLiteral("output"));
    return settings;
}

QJsonObject fromExport(const ExportSettings& settings, const ProjectPaths& paths)
{
    return {{QStringLiteral("format"), wordOf(kFormats, settings.format)},
            {QStringLiteral("quality"), settings.quality},
            {QStringLiteral("paste"), wordOf(kPastes, settings.paste)},
            {QStringLiteral("mark_synthetic"), settings.markSynthetic},
            {QStringLiteral("output"), paths.write(settings.output)}};
}

void parsePlayback(FieldReader fields, ProjectData& data)
{
    if (!fields.has(QStringLiteral("loop")))
        return;
    FieldReader loop = fields.object(QStringLiteral("loop"));
    const LoopRange range{loop.number(QStringLiteral("first"), 0, kMostFrames),
                          loop.number(QStringLiteral("last"), 0, kMostFrames)};
    if (range.first > range.last)
        loop.refuse(QStringLiteral("last"));
    data.loop = range;
}

QJsonObject fromPlayback(const ProjectData& data)
{
    QJsonObject playback;
    if (data.loop)
        playback.insert(QStringLiteral("loop"),
                        QJsonObject{{QStringLiteral("first"), static_cast<qint64>(data.loop->first)},
                                    {QStringLiteral("last"), static_cast<qint64>(data.loop->last)}});
    return playback;
}

void parseConcurrency(FieldReader& fields, ProjectData& data)
{
    const QString key = QStringLiteral("concurrency");
    data.plan = planOf(fields.rawObject(key));
    if (!data.plan)
        fields.refuse(key);
}

void parseQueue(FieldReader& fields, ProjectPaths& paths, ProjectData& data)
{
    const QString key = QStringLiteral("queue");
    for (const QJsonValue& value : fields.list(key, kMostQueued)) {
        FieldReader queued = fields.within(key, value);
        QueuedExport one;
        one.avatar = paths.input(queued, QStringLiteral("avatar"), ProjectPaths::Kind::QueuedAvatar);
        one.voice = paths.input(queued, QStringLiteral("voice"), ProjectPaths::Kind::QueuedVoice);
        one.features = paths.input(queued, QStringLiteral("features"), ProjectPaths::Kind::QueuedFeatures);
        one.settings = parseExport(queued.object(QStringLiteral("export")), paths);
        data.queue.push_back(one);
    }
}

QJsonArray fromQueue(const std::vector<QueuedExport>& queue, const ProjectPaths& paths)
{
    QJsonArray written;
    for (const QueuedExport& one : queue)
        written.append(QJsonObject{{QStringLiteral("avatar"), paths.write(one.avatar)},
                                   {QStringLiteral("voice"), paths.write(one.voice)},
                                   {QStringLiteral("features"), paths.write(one.features)},
                                   {QStringLiteral("export"), fromExport(one.settings, paths)}});
    return written;
}

std::optional<UnsavedWork> parseUnsaved(FieldReader& fields)
{
    if (!fields.has(QStringLiteral("unsaved")))
        return {};
    FieldReader unsaved = fields.object(QStringLiteral("unsaved"));
    UnsavedWork work{unsaved.text(QStringLiteral("file")),
                     QDateTime::fromString(unsaved.text(QStringLiteral("time")), Qt::ISODateWithMs)};
    if (!work.time.isValid())
        unsaved.refuse(QStringLiteral("time"));
    return work;
}

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ProjectFile)
};

tl::unexpected<Error> refused(const QString& sentence)
{
    return failure(ErrorCode::InvalidInput, sentence.toStdString());
}

} // namespace

Result<ReadProject> parseProject(const QByteArray& text, const QString& file, const FileCheck& exists)
{
    if (text.size() > kMostProjectBytes)
        return refused(Text::tr("%1 is too large for a project of the studio: choose another file.").arg(file));
    QJsonParseError problem{};
    const QJsonDocument document = QJsonDocument::fromJson(text, &problem);
    const QJsonObject root = document.object();
    if (!document.isObject() || root.value(QStringLiteral("format")).toString() != QLatin1String(kProjectFormat))
        return refused(
            Text::tr("%1 is no project of the studio, or it is damaged: choose another file, or a backup of it.")
                .arg(file));
    QString badField;
    FieldReader fields(root, {}, badField);
    if (fields.number(QStringLiteral("version"), 1, kMostFrames) > kVersion)
        return refused(Text::tr("%1 was written by a newer studio: open it with that one.").arg(file));

    ReadProject read;
    read.unsaved = parseUnsaved(fields);
    const bool isOfOther = read.unsaved && !read.unsaved->file.isEmpty();
    ProjectPaths paths(isOfOther ? read.unsaved->file : file, exists);
    ProjectData& data = read.data;
    data.avatar = paths.input(fields, QStringLiteral("avatar"), ProjectPaths::Kind::Avatar);
    data.voice = paths.input(fields, QStringLiteral("voice"), ProjectPaths::Kind::Voice);
    parsePlayback(fields.object(QStringLiteral("playback")), data);
    if (fields.has(QStringLiteral("concurrency")))
        parseConcurrency(fields, data);
    data.exportSettings = parseExport(fields.object(QStringLiteral("export")), paths);
    parseQueue(fields, paths, data);
    const QString layout = fields.text(QStringLiteral("layout"), kMostLayoutLetters);
    const auto bytes = QByteArray::fromBase64Encoding(layout.toLatin1(), QByteArray::AbortOnBase64DecodingErrors);
    if (bytes)
        data.layout = bytes.decoded;
    else
        fields.refuse(QStringLiteral("layout"));
    if (!badField.isEmpty())
        return refused(Text::tr("%1 cannot be opened because its field “%2” makes no sense: take a backup of it, or "
                                "mend the field in a text editor.")
                           .arg(file, badField));
    read.missing = paths.missing();
    return read;
}

QByteArray toJson(const ProjectData& data, const QString& file, const std::optional<UnsavedWork>& unsaved)
{
    const bool isOfOther = unsaved && !unsaved->file.isEmpty();
    const ProjectPaths paths(isOfOther ? unsaved->file : file, {});
    QJsonObject root{{QStringLiteral("avatar"), paths.write(data.avatar)},
                     {QStringLiteral("voice"), paths.write(data.voice)},
                     {QStringLiteral("playback"), fromPlayback(data)},
                     {QStringLiteral("export"), fromExport(data.exportSettings, paths)},
                     {QStringLiteral("queue"), fromQueue(data.queue, paths)},
                     {QStringLiteral("layout"), QString::fromLatin1(data.layout.toBase64())}};
    if (data.plan)
        root.insert(QStringLiteral("concurrency"), toJson(*data.plan));
    if (unsaved)
        root.insert(QStringLiteral("unsaved"),
                    QJsonObject{{QStringLiteral("file"), unsaved->file},
                                {QStringLiteral("time"), unsaved->time.toString(Qt::ISODateWithMs)}});
    // Qt sorts the names; what the file is has to be in its first lines all the same.
    const QByteArray first = QByteArrayLiteral("{\n    \"format\": \"") + kProjectFormat +
        "\",\n    \"version\": " + QByteArray::number(kVersion);
    return first + ",\n" + QJsonDocument(root).toJson().mid(2);
}

QueuedExport toQueuedExport(const ExportRequest& request)
{
    const auto name = [](const std::filesystem::path& path) { return QFile::decodeName(path.c_str()); };
    return {name(request.avatar),
            name(request.voice),
            name(request.features),
            {request.format, request.quality, name(request.output), request.paste, request.markSynthetic}};
}

ExportRequest toRequest(const QueuedExport& queued)
{
    const auto path = [](const QString& name) { return std::filesystem::path(QFile::encodeName(name).toStdString()); };
    ExportRequest request;
    request.avatar = path(queued.avatar);
    request.voice = path(queued.voice);
    request.features = path(queued.features);
    request.output = path(queued.settings.output);
    request.format = queued.settings.format;
    request.quality = queued.settings.quality;
    request.paste = queued.settings.paste;
    request.markSynthetic = queued.settings.markSynthetic;
    return request;
}

} // namespace lipsync::ui
