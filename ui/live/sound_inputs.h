// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <span>

#include <QByteArray>
#include <QList>
#include <QObject>
#include <QString>

namespace lipsync::ui {

/// A device that sound can be taken from.
struct SoundInput {
    QByteArray id; ///< stays the same while the device is there, and usually when it comes back
    QString name;
    bool isDefault = false;

    bool operator==(const SoundInput&) const = default;
};

/// Sound that is being taken. Its destructor ends it, on any thread; afterwards nothing is called.
class SoundSource {
public:
    struct Events {
        std::function<void(std::span<const float> samples)> heard; ///< 16 kHz mono, on a thread of the source
        std::function<void(const QString& reason)> failed; ///< once, likewise: no more sound comes, and why
    };
    virtual ~SoundSource() = default;
};

/// The devices of this machine that sound can be taken from; a test puts its own in their place. Window's thread.
class SoundInputs : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    /// Those that are there now.
    virtual QList<SoundInput> list() = 0;
    /// Begins to take sound. Returns at once; a device that cannot be opened says so through failed().
    virtual std::unique_ptr<SoundSource> open(const QByteArray& id, SoundSource::Events events) = 0;

Q_SIGNALS:
    /// A device came or went, after the first list().
    void changed();
};

} // namespace lipsync::ui
