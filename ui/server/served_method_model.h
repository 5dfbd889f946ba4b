// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <vector>

#include <QAbstractTableModel>

namespace lipsync::ui {

/// What the calls of each method of the server came to, as a table, by name. Rows keep their place in a view while
/// others come.
class ServedMethodModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Method, Calls, Failed, Median, P99, kColumns };

    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    void setMethods(std::vector<lipsync::ServedMethod> methods);

private:
    QString text(const ServedMethod& method, int column) const;

    std::vector<ServedMethod> m_methods;
};

} // namespace lipsync::ui
