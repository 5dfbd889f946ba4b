// SPDX-License-Identifier: GPL-3.0-or-later
#include "program_run.h"

#include <QProcess>

namespace lipsync::test {

namespace {

constexpr int kLongestRunMs = 240'000;

} // namespace

QStringList ProgramRun::sentences() const
{
    QStringList found;
    for (const QString& line : errors.split('\n', Qt::SkipEmptyParts)) {
        if (!line.startsWith("rendering: ") && !line.startsWith("features: "))
            found.append(line);
    }
    return found;
}

QString programFile()
{
    return QStringLiteral(LIPSYNC_BINARY_DIR "/lipsync");
}

ProgramRun runLipsync(const QStringList& arguments, const QString& shellFirst)
{
    QProcess process;
    if (shellFirst.isEmpty())
        process.start(programFile(), arguments);
    else
        process.start("bash", QStringList{"-c", shellFirst + "; exec \"$0\" \"$@\"", programFile()} + arguments);
    const bool ended = process.waitForFinished(kLongestRunMs) && process.exitStatus() == QProcess::NormalExit;
    return {ended ? process.exitCode() : -1, QString::fromUtf8(process.readAllStandardOutput()),
            QString::fromUtf8(process.readAllStandardError())};
}

QString refusalProblem(const ProgramRun& run, int status, const QStringList& words)
{
    if (run.status != status)
        return QString("status %1 instead of %2: %3").arg(run.status).arg(status).arg(run.errors);
    const QStringList sentences = run.sentences();
    if (sentences.size() != 1 || !sentences.first().startsWith("lipsync: "))
        return "not one sentence: " + run.errors;
    for (const QString& word : words) {
        if (!sentences.first().contains(word, Qt::CaseInsensitive))
            return QString("no '%1' in: %2").arg(word, sentences.first());
    }
    return run.output.isEmpty() ? QString() : "printed on standard output: " + run.output;
}

} // namespace lipsync::test
