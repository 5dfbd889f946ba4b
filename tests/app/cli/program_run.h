// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace lipsync::test {

/// A run of the program that has ended.
struct ProgramRun {
    int status = -1; ///< −1 when it did not start, crashed or took minutes
    QString output; ///< standard output
    QString errors; ///< standard error

    /// Lines of standard error that are no progress.
    QStringList sentences() const;
};

/// Where the lipsync program was built.
QString programFile();

/// Runs lipsync with these arguments; `shellFirst` is a command of bash that is run in the same process before, such
/// as a limit.
ProgramRun runLipsync(const QStringList& arguments, const QString& shellFirst = {});

/// Empty when the run ended with this status and one sentence on standard error that holds all these words, and
/// printed nothing on standard output; else what is wrong, for QCOMPARE.
QString refusalProblem(const ProgramRun& run, int status, const QStringList& words);

} // namespace lipsync::test
