// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/mapped_file.h"

#include "base/file_system.h"

#include <QTemporaryDir>
#include <QTest>

#include <string>

#include <sys/stat.h>

using namespace lipsync;

class MappedFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFileIsItsBytes()
    {
        const auto file = inFolder("content");
        QVERIFY(writeFile(file, "twelve bytes").has_value());
        const auto mapped = MappedFile::open(file, 12);
        QVERIFY2(mapped.has_value(), mapped ? "" : mapped.error().message.c_str());
        const auto bytes = (*mapped)->bytes();
        QCOMPARE(std::string(bytes.begin(), bytes.end()), std::string("twelve bytes"));

        // What is put in its place is another file.
        QVERIFY(writeFile(file, "something new").has_value());
        QCOMPARE(std::string(bytes.begin(), bytes.end()), std::string("twelve bytes"));
    }

    void anEmptyFileIsEmpty()
    {
        const auto file = inFolder("empty");
        QVERIFY(writeFile(file, "").has_value());
        const auto mapped = MappedFile::open(file, 0);
        QVERIFY(mapped.has_value() && (*mapped)->bytes().empty());
    }

    void whatIsNoFileIsRefused()
    {
        const auto large = inFolder("large"), pipe = inFolder("pipe");
        QVERIFY(writeFile(large, "twelve bytes").has_value());
        QCOMPARE(::mkfifo(pipe.c_str(), S_IRWXU), 0);
        const std::pair<std::filesystem::path, const char*> wrong[] = {
            {inFolder("missing"), "There is no file"},
            {inFolder(""), "is a folder"},
            {large, "larger than the 11 bytes"},
            {pipe, "device or pipe"}, // and nobody waits for its other end
        };
        for (const auto& [path, says] : wrong) {
            const auto mapped = MappedFile::open(path, 11);
            QVERIFY(!mapped.has_value());
            QCOMPARE(mapped.error().code, ErrorCode::InvalidInput);
            QVERIFY2(QString::fromStdString(mapped.error().message).contains(says), mapped.error().message.c_str());
        }
    }

private:
    std::filesystem::path inFolder(const char* name) const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(MappedFileTest)
#include "mapped_file_test.moc"
