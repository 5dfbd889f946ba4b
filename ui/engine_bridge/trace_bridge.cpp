// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/engine_bridge/trace_bridge.h"

#include <utility>

namespace lipsync::ui {

TraceBridge::TraceBridge(Engine& engine, QObject* parent)
    : QObject(parent)
    , m_engine(engine)
{
}

void TraceBridge::read()
{
    if (m_isReading)
        return;
    m_isReading = true;
    m_lane.run([this] {
        auto reading = std::make_shared<TraceReading>();
        reading->frames = m_engine.frameTraces();
        for (const std::string& device : m_engine.deviceNames())
            reading->devices << QString::fromStdString(device);
        m_lane.post([this, reading = std::shared_ptr<const TraceReading>(std::move(reading))] {
            m_isReading = false;
            Q_EMIT framesRead(reading);
        });
    });
}

void TraceBridge::explain(const metrics::FrameTrace& frame)
{
    m_lane.run([this, frame, question = ++m_question] {
        m_lane.post([this, question, sentence = QString::fromStdString(m_engine.explainFrame(frame))] {
            if (question == m_question)
                Q_EMIT explained(sentence);
        });
    });
}

QByteArray TraceBridge::json()
{
    return QByteArray::fromStdString(m_engine.traceJson());
}

} // namespace lipsync::ui
