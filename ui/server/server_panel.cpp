// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/server/server_panel.h"

#include "ui/actions/action_registry.h"
#include "ui/dialogs/dialogs.h"
#include "ui/forms/form_area.h"
#include "ui/forms/form_parts.h"
#include "ui/forms/side_by_side.h"
#include "ui/server/server_actions.h"
#include "ui/server/server_form.h"
#include "ui/server/server_model.h"

#include <algorithm>
#include <span>

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QEvent>
#include <QFileInfo>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QStandardPaths>
#include <QTreeView>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

using namespace action_id;

constexpr int kGap = 6;
// Widths of the columns, in letters.
constexpr int kMethodLetters[] = {24, 9, 10, 13, 14};
constexpr int kCallLetters[] = {11, 21, 22, 11, 18, 9, 14};
// Of each table that are seen at least; where there is no room they stand one above the other.
constexpr int kLeastMethodLetters = 30, kLeastCallLetters = 45;

void setUp(QTreeView& table, QAbstractItemModel& model, const char* objectName, const QString& name,
           const QString& toolTip)
{
    table.setObjectName(QString::fromLatin1(objectName));
    table.setAccessibleName(name);
    table.setToolTip(toolTip);
    table.setModel(&model);
    table.setRootIsDecorated(false);
    table.setUniformRowHeights(true);
    table.setAllColumnsShowFocus(true);
    table.setSelectionMode(QAbstractItemView::SingleSelection);
    table.setTextElideMode(Qt::ElideMiddle);
    table.setTabKeyNavigation(false);
    table.header()->setStretchLastSection(false);
    table.header()->setSectionsMovable(false);
}

void sizeColumns(QTreeView& table, std::span<const int> letters, int leastLetters)
{
    const int letter = table.fontMetrics().averageCharWidth();
    table.setMinimumWidth(leastLetters * letter);
    for (int column = 0; column < static_cast<int>(letters.size()); ++column)
        table.header()->resizeSection(
            column,
            std::max(letters[static_cast<std::size_t>(column)] * letter, table.header()->sectionSizeHint(column)));
}

} // namespace

ServerPanel::ServerPanel(ServerModel& model, ActionRegistry& actions, Dialogs& dialogs, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_actions(actions)
    , m_dialogs(dialogs)
    , m_headline(makeSentence("title", tr("State of the server")))
    , m_failure(makeSentence("failure", tr("Why the server was not started")))
    , m_hint(makeSentence("muted", tr("About the settings of the server")))
    , m_figures(makeSentence("muted", tr("Figures of the server")))
    , m_faults(makeSentence("failure", tr("Avatars that are not served")))
    , m_empty(makeSentence("muted", tr("About the calls")))
    , m_methods(new QTreeView)
    , m_calls(new QTreeView)
{
    QVBoxLayout* column = makeDockContent(*this, tr("Server"));
    auto* controls = new FormArea(makeControls(actions, dialogs));
    QWidget* counts = makeCounts();
    column->addWidget(new SideBySide({controls, counts}, counts), 1);
    connectActions();
    connectTokens();
    connect(&model, &ServerModel::changed, this, &ServerPanel::follow);
    connect(&model, &ServerModel::settingsChanged, this, &ServerPanel::followSettings);
    follow();
    followSettings();
}

void ServerPanel::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        sizeColumns();
}

void ServerPanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    sizeColumns(); // only now the headers have their style
}

QWidget* ServerPanel::makeControls(ActionRegistry& actions, Dialogs& dialogs)
{
    auto* controls = new QWidget;
    auto* column = new QVBoxLayout(controls);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGap);
    // What acts and what became of it come first: a low dock shows them without scrolling.
    QPushButton* start = makeActionButton(action(kServe));
    start->setObjectName(QStringLiteral("primary"));
    QPushButton* copyEndpoint = makeActionButton(action(kCopyEndpoint));
    copyEndpoint->setObjectName(QStringLiteral("exportCancel")); // as high as the primary one beside it
    column->addWidget(new SideBySide({start, copyEndpoint}, start, kGap));
    for (QLabel* sentence : {m_headline, m_failure, m_hint})
        column->addWidget(sentence);
    column->addWidget(new ServerForm(m_model, actions, dialogs));
    column->addStretch(1);
    return controls;
}

QWidget* ServerPanel::makeCounts()
{
    setUp(*m_methods, m_model.methods(), "servedMethods", tr("Calls of each method"),
          tr("What clients called since the server was started, how often it failed and how long it took"));
    setUp(*m_calls, m_model.calls(), "servedCalls", tr("The last calls"),
          tr("The last calls, the newest first: who called what, how it ended and how long it took"));
    m_methods->setSizeAdjustPolicy(QAbstractScrollArea::AdjustToContents);
    m_tables = new SideBySide({m_methods, m_calls}, m_calls);
    m_empty->setAlignment(Qt::AlignCenter);
    auto* half = new QWidget;
    auto* column = new QVBoxLayout(half);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGap);
    column->addWidget(m_figures);
    column->addWidget(m_faults);
    column->addWidget(m_tables, 1);
    column->addWidget(m_empty, 1);
    return half;
}

void ServerPanel::sizeColumns()
{
    ui::sizeColumns(*m_methods, kMethodLetters, kLeastMethodLetters);
    ui::sizeColumns(*m_calls, kCallLetters, kLeastCallLetters);
}

void ServerPanel::connectActions()
{
    connect(action(kServe), &QAction::triggered, this, [this] {
        m_model.toggle();
        follow(); // a check mark that could not be kept is taken back
    });
    connect(action(kCopyEndpoint), &QAction::triggered, this,
            [this] { copy(m_model.endpoint(), tr("%1 is copied.").arg(m_model.endpoint())); });
    connect(action(kCopyMetricsUrl), &QAction::triggered, this,
            [this] { copy(m_model.metricsUrl(), tr("%1 is copied.").arg(m_model.metricsUrl())); });
    connect(action(kNewToken), &QAction::triggered, this, &ServerPanel::makeToken);
    connect(action(kCopyToken), &QAction::triggered, this, [this] { m_tokens.read(m_model.settings().tokenFile); });
}

void ServerPanel::connectTokens()
{
    connect(&m_tokens, &TokenFiles::made, this, [this](const QString& file) {
        ServerSettings settings = m_model.settings();
        settings.tokenFile = file;
        m_model.setSettings(settings);
        Q_EMIT noticed(tr("The token file is made. Copy Token gives a client its token."));
    });
    connect(&m_tokens, &TokenFiles::tokenRead, this,
            [this](const QString& token) { copy(token, tr("The token is copied.")); });
    connect(&m_tokens, &TokenFiles::failed, this, &ServerPanel::failed);
}

void ServerPanel::makeToken()
{
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation));
    m_dialogs.chooseNewFile(this, tr("New token file"), folder.filePath(QStringLiteral("server-tokens")),
                            tr("All files (*)"), [this](const QString& file) {
                                if (!QFileInfo::exists(file)) {
                                    m_tokens.make(file);
                                    return;
                                }
                                m_dialogs.confirm(this, tr("Replace what is there?"),
                                                  tr("%1 exists already. Clients with its tokens are let in no more.")
                                                      .arg(QDir::toNativeSeparators(file)),
                                                  tr("Replace"), [this, file] { m_tokens.make(file); });
                            });
}

void ServerPanel::copy(const QString& text, const QString& notice)
{
    QApplication::clipboard()->setText(text);
    Q_EMIT noticed(notice);
}

void ServerPanel::follow()
{
    QAction* serve = action(kServe);
    serve->setText(m_model.isWanted() ? tr("Stop Se&rver") : tr("Sta&rt Server"));
    serve->setChecked(m_model.isWanted());
    serve->setEnabled(m_model.isOn() || m_model.isWanted() || m_model.canStart());
    action(kCopyEndpoint)->setEnabled(!m_model.endpoint().isEmpty());
    action(kCopyMetricsUrl)->setEnabled(!m_model.metricsUrl().isEmpty());
    say(*m_headline, m_model.headline());
    say(*m_failure, m_model.isOn() ? QString() : m_model.refusal());
    const QString changed = m_model.isChangedSinceStart()
        ? tr("Settings or avatars were changed: that counts once the server is started again.")
        : QString();
    say(*m_hint, m_model.isOn() ? changed : m_model.problem());
    say(*m_figures, m_model.figures());
    say(*m_faults, m_model.faults());
    const bool isEmpty = m_model.methods().rowCount() == 0 && m_model.calls().rowCount() == 0;
    m_tables->setVisible(!isEmpty);
    say(*m_empty,
        !isEmpty             ? QString()
            : m_model.isOn() ? tr("Nobody has called yet. Clients reach the server at %1.").arg(m_model.endpoint())
                             : tr("Other programs can use the avatars and workers of the studio by gRPC: start the "
                                  "server. They share the workers with live speech; previews keep their share."));
}

void ServerPanel::followSettings()
{
    action(kCopyToken)->setEnabled(!m_model.settings().tokenFile.isEmpty());
    follow();
}

QAction* ServerPanel::action(const char* id) const
{
    return m_actions.action(QString::fromLatin1(id));
}

} // namespace lipsync::ui
