// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The ceilings of a processor that a roofline has: what its instructions can do when nothing holds them up.

namespace lipsync::bench {

/// Multiplications and additions a second of `threads` threads at once, in registers alone: float32 with the widest
/// instructions there are, and bfloat16 pairs summed in float32; 0 where the processor has none.
double floatPeak(int threads);
double bf16Peak(int threads);
/// Bytes a second that `threads` threads read of memory that no cache holds, and that they copy (read and written).
double readRate(int threads);
double copyRate(int threads);

} // namespace lipsync::bench
