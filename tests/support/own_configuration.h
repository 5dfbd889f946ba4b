// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QTemporaryDir>

namespace lipsync::test {

/// A configuration folder of the test's own while it lives: what a person keeps there (tunings, agreements) neither
/// changes a test nor is changed by it. One at a time, made before there is an engine.
class OwnConfiguration {
public:
    OwnConfiguration()
        : m_wasSet(qEnvironmentVariableIsSet(kVariable))
        , m_before(qgetenv(kVariable))
    {
        qputenv(kVariable, m_folder.path().toUtf8());
    }
    ~OwnConfiguration()
    {
        if (m_wasSet)
            qputenv(kVariable, m_before);
        else
            qunsetenv(kVariable);
    }
    OwnConfiguration(const OwnConfiguration&) = delete;
    OwnConfiguration& operator=(const OwnConfiguration&) = delete;

private:
    static constexpr const char* kVariable = "XDG_CONFIG_HOME";

    QTemporaryDir m_folder;
    const bool m_wasSet;
    const QByteArray m_before;
};

} // namespace lipsync::test
