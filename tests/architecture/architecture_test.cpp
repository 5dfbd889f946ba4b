// SPDX-License-Identifier: GPL-3.0-or-later
// The sources keep to the table of rooms, and the scan that says so finds what it is for.
#include "architecture/room_table.h"
#include "architecture/source_text.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

using namespace lipsync::architecture;

namespace {

constexpr const char* kLicence = "// SPDX-License-Identifier: GPL-3.0-or-later\n";
constexpr const char* kHeader = "// SPDX-License-Identifier: GPL-3.0-or-later\n#pragma once\n";

/// A made-up project on disk.
class MadeUpProject {
public:
    void add(const std::string& file, const std::string& text)
    {
        const auto path = root() / file;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << text;
    }

    std::vector<std::string> violations() const
    {
        std::vector<std::string> texts;
        for (const auto& violation : scanSources(root(), projectRules()))
            texts.push_back(violation.text());
        return texts;
    }

    /// The only violation, or all of them in one text.
    QString violation() const
    {
        QStringList all;
        for (const auto& text : violations())
            all << QString::fromStdString(text);
        return all.join(" | ");
    }

private:
    std::filesystem::path root() const { return m_folder.path().toStdString(); }

    QTemporaryDir m_folder;
};

} // namespace

class ArchitectureTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theProjectKeepsToItsRooms();
    void aTreeThatKeepsToTheRulesHasNoViolations();
    void everyBrokenRuleIsFound_data();
    void everyBrokenRuleIsFound();
    void librariesAreFoundThroughHeaders();
    void commentsAndLiteralsAreNotCode();
    void allViolationsAreListedInOrder();
};

void ArchitectureTest::theProjectKeepsToItsRooms()
{
    const auto violations = scanSources(LIPSYNC_SOURCE_DIR, projectRules());
    for (const auto& violation : violations)
        qWarning("%s", violation.text().c_str());
    QVERIFY2(violations.empty(), qPrintable(QString("%1 violations, listed above").arg(violations.size())));
    // A scan of nothing would find nothing.
    QVERIFY(std::filesystem::exists(LIPSYNC_SOURCE_DIR "/engine/base/error.h"));
}

void ArchitectureTest::aTreeThatKeepsToTheRulesHasNoViolations()
{
    MadeUpProject project;
    project.add("engine/base/error.h",
                std::string(kHeader) + "#include <string>\n#include <sys/stat.h>\n#include <tl/expected.hpp>\n");
    project.add("engine/nn/network.h", std::string(kHeader) + "#include \"base/error.h\"\n");
    project.add("engine/nn/network.cpp",
                std::string(kLicence) + "#include \"nn/network.h\"\n#include <torch/torch.h>\n");
    project.add("engine/training/demo/person.h", std::string(kHeader) + "#include <opencv2/core.hpp>\n");
    project.add("engine/engine.h", std::string(kHeader) + "#include \"base/error.h\"\n");
    project.add("engine/engine.cpp", std::string(kLicence) + "#include \"engine.h\"\n#include \"nn/network.h\"\n");
    project.add("ui/window/window.h", std::string(kHeader) + "#include \"engine.h\"\n#include <QtWidgets/QWidget>\n");
    project.add("app/cli/terminal.h", kHeader);
    project.add("app/cli/main.cpp",
                std::string(kLicence) + "#include \"terminal.h\"\n#include \"nn/network.h\"\n#include <CLI/CLI.hpp>\n");
    QCOMPARE(project.violation(), QString());
}

void ArchitectureTest::everyBrokenRuleIsFound_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("violation");
    const auto row = [](const char* name, const char* file, const char* code, const char* violation) {
        QTest::newRow(name) << file << code << violation;
    };
    row("a room below", "engine/base/a.h", "#include \"media/frame.h\"\n",
        "engine/base/a.h:3: engine/base must not include engine/media (\"media/frame.h\")");
    row("a room below, with blanks", "engine/nn/a.h", "\n  #  include   \"media/frame.h\"\n",
        "engine/nn/a.h:4: engine/nn must not include engine/media (\"media/frame.h\")");
    row("the windows", "engine/media/a.h", "#include \"ui/window.h\"\n",
        "engine/media/a.h:3: engine/media must not include ui (\"ui/window.h\")");
    row("the façade from a room", "engine/render/a.h", "#include \"engine.h\"\n",
        "engine/render/a.h:3: engine/render must not include engine/engine.h (\"engine.h\")");
    row("LibTorch in audio", "engine/audio/a.h", "#include <ATen/ATen.h>\n",
        "engine/audio/a.h:3: engine/audio must not include LibTorch (<ATen/ATen.h>)");
    row("FFmpeg in avatar", "engine/avatar/a.h", "#include <libavutil/frame.h>\n",
        "engine/avatar/a.h:3: engine/avatar must not include FFmpeg (<libavutil/frame.h>)");
    row("OpenCV in nn", "engine/nn/a.h", "#include <opencv2/core.hpp>\n",
        "engine/nn/a.h:3: engine/nn must not include OpenCV (<opencv2/core.hpp>)");
    row("Qt in the engine", "engine/base/a.h", "#include <QString>\n",
        "engine/base/a.h:3: engine/base must not include Qt (<QString>)");
    row("Qt module in the engine", "engine/render/a.h", "#include <QtCore/qglobal.h>\n",
        "engine/render/a.h:3: engine/render must not include Qt (<QtCore/qglobal.h>)");
    row("a room in a window", "ui/a.h", "#include \"media/frame.h\"\n",
        "ui/a.h:3: ui must not include engine/media (\"media/frame.h\")");
    row("a room in the studio", "app/studio/a.h", "#include \"media/frame.h\"\n",
        "app/studio/a.h:3: app/studio must not include engine/media (\"media/frame.h\")");
    row("the demo's person in training", "engine/training/a.h", "#include \"training/demo/person.h\"\n",
        "engine/training/a.h:3: engine/training must not include engine/training/demo (\"training/demo/person.h\")");
    row("an unknown library", "engine/base/a.h", "#include <folly/Any.h>\n",
        "engine/base/a.h:3: <folly/Any.h> is of a library that the table does not know");
    row("a header that is not there", "engine/base/a.h", "#include \"base/gone.h\"\n",
        "engine/base/a.h:3: \"base/gone.h\" is no header of the project");
    row("a test's header", "engine/base/a.h", "#include \"tests/support.h\"\n",
        "engine/base/a.h:3: tests/support.h is not in a room that may be included");
    row("signals", "ui/a.h", "class A {\nsignals:\n};\n",
        "ui/a.h:4: a Qt keyword; write Q_SIGNALS, Q_SLOTS, Q_EMIT or a plain loop");
    row("slots", "ui/a.h", "class A {\npublic slots:\n};\n",
        "ui/a.h:4: a Qt keyword; write Q_SIGNALS, Q_SLOTS, Q_EMIT or a plain loop");
    row("emit", "ui/a.h", "void a() { emit changed(); }\n",
        "ui/a.h:3: a Qt keyword; write Q_SIGNALS, Q_SLOTS, Q_EMIT or a plain loop");
    row("foreach", "ui/a.h", "void a() { foreach (int i, list) {} }\n",
        "ui/a.h:3: a Qt keyword; write Q_SIGNALS, Q_SLOTS, Q_EMIT or a plain loop");
}

void ArchitectureTest::everyBrokenRuleIsFound()
{
    QFETCH(QString, file);
    QFETCH(QString, code);
    QFETCH(QString, violation);
    MadeUpProject project;
    project.add("engine/media/frame.h", kHeader);
    project.add("engine/engine.h", kHeader);
    project.add("engine/training/demo/person.h", kHeader);
    project.add("ui/window.h", kHeader);
    project.add("tests/support.h", kHeader);
    project.add(file.toStdString(), kHeader + code.toStdString());
    QCOMPARE(project.violation(), violation);
}

void ArchitectureTest::librariesAreFoundThroughHeaders()
{
    MadeUpProject project;
    project.add("engine/nn/tensors.h", std::string(kHeader) + "#include <torch/torch.h>\n");
    project.add("engine/nn/network.h", std::string(kHeader) + "#include \"nn/tensors.h\"\n");
    project.add("engine/nn/network.cpp", std::string(kLicence) + "#include \"nn/network.h\"\n");
    project.add("engine/audio/mel.h", std::string(kHeader) + "#include \"nn/network.h\"\n");
    QCOMPARE(project.violation(),
             QString("engine/audio/mel.h:3: engine/audio must not reach LibTorch through \"nn/network.h\""));
}

void ArchitectureTest::commentsAndLiteralsAreNotCode()
{
    const auto source =
        readSource(std::string("// #include \"a.h\"\n"
                               "/* #include \"b.h\"\n#include \"c.h\" */\n"
                               "const char* text = \"signals: \\\" emit x\"; // slots:\n"
                               "auto raw = R\"x(\n#include \"d.h\"\n)\" )x\"; int n = 1'000; char c = '\"';\n"
                               "#include \"e.h\" // the only one\n"));
    QCOMPARE(source.includes.size(), std::size_t{1});
    QCOMPARE(source.includes[0].path, std::string("e.h"));
    QCOMPARE(source.includes[0].line, 8);
    for (const auto& line : source.code)
        QVERIFY2(line.find("signals") == std::string::npos && line.find("slots") == std::string::npos, line.c_str());
    QVERIFY(source.code[6].find("int n = 1'000;") != std::string::npos);
}

void ArchitectureTest::allViolationsAreListedInOrder()
{
    MadeUpProject project;
    project.add("engine/base/a.h", "#include <QString>\n#include <torch/torch.h>\n");
    project.add("app/cli/main.cpp", "int main() {}\n");
    const auto violations = project.violations();
    const std::vector<std::string> expected{
        "app/cli/main.cpp:1: the first line is not '// SPDX-License-Identifier: GPL-3.0-or-later'",
        "engine/base/a.h:1: engine/base must not include Qt (<QString>)",
        "engine/base/a.h:1: the first line is not '// SPDX-License-Identifier: GPL-3.0-or-later'",
        "engine/base/a.h:1: the header has no #pragma once",
        "engine/base/a.h:2: engine/base must not include LibTorch (<torch/torch.h>)",
    };
    QCOMPARE(violations, expected);
}

QTEST_GUILESS_MAIN(ArchitectureTest)
#include "architecture_test.moc"
