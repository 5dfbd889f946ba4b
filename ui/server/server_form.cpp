// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/server/server_form.h"

#include "ui/actions/action_registry.h"
#include "ui/forms/form_parts.h"
#include "ui/forms/path_field.h"
#include "ui/forms/side_by_side.h"
#include "ui/server/served_folders.h"
#include "ui/server/server_actions.h"
#include "ui/server/server_model.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QResizeEvent>
#include <QScopedValueRollback>
#include <QSpinBox>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

constexpr int kLastPort = 65535;
constexpr int kGap = 6;
constexpr int kShortestHost = 12; // letters of an address that are seen at least

} // namespace

ServerForm::ServerForm(ServerModel& model, ActionRegistry& actions, Dialogs& dialogs, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_host(new QComboBox)
    , m_port(new QSpinBox)
    , m_servesLibrary(new QCheckBox(tr("Avatars of the &library")))
    , m_folders(new ServedFolders(dialogs))
    , m_metrics(new QLineEdit)
    , m_web(new QLineEdit)
    , m_startsWithStudio(new QCheckBox(tr("Start &with the studio")))
    , m_advice(makeSentence("muted", tr("About the safety of the server")))
{
    setAccessibleName(tr("Settings of the server"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGap);
    addAddress(*column);
    addAvatars(*column);
    addAccess(*column, actions, dialogs);
    addRest(*column);
    column->addStretch(1);
    connect(&model, &ServerModel::settingsChanged, this, &ServerForm::follow);
    follow();
}

void ServerForm::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    for (QFormLayout* form : m_forms)
        wrapWhereNarrow(*form, event->size().width());
}

void ServerForm::addAddress(QVBoxLayout& column)
{
    QFormLayout* form = addForm(column);
    m_host->setEditable(true);
    m_host->setInsertPolicy(QComboBox::NoInsert);
    m_host->addItems({QStringLiteral("127.0.0.1"), QStringLiteral("0.0.0.0")});
    m_host->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_host->setMinimumContentsLength(kShortestHost);
    m_host->setSizePolicy(QSizePolicy::MinimumExpanding, QSizePolicy::Fixed);
    addField(*form, tr("A&ddress"), m_host, "serverHost", tr("Address"),
             tr("127.0.0.1 is reached by programs of this machine alone, 0.0.0.0 by every machine of the network; or "
                "one of this machine's addresses"));
    m_port->setRange(0, kLastPort);
    m_port->setSpecialValueText(tr("any free one"));
    addField(*form, tr("P&ort"), m_port, "serverPort", tr("Port"),
             tr("The port that clients call, at most 65535; 0 takes any that is free"));
    connect(m_host, &QComboBox::editTextChanged, this, &ServerForm::edit);
    connect(m_port, &QSpinBox::valueChanged, this, &ServerForm::edit);
    column.addWidget(m_advice);
}

void ServerForm::addAvatars(QVBoxLayout& column)
{
    column.addWidget(makeHeading(tr("Avatars")));
    m_servesLibrary->setObjectName(QStringLiteral("servesLibrary"));
    m_servesLibrary->setAccessibleName(tr("Serve the avatars of the library"));
    m_servesLibrary->setToolTip(tr("Clients see the trained avatars that are in the library when the server starts"));
    column.addWidget(m_servesLibrary);
    column.addWidget(m_folders);
    connect(m_servesLibrary, &QCheckBox::toggled, this, &ServerForm::edit);
    connect(m_folders, &ServedFolders::edited, this, &ServerForm::edit);
}

void ServerForm::addAccess(QVBoxLayout& column, const ActionRegistry& actions, Dialogs& dialogs)
{
    column.addWidget(makeHeading(tr("Who may call")));
    QFormLayout* form = addForm(column);
    const auto add = [&](PathField*& field, const QString& caption, const char* objectName, const QString& name,
                         const QString& hint, const QString& filter) {
        field = new PathField(PathKind::File, name, hint, dialogs);
        field->setFilter(filter);
        field->setPlaceholder(tr("none"));
        addField(*form, caption, field, objectName, name, hint);
        connect(field, &PathField::changed, this, &ServerForm::edit);
    };
    const QString pem = tr("Certificates and keys (*.pem *.crt *.cer *.key);;All files (*)");
    add(m_tokenFile, tr("To&ken file"), "tokenFile", tr("Token file"),
        tr("One token a line that clients have to show; nobody but you may read the file"), tr("All files (*)"));
    const auto button = [&](const char* id) { return makeActionButton(actions.action(QString::fromLatin1(id))); };
    form->addRow(new SideBySide({button(action_id::kNewToken), button(action_id::kCopyToken)}, nullptr, kGap));
    add(m_certificate, tr("Cert&ificate"), "serverCertificate", tr("Certificate"),
        tr("The server's certificate as PEM; with its key the connections are encrypted"), pem);
    add(m_key, tr("Ke&y"), "serverKey", tr("Key of the certificate"),
        tr("The key of the certificate as PEM; nobody but you may read the file"), pem);
    add(m_clientCertificates, tr("Clie&nts"), "clientCertificates", tr("Who signs clients' certificates"),
        tr("Certificates as PEM of whoever signs those of the clients: none without one is let in"), pem);
}

void ServerForm::addRest(QVBoxLayout& column)
{
    column.addWidget(makeHeading(tr("Besides")));
    QFormLayout* form = addForm(column);
    m_metrics->setPlaceholderText(tr("none"));
    addField(*form, tr("&Metrics"), m_metrics, "metricsListen", tr("Address of the page of numbers"),
             tr("HOST:PORT of a page of numbers for Prometheus, such as 127.0.0.1:9464"));
    connect(m_metrics, &QLineEdit::textEdited, this, &ServerForm::edit);
    m_web->setPlaceholderText(tr("none"));
    addField(*form, tr("&Browsers"), m_web, "webListen", tr("Address of the page for browsers"),
             tr("HOST:PORT of a page that plays the avatars, and of its WebSocket, such as 127.0.0.1:8086"));
    connect(m_web, &QLineEdit::textEdited, this, &ServerForm::edit);
    m_startsWithStudio->setObjectName(QStringLiteral("startsWithStudio"));
    m_startsWithStudio->setAccessibleName(tr("Start the server with the studio"));
    m_startsWithStudio->setToolTip(tr("The server is switched on whenever the studio starts"));
    column.addWidget(m_startsWithStudio);
    connect(m_startsWithStudio, &QCheckBox::toggled, this, &ServerForm::edit);
}

QFormLayout* ServerForm::addForm(QVBoxLayout& column)
{
    QFormLayout* form = makeForm();
    column.addLayout(form);
    m_forms.push_back(form);
    return form;
}

void ServerForm::edit()
{
    if (m_isFollowing)
        return;
    ServerSettings settings;
    settings.host = m_host->currentText().trimmed();
    settings.port = m_port->value();
    settings.servesLibrary = m_servesLibrary->isChecked();
    settings.folders = m_folders->folders();
    settings.tokenFile = m_tokenFile->text();
    settings.certificate = m_certificate->text();
    settings.key = m_key->text();
    settings.clientCertificates = m_clientCertificates->text();
    settings.metrics = m_metrics->text().trimmed();
    settings.web = m_web->text().trimmed();
    settings.startsWithStudio = m_startsWithStudio->isChecked();
    m_model.setSettings(settings);
}

// What a person is typing is left as it is: blanks around it are not of the settings.
void ServerForm::follow()
{
    const QScopedValueRollback following(m_isFollowing, true);
    const ServerSettings& settings = m_model.settings();
    if (m_host->currentText().trimmed() != settings.host)
        m_host->setEditText(settings.host);
    m_port->setValue(settings.port);
    m_servesLibrary->setChecked(settings.servesLibrary);
    m_folders->setFolders(settings.folders);
    const std::pair<PathField*, const QString&> files[] = {{m_tokenFile, settings.tokenFile},
                                                           {m_certificate, settings.certificate},
                                                           {m_key, settings.key},
                                                           {m_clientCertificates, settings.clientCertificates}};
    for (const auto& [field, file] : files)
        if (field->text() != file)
            field->setText(file);
    if (m_metrics->text().trimmed() != settings.metrics)
        m_metrics->setText(settings.metrics);
    if (m_web->text().trimmed() != settings.web)
        m_web->setText(settings.web);
    m_startsWithStudio->setChecked(settings.startsWithStudio);
    say(*m_advice, settings.advice());
}

} // namespace lipsync::ui
