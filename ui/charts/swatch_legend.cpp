// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/swatch_legend.h"

#include <algorithm>
#include <utility>

#include <QEvent>
#include <QPainter>
#include <QStyle>

namespace lipsync::ui {
namespace {

constexpr int kTitle = -1;
constexpr int kNote = -2;
constexpr int kSwatchWidth = 24;
constexpr int kSwatchGap = 5; // between a swatch and its text
constexpr int kGap = 12; // between places
constexpr int kBoxHeight = 10;

} // namespace

SwatchLegend::SwatchLegend(QWidget* parent)
    : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void SwatchLegend::setTitle(const QString& title)
{
    m_title = title;
    measure();
}

void SwatchLegend::setSwatches(std::vector<Swatch> swatches)
{
    m_swatches = std::move(swatches);
    m_widths.assign(m_swatches.size(), 0);
    measure();
}

void SwatchLegend::setTexts(const QStringList& texts)
{
    bool isChanged = false;
    bool grows = false;
    for (std::size_t i = 0; i < m_swatches.size() && i < static_cast<std::size_t>(texts.size()); ++i) {
        const QString& text = texts[static_cast<qsizetype>(i)];
        if (text == m_swatches[i].text)
            continue;
        m_swatches[i].text = text;
        isChanged = true;
        grows = grows || fontMetrics().horizontalAdvance(text) > m_widths[i];
    }
    if (grows)
        measure();
    else if (isChanged)
        update();
}

void SwatchLegend::setNote(const QString& note)
{
    if (note == m_note)
        return;
    m_note = note;
    measure();
}

QString SwatchLegend::text() const
{
    QStringList parts;
    for (const Swatch& swatch : m_swatches)
        parts << swatch.text;
    if (!m_note.isEmpty())
        parts << m_note;
    return parts.join(QStringLiteral(", "));
}

int SwatchLegend::heightForWidth(int width) const
{
    return layOut(width, nullptr);
}

QSize SwatchLegend::sizeHint() const
{
    constexpr int kUsualWidth = 240;
    return {kUsualWidth, heightForWidth(kUsualWidth)};
}

QSize SwatchLegend::minimumSizeHint() const
{
    return {0, fontMetrics().height()};
}

void SwatchLegend::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(this);
    paintPlaces(painter, rect(), m_places);
}

int SwatchLegend::paintInto(QPainter& painter, const QRect& area) const
{
    std::vector<Place> places;
    const int height = layOut(area.width(), &places);
    painter.save();
    painter.translate(area.topLeft());
    paintPlaces(painter, QRect(QPoint(), area.size()), places);
    painter.restore();
    return height;
}

void SwatchLegend::paintPlaces(QPainter& painter, const QRect& whole, const std::vector<Place>& places) const
{
    painter.setRenderHint(QPainter::Antialiasing);
    const int alignment =
        static_cast<int>(QStyle::visualAlignment(layoutDirection(), Qt::AlignLeft)) | Qt::AlignVCenter;
    for (const Place& place : places) {
        QRect area = place.area;
        painter.setPen(palette().color(QPalette::WindowText));
        if (place.swatch == kTitle || place.swatch == kNote) {
            const bool isTitle = place.swatch == kTitle;
            painter.setFont(isTitle ? titleFont() : font());
            if (!isTitle)
                painter.setPen(palette().color(QPalette::PlaceholderText));
            const QString& text = isTitle ? m_title : m_note;
            painter.drawText(QStyle::visualRect(layoutDirection(), whole, area), alignment,
                             painter.fontMetrics().elidedText(text, Qt::ElideRight, area.width()));
            continue;
        }
        const Swatch& swatch = m_swatches[static_cast<std::size_t>(place.swatch)];
        painter.setFont(font());
        QRect sample = area;
        sample.setWidth(kSwatchWidth);
        paintSwatch(painter, QStyle::visualRect(layoutDirection(), whole, sample), swatch);
        area.setLeft(sample.right() + 1 + kSwatchGap);
        painter.setPen(palette().color(QPalette::WindowText));
        painter.drawText(QStyle::visualRect(layoutDirection(), whole, area), alignment,
                         fontMetrics().elidedText(swatch.text, Qt::ElideRight, area.width()));
    }
}

void SwatchLegend::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::FontChange || event->type() == QEvent::LayoutDirectionChange) {
        std::fill(m_widths.begin(), m_widths.end(), 0);
        m_noteWidth = 0;
        measure();
    }
    QWidget::changeEvent(event);
}

void SwatchLegend::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    layOut(width(), &m_places);
}

QFont SwatchLegend::titleFont() const
{
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    return bold;
}

int SwatchLegend::textWidth(int swatch) const
{
    if (swatch == kTitle)
        return QFontMetrics(titleFont()).horizontalAdvance(m_title) + 1;
    if (swatch == kNote)
        return m_noteWidth;
    return kSwatchWidth + kSwatchGap + m_widths[static_cast<std::size_t>(swatch)];
}

void SwatchLegend::measure()
{
    for (std::size_t i = 0; i < m_swatches.size(); ++i)
        m_widths[i] = std::max(m_widths[i], fontMetrics().horizontalAdvance(m_swatches[i].text) + 1);
    m_noteWidth = m_note.isEmpty() ? 0 : std::max(m_noteWidth, fontMetrics().horizontalAdvance(m_note) + 1);
    const int before = height();
    if (layOut(width(), &m_places) != before)
        updateGeometry();
    update();
}

int SwatchLegend::layOut(int width, std::vector<Place>* places) const
{
    const int lineHeight = QFontMetrics(titleFont()).height() + 2;
    if (places)
        places->clear();
    int x = 0;
    int y = 0;
    const auto put = [&](int swatch) {
        const int wanted = textWidth(swatch);
        if (x > 0 && x + wanted > width) {
            x = 0;
            y += lineHeight;
        }
        if (places)
            places->push_back({QRect(x, y, std::min(wanted, std::max(width - x, 0)), lineHeight), swatch});
        x += wanted + kGap;
    };
    if (!m_title.isEmpty())
        put(kTitle);
    for (int i = 0; i < static_cast<int>(m_swatches.size()); ++i)
        put(i);
    if (!m_note.isEmpty())
        put(kNote);
    return y + lineHeight;
}

void SwatchLegend::paintSwatch(QPainter& painter, const QRect& area, const Swatch& swatch) const
{
    painter.setPen(swatch.line);
    if (swatch.area.style() == Qt::NoBrush && swatch.line.width() != 0) {
        const int y = area.center().y() + 1;
        painter.drawLine(area.left(), y, area.right(), y);
        return;
    }
    painter.setBrush(swatch.area);
    painter.drawRect(QRectF(area.left(), area.center().y() - kBoxHeight / 2, area.width() - 1, kBoxHeight));
    painter.setBrush(Qt::NoBrush);
}

} // namespace lipsync::ui
