// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tuning/heat_map.h"

#include "ui/concurrency/plan_texts.h"
#include "ui/tuning/tuning_model.h"

#include <algorithm>

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QStyle>
#include <QToolTip>

namespace lipsync::ui {
namespace {

// How much of the accent the slowest and the fastest cell have: text keeps its contrast between them in every theme.
constexpr double kPalest = 0.06, kDeepest = 0.5;
constexpr int kPadding = 4;
constexpr int kGap = 2; // between cells
constexpr int kHatchAlpha = 90;

double mix(double from, double to, double share)
{
    return from + (to - from) * share;
}

QString framesText(const TuningCell& cell)
{
    return QLocale().toString(cell.figures.framesPerSecond, 'f', 1);
}

int indexOf(const std::vector<int>& values, int value)
{
    const auto found = std::find(values.begin(), values.end(), value);
    return found == values.end() ? -1 : static_cast<int>(found - values.begin());
}

} // namespace

QColor heatColour(const ThemeTokens& tokens, double share)
{
    const double depth = mix(kPalest, kDeepest, std::clamp(share, 0.0, 1.0));
    const QColor &from = tokens.field, &to = tokens.accent;
    return QColor::fromRgbF(static_cast<float>(mix(from.redF(), to.redF(), depth)),
                            static_cast<float>(mix(from.greenF(), to.greenF(), depth)),
                            static_cast<float>(mix(from.blueF(), to.blueF(), depth)));
}

QColor heatText(const ThemeTokens& tokens, double share)
{
    const QColor ground = heatColour(tokens, share);
    return contrastRatio(tokens.text, ground) >= contrastRatio(tokens.onAccent, ground) ? tokens.text : tokens.onAccent;
}

HeatMap::HeatMap(TuningModel& model, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
{
    setObjectName(QStringLiteral("tuningMap"));
    setAccessibleName(tr("Tuning map"));
    setToolTip(tr("Frames a second by workers and batch, as measured here; cells over the goal are hatched. Arrows go "
                  "from cell to cell, Enter or a click applies one"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&model, &TuningModel::changed, this, &HeatMap::follow);
    follow();
}

void HeatMap::setTokens(const ThemeTokens& tokens)
{
    m_tokens = tokens;
    update();
}

QSize HeatMap::sizeHint() const
{
    return minimumSizeHint();
}

QSize HeatMap::minimumSizeHint() const
{
    const auto workers = m_model.workers();
    const QSize least = leastCell();
    const int rows = std::max<int>(static_cast<int>(workers.size()), 2);
    const int columns = std::max<int>(static_cast<int>(m_model.batches().size()), 3);
    return {headerWidth(workers) + columns * least.width(),
            2 * (fontMetrics().height() + kPadding) + rows * least.height()};
}

const TuningCell* HeatMap::current() const
{
    return m_model.cell(m_workers, m_batch);
}

QRect HeatMap::rectOf(int workers, int batch) const
{
    const Grid grid = this->grid();
    const int row = indexOf(grid.workers, workers), column = indexOf(grid.batches, batch);
    return row < 0 || column < 0 ? QRect() : rectOf(grid, row, column).toRect();
}

QString HeatMap::describe(const TuningCell& cell) const
{
    const QString plan = planText(cell.plan);
    if (!cell.problem.empty())
        return tr("%1: could not be measured. %2").arg(plan, QString::fromStdString(cell.problem));
    const QLocale locale;
    const QString frames = framesText(cell), p99 = locale.toString(cell.figures.p99Ms, 'f', 1);
    if (m_model.isChosen(cell))
        return tr("%1: %2 frames a second, p99 %3 ms. This is what Auto-tune chose.").arg(plan, frames, p99);
    if (m_model.isOverGoal(cell))
        return tr("%1: %2 frames a second, p99 %3 ms, over the goal of %4 ms.")
            .arg(plan, frames, p99, locale.toString(*m_model.goal()));
    return tr("%1: %2 frames a second, p99 %3 ms.").arg(plan, frames, p99);
}

bool HeatMap::event(QEvent* event)
{
    if (event->type() == QEvent::FontChange)
        updateGeometry();
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const TuningCell* cell = at(help->pos());
    QToolTip::showText(help->globalPos(), cell ? describe(*cell) : toolTip(), this);
    return true;
}

void HeatMap::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Grid grid = this->grid();
    if (grid.workers.empty()) {
        painter.setPen(m_tokens.mutedText);
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap,
                         m_model.isRunning() ? tr("Measuring the first cell…")
                                             : tr("Nothing is measured yet: Auto-tune searches for the best setting, "
                                                  "Measure Map measures all of them."));
        return;
    }
    paintHeaders(painter, grid);
    for (std::size_t row = 0; row < grid.workers.size(); ++row) {
        for (std::size_t column = 0; column < grid.batches.size(); ++column) {
            const QRectF place = rectOf(grid, static_cast<int>(row), static_cast<int>(column));
            paintCell(painter, place, m_model.cell(grid.workers[row], grid.batches[column]));
            if (hasFocus() && grid.workers[row] == m_workers && grid.batches[column] == m_batch) {
                painter.setBrush(Qt::NoBrush);
                painter.setPen(QPen(m_tokens.text, 2));
                painter.drawRect(place.adjusted(2, 2, -2, -2));
            }
        }
    }
}

void HeatMap::mousePressEvent(QMouseEvent* event)
{
    m_pressed = event->button() == Qt::LeftButton ? at(event->position().toPoint()) : nullptr;
    if (m_pressed)
        setCurrent(m_pressed->workers, m_pressed->largestBatch);
}

void HeatMap::mouseReleaseEvent(QMouseEvent* event)
{
    const TuningCell* cell = at(event->position().toPoint());
    if (cell && cell == m_pressed && cell->problem.empty())
        Q_EMIT activated(TuningCell(*cell));
    m_pressed = nullptr;
}

void HeatMap::keyPressEvent(QKeyEvent* event)
{
    const bool isMirrored = layoutDirection() == Qt::RightToLeft;
    switch (event->key()) {
    case Qt::Key_Up:
        return go(-1, 0);
    case Qt::Key_Down:
        return go(1, 0);
    case Qt::Key_Left:
        return go(0, isMirrored ? 1 : -1);
    case Qt::Key_Right:
        return go(0, isMirrored ? -1 : 1);
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        if (const TuningCell* cell = current(); cell && cell->problem.empty())
            Q_EMIT activated(TuningCell(*cell));
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void HeatMap::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    if (!current())
        go(0, 0);
}

void HeatMap::follow()
{
    m_pressed = nullptr; // its cell may be gone
    const auto workers = m_model.workers(), batches = m_model.batches();
    const bool isThere = indexOf(workers, m_workers) >= 0 && indexOf(batches, m_batch) >= 0;
    if (!isThere && m_workers != 0)
        setCurrent(0, 0);
    updateGeometry();
    update();
}

HeatMap::Grid HeatMap::grid() const
{
    Grid grid{m_model.workers(), m_model.batches(), 0, 2 * (fontMetrics().height() + kPadding), {}};
    if (grid.workers.empty())
        return grid;
    grid.headerWidth = headerWidth(grid.workers);
    grid.cell = {static_cast<double>(width() - grid.headerWidth) / static_cast<double>(grid.batches.size()),
                 static_cast<double>(height() - grid.headerHeight) / static_cast<double>(grid.workers.size())};
    return grid;
}

QRectF HeatMap::rectOf(const Grid& grid, int row, int column) const
{
    const QRectF place(grid.headerWidth + column * grid.cell.width(), grid.headerHeight + row * grid.cell.height(),
                       grid.cell.width() - kGap, grid.cell.height() - kGap);
    return QStyle::visualRect(layoutDirection(), rect(), place.toRect());
}

const TuningCell* HeatMap::at(const QPoint& place) const
{
    const Grid grid = this->grid();
    for (std::size_t row = 0; row < grid.workers.size(); ++row)
        for (std::size_t column = 0; column < grid.batches.size(); ++column)
            if (rectOf(grid, static_cast<int>(row), static_cast<int>(column)).contains(place))
                return m_model.cell(grid.workers[row], grid.batches[column]);
    return nullptr;
}

void HeatMap::go(int down, int across)
{
    const auto workers = m_model.workers(), batches = m_model.batches();
    if (workers.empty())
        return;
    const auto moved = [](const std::vector<int>& values, int from, int by) {
        const int index = std::max(indexOf(values, from), 0) + (indexOf(values, from) < 0 ? 0 : by);
        return values[static_cast<std::size_t>(std::clamp(index, 0, static_cast<int>(values.size()) - 1))];
    };
    setCurrent(moved(workers, m_workers, down), moved(batches, m_batch, across));
}

void HeatMap::setCurrent(int workers, int batch)
{
    m_workers = workers;
    m_batch = batch;
    const TuningCell* cell = current();
    setAccessibleDescription(cell ? describe(*cell) : QString());
    update();
    Q_EMIT currentChanged();
}

QSize HeatMap::leastCell() const
{
    const QFontMetrics metrics = fontMetrics();
    return {metrics.horizontalAdvance(tr("p99 %1 ms").arg(1000)) + 4 * kPadding + kGap,
            2 * metrics.height() + 2 * kPadding + kGap};
}

int HeatMap::headerWidth(const std::vector<int>& workers) const
{
    const int most = workers.empty() ? 1 : workers.back();
    const int wide = std::max(fontMetrics().horizontalAdvance(tr("Workers")),
                              fontMetrics().horizontalAdvance(QString::number(most)));
    return wide + 2 * kPadding;
}

void HeatMap::paintHeaders(QPainter& painter, const Grid& grid) const
{
    painter.setPen(m_tokens.mutedText);
    const int line = grid.headerHeight / 2;
    const auto mirrored = [&](const QRect& place) { return QStyle::visualRect(layoutDirection(), rect(), place); };
    const QRect title(grid.headerWidth, 0, width() - grid.headerWidth, line);
    painter.drawText(mirrored(title), Qt::AlignCenter,
                     fontMetrics().elidedText(tr("Frames a second, by largest batch"), Qt::ElideRight, title.width()));
    const auto beside = QStyle::visualAlignment(layoutDirection(), Qt::AlignVCenter | Qt::AlignRight);
    painter.drawText(mirrored(QRect(0, line, grid.headerWidth - kPadding, line)), beside, tr("Workers"));
    for (std::size_t column = 0; column < grid.batches.size(); ++column) {
        QRectF place = rectOf(grid, 0, static_cast<int>(column));
        place.setTop(line);
        place.setHeight(line);
        painter.drawText(place, Qt::AlignCenter, tr("≤ %1").arg(grid.batches[column]));
    }
    for (std::size_t row = 0; row < grid.workers.size(); ++row) {
        const QRectF cells = rectOf(grid, static_cast<int>(row), 0);
        const QRect place(0, static_cast<int>(cells.top()), grid.headerWidth - kPadding,
                          static_cast<int>(cells.height()));
        painter.drawText(mirrored(place), beside, QString::number(grid.workers[row]));
    }
}

void HeatMap::paintCell(QPainter& painter, const QRectF& place, const TuningCell* cell) const
{
    painter.setPen(QPen(m_tokens.border, 1, cell ? Qt::SolidLine : Qt::DashLine));
    if (!cell) {
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5));
        return;
    }
    if (!cell->problem.empty()) {
        painter.setBrush(m_tokens.danger);
        painter.drawRect(place);
        painter.setPen(m_tokens.onDanger);
        painter.drawText(place, Qt::AlignCenter, tr("failed"));
        return;
    }
    const double most = m_model.mostFramesPerSecond();
    const double share = most > 0 ? cell->figures.framesPerSecond / most : 0;
    const QColor ground = heatColour(m_tokens, share), ink = heatText(m_tokens, share);
    painter.setBrush(ground);
    painter.drawRect(place);
    const bool isOver = m_model.isOverGoal(*cell);
    if (isOver) {
        QColor hatch = ink;
        hatch.setAlpha(kHatchAlpha);
        painter.fillRect(place, QBrush(hatch, Qt::BDiagPattern));
    }
    if (m_model.isChosen(*cell)) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(m_tokens.accent, 3));
        painter.drawRect(place.adjusted(1.5, 1.5, -1.5, -1.5));
    }
    const QString frames = m_model.isChosen(*cell) ? tr("✓ %1").arg(framesText(*cell)) : framesText(*cell);
    const QString p99 = tr("p99 %1 ms").arg(qRound(cell->figures.p99Ms));
    const int line = fontMetrics().height();
    QRectF text = place;
    text.setTop(place.center().y() - line);
    text.setHeight(2 * line);
    if (isOver) { // the hatching must not run through the figures
        const int wide = std::max(fontMetrics().horizontalAdvance(frames), fontMetrics().horizontalAdvance(p99));
        QRectF plate(0, 0, wide + 2 * kPadding, 2 * line);
        plate.moveCenter(place.center());
        painter.fillRect(plate, ground);
    }
    painter.setPen(ink);
    QFont bold = font();
    bold.setBold(true);
    painter.setFont(bold);
    painter.drawText(text, Qt::AlignHCenter | Qt::AlignTop, frames);
    painter.setFont(font());
    painter.drawText(text, Qt::AlignHCenter | Qt::AlignBottom, p99);
}

} // namespace lipsync::ui
