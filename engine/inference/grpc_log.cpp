// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/grpc_log.h"

#include <grpc/support/log.h>

namespace lipsync::inference {

void silenceGrpc()
{
    gpr_set_log_function([](gpr_log_func_args*) {});
}

} // namespace lipsync::inference
