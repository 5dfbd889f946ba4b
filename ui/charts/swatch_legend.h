// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QBrush>
#include <QPen>
#include <QString>
#include <QWidget>

namespace lipsync::ui {

/// What one colour and line style, or one pattern, means, and its value at the moment.
struct Swatch {
    QPen line; ///< drawn as a short line, unless there is an area
    QBrush area = Qt::NoBrush; ///< drawn as a small box with the line around it
    QString text;
};

/// A bold title, swatches with their texts, and a note at the end, in as many lines as they need.
class SwatchLegend final : public QWidget {
    Q_OBJECT

public:
    explicit SwatchLegend(QWidget* parent = nullptr);

    void setTitle(const QString& title);
    void setSwatches(std::vector<Swatch> swatches);
    /// Changes the texts alone. Places only grow with them, so that nothing jumps about while numbers change.
    void setTexts(const QStringList& texts);
    void setNote(const QString& note);

    /// Everything in words.
    QString text() const;

    /// Draws it at the top of any area and returns its height there.
    int paintInto(QPainter& painter, const QRect& area) const;

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Place {
        QRect area;
        int swatch = 0; ///< number; -1 for the title, -2 for the note
    };

    QFont titleFont() const;
    int textWidth(int swatch) const;
    void measure();
    /// Places of everything in a width; returns their height.
    int layOut(int width, std::vector<Place>* places) const;
    void paintPlaces(QPainter& painter, const QRect& whole, const std::vector<Place>& places) const;
    void paintSwatch(QPainter& painter, const QRect& area, const Swatch& swatch) const;

    QString m_title;
    QString m_note;
    std::vector<Swatch> m_swatches;
    std::vector<int> m_widths; ///< of the widest text of each swatch so far
    int m_noteWidth = 0;
    std::vector<Place> m_places;
};

} // namespace lipsync::ui
