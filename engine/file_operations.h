// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <memory>

namespace lipsync {

/// The façade's operations on files, each on a thread of its own: "import", "preparation", "training".
std::unique_ptr<Operation> startImport(const ImportRequest& request, OperationEvents events);
std::unique_ptr<Operation> startPreparation(const PrepareRequest& request, OperationEvents events);
std::unique_ptr<Operation> startTraining(const TrainRequest& request, OperationEvents events);

/// Where a preparation leaves pictures of what its warnings are about: NAME.avatar.pictures beside the avatar.
std::filesystem::path preparationPictures(const std::filesystem::path& avatar);

} // namespace lipsync
