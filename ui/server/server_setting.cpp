// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/server/server_setting.h"

#include "ui/server/server_model.h"
#include "ui/settings/settings_model.h"

#include <QCoreApplication>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ServerSetting)
};

} // namespace

void addServerSetting(SettingsModel& model, ServerModel& server)
{
    SettingSpec spec{QStringLiteral("server.startsWithStudio"), Text::tr("General"),
                     Text::tr("Start the server with the studio"),
                     Text::tr("Other programs can use the studio as soon as it runs; the Server panel has the rest."),
                     SettingKind::Switch};
    spec.read = [&server] { return QVariant(server.settings().startsWithStudio); };
    spec.write = [&server](const QVariant& value) {
        ServerSettings settings = server.settings();
        settings.startsWithStudio = value.toBool();
        server.setSettings(settings);
    };
    model.add(spec);
    QObject::connect(&server, &ServerModel::settingsChanged, &model, [&model, id = spec.id] { model.refresh(id); });
}

} // namespace lipsync::ui
