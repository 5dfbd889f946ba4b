// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <filesystem>

#include <QFile>
#include <QString>

namespace lipsync::ui {

/// A Qt file name as the engine takes it, in the system's own encoding.
inline std::filesystem::path toPath(const QString& name)
{
    return {QFile::encodeName(name).toStdString()};
}

/// The engine's path as Qt shows it.
inline QString fromPath(const std::filesystem::path& path)
{
    return QFile::decodeName(path.c_str());
}

/// The sentence of a failure that a person reads.
inline QString toText(const Error& error)
{
    return QString::fromStdString(error.text());
}

} // namespace lipsync::ui
