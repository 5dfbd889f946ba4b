// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file_system.h"

#include <QTemporaryDir>
#include <QtTest>

#include <fstream>
#include <stdexcept>

#include <sys/stat.h>

using namespace lipsync;
namespace fs = std::filesystem;

class FileSystemTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void aWrittenFileIsReadBack();
    void anExistingFileIsReplaced();
    void aFileAtItsLimitIsReadAndOneByteMoreIsNot();
    void missingFilesFoldersAndPipesAreRefused();
    void theNeighbourIsGoneAfterAFailure();
    void theNeighbourIsGoneAfterAnException();
    void theOldFileSurvivesAFailure();
    void aMissingFolderIsAResourceFailure();
    void aFolderIsNotOverwritten();
    void aWriterThatWroteNothingFails();
    void sumsAreThePublishedOnes();
    void aLargeFileIsSummed();

private:
    fs::path m_folder;
    std::unique_ptr<QTemporaryDir> m_temporary;
};

void FileSystemTest::init()
{
    m_temporary = std::make_unique<QTemporaryDir>();
    m_folder = m_temporary->path().toStdString();
}

void FileSystemTest::aWrittenFileIsReadBack()
{
    const std::string bytes("a\0b\n", 4);
    QVERIFY(writeFile(m_folder / "note", bytes).has_value());
    const auto content = readFile(m_folder / "note", 100);
    QVERIFY(content.has_value());
    QCOMPARE(std::string(content->begin(), content->end()), bytes);
    QVERIFY(!fs::exists(m_folder / "note.part"));
}

void FileSystemTest::anExistingFileIsReplaced()
{
    QVERIFY(writeFile(m_folder / "note", "long before").has_value());
    QVERIFY(writeFile(m_folder / "note", "after").has_value());
    const auto content = readFile(m_folder / "note", 100);
    QCOMPARE(std::string(content->begin(), content->end()), std::string("after"));
}

void FileSystemTest::aFileAtItsLimitIsReadAndOneByteMoreIsNot()
{
    QVERIFY(writeFile(m_folder / "note", "12345").has_value());
    QVERIFY(readFile(m_folder / "note", 5).has_value());
    const auto refused = readFile(m_folder / "note", 4);
    QVERIFY(!refused.has_value());
    QCOMPARE(refused.error().code, ErrorCode::InvalidInput);
}

void FileSystemTest::missingFilesFoldersAndPipesAreRefused()
{
    const fs::path pipe = m_folder / "pipe";
    QCOMPARE(::mkfifo(pipe.c_str(), 0600), 0);
    for (const fs::path& path : {m_folder / "missing", m_folder, pipe, m_folder / "missing" / "below"}) {
        const auto content = readFile(path, 100);
        QVERIFY(!content.has_value());
        QCOMPARE(content.error().code, ErrorCode::InvalidInput);
        QVERIFY(!sha256(path).has_value());
    }
}

void FileSystemTest::theNeighbourIsGoneAfterAFailure()
{
    fs::path seen;
    const auto written = writeWhole(m_folder / "film.mp4", [&](const fs::path& part) -> Status {
        seen = part;
        std::ofstream(part) << "half";
        return failure(ErrorCode::Interrupted, "Stopped.");
    });
    QVERIFY(!written.has_value());
    QCOMPARE(written.error().code, ErrorCode::Interrupted);
    QCOMPARE(seen, m_folder / "film.mp4.part");
    QVERIFY(fs::is_empty(m_folder));
}

void FileSystemTest::theNeighbourIsGoneAfterAnException()
{
    QVERIFY_EXCEPTION_THROWN((void)writeWhole(m_folder / "note",
                                              [&](const fs::path& part) -> Status {
                                                  std::ofstream(part) << "half";
                                                  throw std::runtime_error("library");
                                              }),
                             std::runtime_error);
    QVERIFY(fs::is_empty(m_folder));
}

void FileSystemTest::theOldFileSurvivesAFailure()
{
    QVERIFY(writeFile(m_folder / "note", "before").has_value());
    QVERIFY(!writeWhole(m_folder / "note", [](const fs::path&) -> Status {
                 return failure(ErrorCode::Resource, "No.");
             }).has_value());
    const auto content = readFile(m_folder / "note", 100);
    QCOMPARE(std::string(content->begin(), content->end()), std::string("before"));
}

void FileSystemTest::aMissingFolderIsAResourceFailure()
{
    const auto written = writeFile(m_folder / "missing" / "note", "x");
    QVERIFY(!written.has_value());
    QCOMPARE(written.error().code, ErrorCode::Resource);
    QVERIFY(QString::fromStdString(written.error().message).contains("missing"));
}

void FileSystemTest::aFolderIsNotOverwritten()
{
    const auto written = writeFile(m_folder, "x");
    QVERIFY(!written.has_value());
    QCOMPARE(written.error().code, ErrorCode::Resource);
}

void FileSystemTest::aWriterThatWroteNothingFails()
{
    const auto written = writeWhole(m_folder / "note", [](const fs::path&) -> Status { return {}; });
    QVERIFY(!written.has_value());
    QCOMPARE(written.error().code, ErrorCode::Resource);
}

void FileSystemTest::sumsAreThePublishedOnes()
{
    // The examples of FIPS 180-2, appendix B, and the sum of nothing.
    QVERIFY(writeFile(m_folder / "empty", "").has_value());
    QVERIFY(writeFile(m_folder / "abc", "abc").has_value());
    QVERIFY(writeFile(m_folder / "two", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").has_value());
    QCOMPARE(*sha256(m_folder / "empty"),
             std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    QCOMPARE(*sha256(m_folder / "abc"),
             std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    QCOMPARE(*sha256(m_folder / "two"),
             std::string("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"));
}

void FileSystemTest::aLargeFileIsSummed()
{
    // FIPS 180-2, appendix B.3: a million times the letter a; the other file crosses the ends of read pieces.
    QVERIFY(writeFile(m_folder / "million", std::string(1000000, 'a')).has_value());
    QCOMPARE(*sha256(m_folder / "million"),
             std::string("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
    QVERIFY(writeFile(m_folder / "large", std::string((std::size_t{1} << 20) * 2 + 1, 'a')).has_value());
    QVERIFY(*sha256(m_folder / "large") != *sha256(m_folder / "million"));
}

QTEST_GUILESS_MAIN(FileSystemTest)
#include "file_system_test.moc"
