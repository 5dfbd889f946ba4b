// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/operations/video_part.h"

#include "ui/operations/face_chooser.h"
#include "ui/operations/operation_model.h"

#include <chrono>

#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>

namespace lipsync::ui {
namespace {

using namespace std::chrono_literals;

constexpr double kLongest = 24.0 * 60 * 60; // seconds
constexpr auto kPatience = 250ms;

QDoubleSpinBox* makeSeconds(const QString& name, const QString& toolTip)
{
    auto* field = new QDoubleSpinBox;
    field->setRange(0, kLongest);
    field->setDecimals(2);
    field->setSuffix(VideoPart::tr(" s"));
    field->setAccessibleName(name);
    field->setToolTip(toolTip);
    return field;
}

} // namespace

VideoPart::VideoPart(OperationModel& model, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_start(makeSeconds(tr("Begin at"), tr("Where in the video to begin, in seconds")))
    , m_seconds(makeSeconds(tr("Take"), tr("How much of the video to take, in seconds; 0 takes all to its end")))
    , m_face(new FaceChooser)
{
    m_seconds->setSpecialValueText(tr("all to the end"));
    auto* form = new QFormLayout(this);
    form->setContentsMargins(0, 0, 0, 0);
    form->setRowWrapPolicy(QFormLayout::WrapLongRows);
    form->addRow(tr("&Begin at"), m_start);
    form->addRow(tr("Ta&ke"), m_seconds);
    auto* caption = new QLabel(tr("&Face"));
    caption->setBuddy(m_face);
    form->addRow(caption);
    form->addRow(m_face);
    m_face->setMessage(tr("The first frame of the video is shown here."));
    m_patience.setSingleShot(true);
    m_patience.setInterval(kPatience);
    connect(&m_patience, &QTimer::timeout, this, &VideoPart::wantFrame);
    connect(m_start, &QDoubleSpinBox::valueChanged, this, [this] { m_patience.start(); });
    connect(&model, &OperationModel::frameReady, m_face, &FaceChooser::setFrame);
    connect(&model, &OperationModel::frameUnreadable, m_face, &FaceChooser::setMessage);
}

void VideoPart::setVideo(const std::filesystem::path& video)
{
    if (video == m_video)
        return;
    m_video = video;
    m_face->clear();
    m_patience.start();
}

double VideoPart::startSeconds() const
{
    return m_start->value();
}

std::optional<double> VideoPart::seconds() const
{
    return m_seconds->value() > 0 ? std::optional(m_seconds->value()) : std::nullopt;
}

std::optional<FaceArea> VideoPart::face() const
{
    return m_face->face();
}

void VideoPart::wantFrame()
{
    if (!m_video.empty())
        m_model.wantFrame(m_video, m_start->value());
}

} // namespace lipsync::ui
