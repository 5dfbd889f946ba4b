// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/library/library_lists_panel.h"

#include "ui/actions/action_registry.h"
#include "ui/actions/studio_actions.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/forms/form_parts.h"
#include "ui/library/library_actions.h"
#include "ui/library/library_delegate.h"
#include "ui/library/library_list_model.h"
#include "ui/library/library_model.h"
#include "ui/operations/operation_actions.h"

#include <QAction>
#include <QDesktopServices>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QListView>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

using namespace action_id;

constexpr QSize kIconSize{18, 18};
constexpr int kLeastRows = 2; // of a list that are seen at least
constexpr int kUsualRow = 63;

} // namespace

LibraryListsPanel::LibraryListsPanel(LibraryModel& desk, LibraryListModel& avatars, LibraryListModel& voices,
                                     ActionRegistry& actions, QWidget* parent)
    : QWidget(parent)
    , m_desk(desk)
    , m_actions(actions)
    , m_avatars(makeHalf(avatars))
    , m_voices(makeHalf(voices))
{
    setObjectName(QStringLiteral("dockContent"));
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Library"));
    buildAvatars();
    buildVoices();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 4, 12, 12);
    column->setSpacing(12);
    column->addWidget(m_avatars.half, 3);
    column->addWidget(m_voices.half, 2);
    connectCommands();
    connect(&desk, &LibraryModel::avatarChanged, this, [this] {
        if (m_desk.avatar())
            m_avatars.model.setOnDesk(m_desk.avatar()->folder);
    });
    connect(&desk, &LibraryModel::voiceChanged, this, [this] {
        if (m_desk.voice())
            m_voices.model.setOnDesk(m_desk.voice()->file);
    });
}

int LibraryListsPanel::avatarRow() const
{
    return m_avatars.list->currentIndex().row();
}

bool LibraryListsPanel::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Delete) {
        action(watched == m_avatars.list ? kRemoveAvatar : kRemoveVoice)->trigger();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

LibraryListsPanel::Half LibraryListsPanel::makeHalf(LibraryListModel& model)
{
    const bool areAvatars = model.kind() == LibraryKind::Avatars;
    return {model, new QWidget, new QListView,
            makeSentence("muted", areAvatars ? tr("No avatars yet") : tr("No voices yet")),
            makeSentence("muted", areAvatars ? tr("About the chosen avatar") : tr("About the chosen voice"))};
}

void LibraryListsPanel::buildHalf(Half& half, const QString& title, std::initializer_list<const char*> ways,
                                  std::initializer_list<const char*> commands)
{
    QHBoxLayout* head = makeButtons(ways);
    head->insertWidget(0, makeHeading(title), 1);

    QListView& list = *half.list;
    list.setAccessibleName(title);
    list.setModel(&half.model);
    list.setItemDelegate(new LibraryDelegate(&list));
    list.setUniformItemSizes(true);
    list.setSelectionMode(QAbstractItemView::SingleSelection);
    list.setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list.setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    list.setMinimumHeight(kLeastRows * kUsualRow);
    list.setContextMenuPolicy(Qt::ActionsContextMenu);
    for (const char* id : commands)
        list.addAction(action(id));
    list.installEventFilter(this);
    half.empty->setAlignment(Qt::AlignCenter);
    half.empty->setMinimumHeight(kUsualRow);

    auto* column = new QVBoxLayout(half.half);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addLayout(head);
    column->addWidget(&list, 1);
    column->addWidget(half.empty, 1);
    column->addLayout(makeButtons(commands));
    column->addWidget(half.detail);

    const auto follow = [this, &half] { this->follow(half); };
    connect(&list, &QListView::activated, this, [this, &half] { use(half); });
    connect(list.selectionModel(), &QItemSelectionModel::currentChanged, this, follow);
    connect(&half.model, &LibraryListModel::dataChanged, this, follow);
    connect(&half.model, &LibraryListModel::rowsInserted, this, follow);
    connect(&half.model, &LibraryListModel::rowsRemoved, this, follow);
}

void LibraryListsPanel::buildAvatars()
{
    m_avatars.list->setObjectName(QStringLiteral("avatars"));
    m_avatars.list->setToolTip(tr("Enter puts the chosen avatar on the desk, Delete takes it from the list"));
    m_avatars.empty->setText(tr("Drop an avatar folder here, or a video to make an avatar of."));
    buildHalf(m_avatars, tr("Avatars"), {kOpenAvatar, kImportAvatar, kPrepareAvatar},
              {kUseAvatar, kTrainAvatar, kCheckAvatar, kShowAvatarFolder, kRemoveAvatar});
    follow(m_avatars);
}

void LibraryListsPanel::buildVoices()
{
    m_voices.list->setObjectName(QStringLiteral("voices"));
    m_voices.list->setToolTip(tr("Enter puts the chosen voice on the desk, Delete takes it from the list"));
    m_voices.empty->setText(tr("Drop a sound here, such as WAV, FLAC or MP3, or a video for its sound."));
    buildHalf(m_voices, tr("Voices"), {kOpenVoice}, {kUseVoice, kShowVoiceFolder, kRemoveVoice});
    follow(m_voices);
}

QHBoxLayout* LibraryListsPanel::makeButtons(std::initializer_list<const char*> ids)
{
    auto* row = new QHBoxLayout;
    row->setSpacing(0);
    for (const char* id : ids) {
        auto* button = new QToolButton;
        button->setDefaultAction(action(id));
        button->setIconSize(kIconSize);
        button->setFocusPolicy(Qt::TabFocus);
        button->setAccessibleName(action(id)->iconText());
        button->setAccessibleDescription(action(id)->statusTip());
        row->addWidget(button);
    }
    if (ids.size() > 1)
        row->addStretch();
    return row;
}

void LibraryListsPanel::connectCommands()
{
    on(kUseAvatar, [this] { use(m_avatars); });
    on(kUseVoice, [this] { use(m_voices); });
    on(kCheckAvatar, [this] { m_avatars.model.check(avatarRow()); });
    on(kShowAvatarFolder, [this] { showFolder(m_avatars); });
    on(kShowVoiceFolder, [this] { showFolder(m_voices); });
    on(kRemoveAvatar, [this] { m_avatars.model.remove(avatarRow()); });
    on(kRemoveVoice, [this] { m_voices.model.remove(m_voices.list->currentIndex().row()); });
}

void LibraryListsPanel::on(const char* id, const std::function<void()>& run)
{
    connect(action(id), &QAction::triggered, this, [run] { run(); });
}

void LibraryListsPanel::use(const Half& half)
{
    const int row = half.list->currentIndex().row();
    if (!half.model.isUsable(row))
        return;
    if (half.model.kind() == LibraryKind::Avatars)
        m_desk.openAvatar(half.model.path(row));
    else
        m_desk.openVoice(half.model.path(row));
}

void LibraryListsPanel::showFolder(const Half& half)
{
    const int row = half.list->currentIndex().row();
    if (row < 0)
        return;
    const QFileInfo file(fromPath(half.model.path(row)));
    QDesktopServices::openUrl(QUrl::fromLocalFile(file.isDir() ? file.absoluteFilePath() : file.absolutePath()));
}

void LibraryListsPanel::follow(const Half& half)
{
    const bool isEmpty = half.model.rowCount() == 0;
    half.list->setVisible(!isEmpty);
    half.empty->setVisible(isEmpty);
    if (!isEmpty && !half.list->currentIndex().isValid())
        half.list->setCurrentIndex(half.model.index(0));
    const QModelIndex chosen = half.list->currentIndex();
    say(*half.detail, chosen.data(LibraryListModel::DetailRole).toString());
    const bool isUsable = half.model.isUsable(chosen.row());
    if (half.model.kind() == LibraryKind::Voices) {
        action(kUseVoice)->setEnabled(isUsable);
        action(kShowVoiceFolder)->setEnabled(chosen.isValid());
        action(kRemoveVoice)->setEnabled(chosen.isValid());
        return;
    }
    const EntryState state = half.model.state(chosen.row());
    action(kUseAvatar)->setEnabled(isUsable);
    action(kCheckAvatar)
        ->setEnabled(state == EntryState::Ready || state == EntryState::Intact || state == EntryState::Damaged);
    action(kShowAvatarFolder)->setEnabled(chosen.isValid());
    action(kRemoveAvatar)->setEnabled(chosen.isValid());
    Q_EMIT avatarChosen(half.model.path(chosen.row()));
}

QAction* LibraryListsPanel::action(const char* id) const
{
    return m_actions.action(QString::fromLatin1(id));
}

} // namespace lipsync::ui
