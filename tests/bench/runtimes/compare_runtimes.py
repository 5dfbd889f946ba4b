# SPDX-License-Identifier: GPL-3.0-or-later
"""The 328 network by our executors and by other runtimes: same weights, same input, same threads, one run.

Usage: compare_runtimes.py LIPSYNC-BENCH-ENGINE [--rounds N] [--one-thread]
Needs the Python packages onnx and onnxruntime, and takes openvino where it is installed. Contenders take turns, round
after round, so that what else the machine does hits all of them; a contender's time is that of its best round. The
output of the others is compared with LibTorch's in float32.
"""
import argparse
import json
import math
import os
import subprocess
import tempfile
import time

import numpy
import onnxruntime
from onnx_network import make_model, read_safetensors

FRAMES = 12  # of a round
OURS = {
    "LibTorch, fp32": "bf16:0/executor:1/kept:0",
    "LibTorch, bf16": "bf16:1/executor:1/kept:0",
    "oneDNN, fp32": "bf16:0/executor:3/kept:0",
    "oneDNN, bf16": "bf16:1/executor:3/kept:0",
    "ours, fp32": "bf16:0/executor:2/kept:0",
    "ours, fp32, image half kept": "bf16:0/executor:2/kept:1",
    "ours, bf16": "bf16:1/executor:2/kept:0",
    "ours, bf16, image half kept": "bf16:1/executor:2/kept:1",
}


def ours(bench, case, one_thread):
    """Milliseconds a frame, measured by the benchmark itself, where 0 threads are one a core."""
    name = f"generatorExecutor/side:320/{case}/threads:{int(one_thread)}/real_time$"
    done = subprocess.run([bench, f"--benchmark_filter={name}", "--benchmark_format=json", "--benchmark_min_time=0.7"],
                          check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["benchmarks"][0]["real_time"]


def timed(run, inputs):
    run(inputs)
    started = time.perf_counter()
    for _ in range(FRAMES):
        run(inputs)
    return (time.perf_counter() - started) * 1000 / FRAMES


def onnx_runtime(model, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda inputs: session.run(None, inputs)[0]


def open_vino(model, threads, precision):
    import openvino

    core = openvino.Core()
    wishes = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": precision}
    request = core.compile_model(core.read_model(model.SerializeToString()), "CPU", wishes).create_infer_request()
    return lambda inputs: next(iter(request.infer(inputs).values()))


def others(model, threads):
    found = {f"ONNX Runtime {onnxruntime.__version__}, fp32": onnx_runtime(model, threads)}
    try:
        import openvino
    except ImportError:
        print("OpenVINO is not installed: left out.")
        return found
    version = openvino.__version__.split("-")[0]
    for name, precision in (("fp32", "f32"), ("bf16", "bf16")):
        found[f"OpenVINO {version}, {name}"] = open_vino(model, threads, precision)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bench", help="build/release/bin/lipsync-bench-engine")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one-thread", action="store_true", help="instead of one a core")
    wishes = parser.parse_args()
    threads = 1 if wishes.one_thread else os.cpu_count()

    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([wishes.bench, f"--write_network={folder}"], check=True)
        inputs = {role: numpy.load(f"{folder}/{role}.npy") for role in ("image", "audio")}
        expected = numpy.load(f"{folder}/output.npy")
        model = make_model(read_safetensors(f"{folder}/weights.safetensors"), inputs["image"].shape,
                           inputs["audio"].shape)
    runs = others(model, threads)
    likeness = {}
    for name, run in runs.items():
        error = run(inputs).astype("f8") - expected
        likeness[name] = f"{abs(error).max():.1e}, {-10 * math.log10((error**2).mean()):.0f} dB"

    best = {name: math.inf for name in [*OURS, *runs]}
    for round_number in range(wishes.rounds):
        print(f"round {round_number + 1} of {wishes.rounds}", flush=True)
        for name, case in OURS.items():
            best[name] = min(best[name], ours(wishes.bench, case, wishes.one_thread))
        for name, run in runs.items():
            best[name] = min(best[name], timed(run, inputs))

    theirs = min(best[name] for name in runs if name.endswith("fp32"))
    print(f"\n{threads} threads\n{'':32}{'ms a frame':>11}{'frames/s':>10}{'× best other fp32':>19}  largest error, PSNR")
    for name, milliseconds in sorted(best.items(), key=lambda one: one[1]):
        print(f"{name:32}{milliseconds:11.1f}{1000 / milliseconds:10.1f}{theirs / milliseconds:19.2f}  "
              f"{likeness.get(name, '')}")


main()
