// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <memory>

#include <QByteArray>

namespace lipsync::ui {

/// A frame as a PNG file's bytes, which say that it is synthetic media. Any thread.
QByteArray framePng(const std::shared_ptr<const Picture>& picture);

} // namespace lipsync::ui
