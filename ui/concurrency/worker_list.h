// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme_tokens.h"

#include <QStyledItemDelegate>
#include <QWidget>

class QLabel;
class QTreeView;

namespace lipsync::ui {

class ActionRegistry;
class PoolBridge;
class WorkerModel;

/// Draws the rows of lost workers in the colours of a failure.
class LostWorkerDelegate final : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void setTokens(const ThemeTokens& tokens) { m_tokens = tokens; }

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;

private:
    ThemeTokens m_tokens = themeTokens(ThemeName::Dark);
};

/// The workers, and why those that are lost are.
class WorkerList final : public QWidget {
    Q_OBJECT

public:
    /// Connects the command engine.restartWorker.
    WorkerList(PoolBridge& bridge, WorkerModel& workers, ActionRegistry& actions, QWidget* parent = nullptr);

    void setTokens(const ThemeTokens& tokens);

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void sizeColumns();
    void restart();
    int chosenRow() const;
    void follow();

    PoolBridge& m_bridge;
    WorkerModel& m_workers;
    ActionRegistry& m_actions;
    QTreeView* m_list;
    LostWorkerDelegate* m_delegate;
    QLabel* m_lost;
    QLabel* m_detail;
};

} // namespace lipsync::ui
