// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/grpc_setup.h"

#include <absl/synchronization/mutex.h>
#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

namespace lipsync::inference {

void prepareGrpc()
{
    absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
    gpr_set_log_function([](gpr_log_func_args*) {});
    google::protobuf::SetLogHandler(nullptr); // a line for every text of a request that is no UTF-8
}

} // namespace lipsync::inference
