// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/drops/file_drops.h"

#include <filesystem>

#include <QList>
#include <QObject>
#include <QString>
#include <QUrl>

class QWidget;

namespace lipsync::ui {

class Dialogs;
class LibraryBridge;
class LibraryListModel;
class LibraryModel;
class OperationDialogs;

/// Where files go that are dropped on the window or handed to the program: desk, library, import, preparation. Asks
/// what a video is meant for.
class FileArrivals final : public QObject {
    Q_OBJECT

public:
    /// What it is given must outlive it.
    FileArrivals(LibraryBridge& bridge, LibraryModel& desk, LibraryListModel& avatars, LibraryListModel& voices,
                 OperationDialogs& operations, Dialogs& dialogs, QWidget& window);

    /// Lets a widget take files. Inner widgets go before outer ones.
    void watch(QWidget& widget, DropPlace place);
    void take(const QList<QUrl>& urls, DropPlace place = DropPlace::Window) { m_drops.take(urls, place); }

Q_SIGNALS:
    void projectArrived(const std::filesystem::path& file);
    /// Sentences, one a line.
    void refused(const QString& reasons);
    /// Whether files are held over a widget that takes them.
    void hovered(bool isOver);

private:
    void askAbout(const std::filesystem::path& video);

    FileDrops m_drops;
    LibraryModel& m_desk;
    OperationDialogs& m_operations;
    Dialogs& m_dialogs;
    QWidget& m_window;
};

} // namespace lipsync::ui
