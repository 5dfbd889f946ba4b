// SPDX-License-Identifier: GPL-3.0-or-later
// What people drop in place of a checkpoint is told by name.
#include "nn/checkpoint/checkpoint.h"
#include "support/checkpoint_writer.h"

#include <QTest>

using namespace lipsync;
using namespace lipsync::nn;
using namespace lipsync::test;
using namespace std::string_literals;

class OtherFilesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void areToldWhatTheyAre_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const std::string& bytes, const char* says) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << says;
        };
        row("nothing", "", "empty");
        row("web page", "\r\n<!DOCTYPE html>\n<html>", "web page");
        row("web page after a byte order mark", "\xef\xbb\xbf<HTML lang='en'>", "web page");
        row("cloud error", "<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "web page");
        row("Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n", "git lfs pull");
        row("JSON", "{\"message\": \"Not Found\"}", "JSON");
        row("text", "This is a readme\nand more", "begins with 'This is a readme'");
        row("ONNX", "\x08\x07\x12\x07pytorch\x1a\x05"s + "1.13.\x3a\x10" + std::string(40, '\x01'), "ONNX");
        row("HDF5", "\x89HDF\r\n\x1a\n rest", "HDF5");
        row("gzip", "\x1f\x8b\x08 rest", "compressed archive");
        row("xz", "\xfd"s + "7zXZ\0 rest"s, "compressed archive");
        row("7-Zip", "7z\xbc\xaf\x27\x1c rest", "compressed archive");
        row("NumPy", "\x93NUMPY\x01", "NumPy array");
        row("TensorFlow Lite", "\x1c\x00\x00\x00TFL3"s, "TensorFlow Lite");
        row("picture", "\x89PNG\r\n\x1a\n", "picture");
        row("video",
            "\x00\x00\x00\x18"
            "ftypmp42"s,
            "video");
        row("program",
            "\x7f"
            "ELF\x02\x01",
            "program");
        row("zeros", std::string(4096, '\0'), "nothing but zeros");
        row("a pickle of another program", Pickle().raw("}").finished(), "Python pickle");
        row("anything", "\x01\xfe\x03\x04\x05\x80\x90\x00\x17"s, "neither");
        std::string tar = "sys_info" + std::string(249, '\0') + "ustar";
        row("PyTorch before 0.4", tar, "before 0.4");
        tar.replace(0, 8, "file.txt");
        row("tar", tar, "tar archive");
        row("empty zip", "PK\x05\x06"s + std::string(18, '\0'), "empty zip");
    }

    void areToldWhatTheyAre()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, says);
        const auto kept = bytes.toStdString();
        const auto checkpoint = parseCheckpoint(kept, nullptr);
        QVERIFY2(!checkpoint.has_value(), "it was accepted");
        QCOMPARE(checkpoint.error().code, ErrorCode::InvalidInput);
        const auto message = QString::fromStdString(checkpoint.error().message);
        QVERIFY2(message.startsWith("it ") && message.contains(says), qPrintable(message));
    }
};

QTEST_GUILESS_MAIN(OtherFilesTest)
#include "other_files_test.moc"
