// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme_resources.h"

#include <QDir>

// Outside every namespace: the macro declares a global function.
static void registerStudioResources()
{
    Q_INIT_RESOURCE(studio);
    Q_INIT_RESOURCE(translations);
}

namespace lipsync::ui {

void initialiseThemeResources()
{
    registerStudioResources();
}

} // namespace lipsync::ui
