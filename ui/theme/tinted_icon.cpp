// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/tinted_icon.h"

#include "ui/theme/theme_resources.h"
#include "ui/theme/theme_tokens.h"

#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>

namespace lipsync::ui {
namespace {

// Sizes at which Qt asks for icons, and their doubles for dense screens.
constexpr int kSides[] = {16, 20, 24, 32, 40, 48, 64, 80};
constexpr qreal kDisabledOpacity = 0.45;

QPixmap drawn(QSvgRenderer& drawing, int side, QColor colour)
{
    QPixmap pixmap(side, side);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    drawing.render(&painter);
    painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
    painter.fillRect(pixmap.rect(), colour);
    return pixmap;
}

} // namespace

QIcon tintedIcon(const QString& name, const ThemeTokens& tokens)
{
    initialiseThemeResources();
    QSvgRenderer drawing(QStringLiteral(":/icons/%1.svg").arg(name));
    QColor disabled = tokens.mutedText;
    disabled.setAlphaF(kDisabledOpacity);
    QIcon icon;
    for (const int side : kSides) {
        icon.addPixmap(drawn(drawing, side, tokens.text), QIcon::Normal);
        icon.addPixmap(drawn(drawing, side, disabled), QIcon::Disabled);
    }
    return icon;
}

} // namespace lipsync::ui
