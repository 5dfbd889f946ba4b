// SPDX-License-Identifier: GPL-3.0-or-later
#include "importing/archive.h"
#include "importing/archive_writing.h"

#include <fstream>
#include <iterator>

#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using namespace lipsync::importing;
namespace fs = std::filesystem;

namespace {

std::string read(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

} // namespace

/// Archives of texts.
class ArchiveWritingTest final : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    fs::path place(const char* name) const { return fs::path(m_folder.path().toStdString()) / name; }

private Q_SLOTS:
    void whatIsWrittenIsUnpackedAgain()
    {
        const std::vector<ZipText> texts{
            {"log.txt", std::string(100000, 'x') + "äöü\n"}, {"empty.txt", {}}, {"more/trace.json", "{}"}};
        QVERIFY(writeZip(place("texts.zip"), texts));
        QVERIFY(isZip(place("texts.zip")));
        QVERIFY(fs::file_size(place("texts.zip")) < 10000); // it is compressed
        fs::create_directory(place("out"));
        const auto unpacked = unpackZip(place("texts.zip"), place("out"), [](const std::string&) { return true; });
        QVERIFY2(unpacked, unpacked ? "" : unpacked.error().message.c_str());
        for (const auto& [name, text] : texts)
            QVERIFY2(read(place("out") / name) == text, name.c_str());
    }

    void anArchiveThatIsThereIsReplaced()
    {
        QVERIFY(writeZip(place("again.zip"), {{"old.txt", "old"}}));
        QVERIFY(writeZip(place("again.zip"), {{"new.txt", "new"}}));
        QVERIFY(zipHolds(place("again.zip"), "new.txt"));
        QVERIFY(!zipHolds(place("again.zip"), "old.txt"));
    }

    void aFolderThatIsNotThereIsToldAndNothingIsLeft()
    {
        const auto written = writeZip(place("no/such/folder.zip"), {{"a.txt", "a"}});
        QVERIFY(!written);
        QCOMPARE(written.error().code, ErrorCode::Resource);
        QVERIFY(written.error().message.find("folder.zip") != std::string::npos);
        QVERIFY(!fs::exists(place("no")));
    }

    void namesThatLeadOutsideOrComeTwiceAreRefused()
    {
        QVERIFY(!writeZip(place("bad.zip"), {{"../a.txt", "a"}}));
        QVERIFY(!writeZip(place("bad.zip"), {{"/a.txt", "a"}}));
        QVERIFY(!writeZip(place("bad.zip"), {{"a.txt", "a"}, {"a.txt", "b"}}));
        QVERIFY(!fs::exists(place("bad.zip")));
    }
};

QTEST_MAIN(ArchiveWritingTest)
#include "archive_writing_test.moc"
