// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/operations/train_form.h"

#include "ui/dialogs/dialogs.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/files/standard_folder.h"
#include "ui/forms/path_field.h"
#include "ui/operations/operation_model.h"

#include <algorithm>

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QPushButton>
#include <QSpinBox>

namespace lipsync::ui {
namespace {

constexpr double kLeastMinutes = 0.1, kMostMinutes = 100'000;
constexpr int kMostSteps = 100'000'000;
constexpr int kStepsAtOnce = 100; // of an arrow of the field
constexpr int kShortestField = 12; // letters
const auto kAvatarSuffix = QStringLiteral(".avatar");

} // namespace

TrainForm::TrainForm(OperationModel& model, Dialogs& dialogs, const std::filesystem::path& base, QWidget* parent)
    : OperationForm(parent)
    , m_dialogs(dialogs)
    , m_avatar(new PathField(PathKind::Folder, tr("Avatar"), tr("Prepared or trained avatar that is taught"), dialogs))
    , m_copy(new QPushButton(tr("Make a Copy…")))
    , m_begin(new QComboBox)
    , m_base(new PathField(PathKind::Folder, tr("Avatar to begin with"),
                           tr("Trained avatar with whose networks the training begins"), dialogs))
    , m_minutes(new QDoubleSpinBox)
    , m_steps(new QSpinBox)
    , m_device(new QComboBox)
    , m_restart(new QCheckBox(tr("Forget an unfinished training")))
{
    buildFields();
    m_base->setText(fromPath(base));
    QFormLayout* form = makeForm(this);
    form->addRow(tr("&Avatar"), m_avatar);
    form->addRow(QString(), m_copy);
    form->addRow(tr("&Begin with"), m_begin);
    form->addRow(tr("Avatar &to begin with"), m_base);
    form->addRow(tr("&Minutes"), m_minutes);
    form->addRow(tr("&Steps"), m_steps);
    form->addRow(tr("&Device"), m_device);
    form->addRow(m_restart);
    connect(m_avatar, &PathField::changed, this, &TrainForm::followAvatar);
    connect(m_copy, &QPushButton::clicked, this, &TrainForm::askForCopy);
    connect(&m_copier, &AvatarCopier::copied, this, [this](const std::filesystem::path& copy) {
        m_isCopying = false;
        m_avatar->setText(fromPath(copy));
        followAvatar();
        Q_EMIT copied(copy);
    });
    connect(&m_copier, &AvatarCopier::failed, this, [this](const QString& sentence) {
        m_isCopying = false;
        followAvatar();
        m_copyProblem = sentence;
        Q_EMIT changed();
    });
    connect(m_base, &PathField::changed, this, &OperationForm::changed);
    connect(m_begin, &QComboBox::currentIndexChanged, this, &TrainForm::follow);
    connect(&model, &OperationModel::devicesReady, this, &TrainForm::showDevices);
    model.wantDevices();
    followAvatar();
    follow();
}

void TrainForm::setShippedFolder(const std::filesystem::path& folder)
{
    m_shippedFolder = folder;
    followAvatar();
}

void TrainForm::setAvatar(const std::filesystem::path& avatar, bool isTrained)
{
    m_avatar->setText(fromPath(avatar));
    const Begin begin = isTrained ? Begin::Own : m_base->text().isEmpty() ? Begin::Scratch : Begin::Other;
    m_begin->setCurrentIndex(m_begin->findData(static_cast<int>(begin)));
}

QString TrainForm::hint() const
{
    if (m_avatar->text().isEmpty())
        return tr("Choose the avatar to be taught.");
    if (m_isCopying)
        return tr("The avatar is being copied…");
    if (!m_copyProblem.isEmpty())
        return m_copyProblem;
    if (isShipped())
        return tr("This avatar comes with the studio and stays as it is, and training would change it: make a copy, "
                  "and train that.");
    return begin() == Begin::Other && m_base->text().isEmpty() ? tr("Choose the avatar to begin with.") : QString();
}

void TrainForm::start(OperationModel& model, bool /*overwrite*/) const
{
    TrainRequest request;
    request.avatar = m_avatar->path();
    if (begin() == Begin::Other)
        request.base = m_base->path();
    request.fromScratch = begin() == Begin::Scratch;
    request.minutes = m_minutes->value();
    request.steps = m_steps->value();
    request.device = m_device->currentData().toString().toStdString();
    request.restart = m_restart->isChecked();
    model.start(request);
}

void TrainForm::buildFields()
{
    m_copy->setObjectName(QStringLiteral("trainCopy"));
    m_copy->setAccessibleName(tr("Make a copy of the avatar"));
    m_copy->setToolTip(tr("Copy the avatar that comes with the studio to a folder of your own, and train the copy"));
    m_copy->setAutoDefault(false);
    m_begin->setObjectName(QStringLiteral("trainBegin"));
    m_begin->setAccessibleName(tr("Begin with"));
    m_begin->setToolTip(tr("Which networks the training begins with: known ones need minutes, none needs hours"));
    m_begin->addItem(tr("its own networks"), static_cast<int>(Begin::Own));
    m_begin->addItem(tr("another avatar's networks"), static_cast<int>(Begin::Other));
    m_begin->addItem(tr("nothing"), static_cast<int>(Begin::Scratch));
    m_minutes->setObjectName(QStringLiteral("trainMinutes"));
    m_minutes->setRange(kLeastMinutes, kMostMinutes);
    m_minutes->setDecimals(1);
    m_minutes->setValue(TrainRequest{}.minutes);
    m_minutes->setSuffix(tr(" min"));
    m_minutes->setAccessibleName(tr("Minutes"));
    m_minutes->setToolTip(tr("The training takes no longer; it ends early where nothing gets better"));
    m_steps->setObjectName(QStringLiteral("trainSteps"));
    m_steps->setRange(0, kMostSteps);
    m_steps->setSingleStep(kStepsAtOnce);
    m_steps->setSuffix(tr(" steps"));
    m_steps->setSpecialValueText(tr("no limit"));
    m_steps->setAccessibleName(tr("Steps"));
    m_steps->setToolTip(tr("The training takes no more steps; 0 is no limit"));
    m_device->setObjectName(QStringLiteral("trainDevice"));
    m_device->setAccessibleName(tr("Device"));
    m_device->setToolTip(tr("What computes the training; preview and exports share it"));
    m_device->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_device->setMinimumContentsLength(kShortestField);
    showDevices({});
    m_restart->setAccessibleName(tr("Forget an unfinished training"));
    m_restart->setToolTip(tr("Begin anew instead of going on where the last training of this avatar was stopped"));
}

void TrainForm::showDevices(const std::vector<DeviceStatus>& devices)
{
    const QVariant chosen = m_device->currentData();
    m_device->clear();
    for (const DeviceStatus& device : devices) {
        const QString name = QString::fromStdString(device.name);
        m_device->addItem(
            device.description.empty() ? name : tr("%1: %2").arg(name, QString::fromStdString(device.description)),
            name);
    }
    if (m_device->count() == 0)
        m_device->addItem(tr("cpu: the processor"), QStringLiteral("cpu"));
    m_device->setCurrentIndex(std::max(0, m_device->findData(chosen)));
}

TrainForm::Begin TrainForm::begin() const
{
    return static_cast<Begin>(m_begin->currentData().toInt());
}

bool TrainForm::isShipped() const
{
    const auto avatar = m_avatar->path();
    if (avatar.empty() || m_shippedFolder.empty())
        return false;
    std::error_code ignored;
    const auto within = std::filesystem::weakly_canonical(avatar, ignored)
                            .lexically_relative(std::filesystem::weakly_canonical(m_shippedFolder, ignored));
    return !within.empty() && *within.begin() != "..";
}

void TrainForm::askForCopy()
{
    const QString name = QFileInfo(QDir::cleanPath(m_avatar->text())).completeBaseName() + kAvatarSuffix;
    m_dialogs.chooseNewFile(this, tr("Copy avatar to"),
                            QDir(standardFolder(QStandardPaths::DocumentsLocation)).filePath(name),
                            tr("Avatars (*.avatar)"), [this](const QString& chosen) { makeCopy(chosen); });
}

void TrainForm::makeCopy(const QString& name)
{
    m_isCopying = true;
    m_copier.copy(m_avatar->path(),
                  toPath(name.endsWith(kAvatarSuffix, Qt::CaseInsensitive) ? name : name + kAvatarSuffix));
    followAvatar();
}

void TrainForm::followAvatar()
{
    m_copyProblem.clear();
    m_copy->setVisible(isShipped());
    m_copy->setEnabled(!m_isCopying);
    m_avatar->setEnabled(!m_isCopying);
    Q_EMIT changed();
}

void TrainForm::follow()
{
    m_base->setEnabled(begin() == Begin::Other);
    Q_EMIT changed();
}

} // namespace lipsync::ui
