// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/help/licences_model.h"

#include <array>

namespace lipsync::ui {
namespace {

struct Entry {
    const char* library;
    const char* purpose; ///< translated when it is shown
    const char* licence; ///< SPDX
};

// Licences as the libraries' own files and Debian's copyright files name them.
constexpr std::array kEntries{
    Entry{"Qt", QT_TRANSLATE_NOOP("lipsync::ui::LicencesModel", "Windows, sound and pictures on screen"),
          "LGPL-3.0-only"},
    Entry{"QCustomPlot", QT_TRANSLATE_NOOP("lipsync::ui::LicencesModel", "Charts"), "GPL-3.0-or-later"},
    Entry{"LibTorch", QT_TRANSLATE_NOOP("lipsync::ui::LicencesModel", "Neural networks"), "BSD-3-Clause"},
    Entry{"OpenBLAS", QT_TRANSLATE_NOOP("lipsync::ui::LicencesModel", "Arithmetic of the networks"), "BSD-3-Clause"},
    Entry{"OpenCV", QT_TRANSLATE_NOOP("lipsync::ui::LicencesModel", "Pictures"), "Apache-2.0"},
    Entry{"dlib", QT_TRANSLATE_NOOP("lipsync::ui::LicencesModel", "Faces and their landmarks"), "BSL-1.0"},
    Entry{"FFmpeg", QT_TRANSLATE_NOOP("lipsync::ui::LicencesModel", "Sound and video files"), "GPL-2.0-or-later"},
    Entry{"libzip", QT_TRANSLATE_NOOP("lipsync::ui::LicencesModel", "Archives"), "BSD-3-Clause"},
    Entry{"gRPC", QT_TRANSLATE_NOOP("lipsync::ui::LicencesModel", "Workers on other machines"), "Apache-2.0"},
    Entry{"Boost", QT_TRANSLATE_NOOP("lipsync::ui::LicencesModel", "Connections of browsers"), "BSL-1.0"},
    Entry{"Protocol Buffers", QT_TRANSLATE_NOOP("lipsync::ui::LicencesModel", "Messages between machines"),
          "BSD-3-Clause"},
    Entry{"OpenSSL", QT_TRANSLATE_NOOP("lipsync::ui::LicencesModel", "Checksums and encryption"), "Apache-2.0"},
    Entry{"nlohmann JSON", QT_TRANSLATE_NOOP("lipsync::ui::LicencesModel", "Documents of the engine"), "MIT"},
    Entry{"{fmt}", QT_TRANSLATE_NOOP("lipsync::ui::LicencesModel", "Texts of the engine"), "MIT"},
    Entry{"spdlog", QT_TRANSLATE_NOOP("lipsync::ui::LicencesModel", "The log"), "MIT"},
    Entry{"tl::expected", QT_TRANSLATE_NOOP("lipsync::ui::LicencesModel", "Failures as values"), "CC0-1.0"},
};

} // namespace

int LicencesModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(kEntries.size());
}

int LicencesModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : kColumns;
}

QVariant LicencesModel::data(const QModelIndex& index, int role) const
{
    if (role != Qt::DisplayRole || !checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Entry& entry = kEntries[static_cast<std::size_t>(index.row())];
    switch (index.column()) {
    case Library:
        return QString::fromLatin1(entry.library);
    case Purpose:
        return tr(entry.purpose);
    default:
        return QString::fromLatin1(entry.licence);
    }
}

QVariant LicencesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role != Qt::DisplayRole || orientation != Qt::Horizontal)
        return {};
    switch (section) {
    case Library:
        return tr("Library");
    case Purpose:
        return tr("For");
    case Licence:
        return tr("Licence");
    default:
        return {};
    }
}

} // namespace lipsync::ui
