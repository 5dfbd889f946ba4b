# SPDX-License-Identifier: GPL-3.0-or-later
"""The 328 network on a GPU by other runtimes; ours is measured by packaging/gpu-check on the same machine.

Usage: compare_gpu_runtimes.py FOLDER [--batches N…] [--device cuda] [--seconds S]
FOLDER has what lipsync-bench-engine --write_network=FOLDER wrote, on any machine. Needs the Python packages torch and
numpy; takes onnx and onnxruntime-gpu where they are installed. Numbers in and out stay on the device: what a program
adds around the network is not in these times. The output is compared with LibTorch's in float32.
"""
import argparse
import math
import sys
import time
from pathlib import Path

import numpy
import torch

sys.path.insert(0, str(Path(__file__).parents[2] / "engine/nn/python"))
from reference_networks import UNet, read_safetensors


def network(weights, device, precision):
    weights = {name: values.to(device, precision) for name, values in weights.items()}
    for name, values in weights.items():
        if values.dim() == 4:
            weights[name] = values.contiguous(memory_format=torch.channels_last)
    hearing = {"wide": False, "wide_residual": False, "stride": 1}
    return lambda image, audio: UNet(weights).forward(image, audio, levels=5, **hearing)


def torch_runs(weights, device):
    for name, precision in (("fp32", torch.float32), ("bf16", torch.bfloat16), ("fp16", torch.float16)):
        run = network(weights, device, precision)
        yield f"PyTorch {torch.__version__} eager, {name}", precision, run
        if precision != torch.float32:
            yield f"torch.compile, {name}", precision, torch.compile(run, mode="max-autotune")


def onnx_run(folder, image, audio):
    """Of one batch size, its inputs and outputs bound to the device's memory."""
    import onnxruntime
    from onnx_network import make_model
    from onnx_network import read_safetensors as read_floats

    if "CUDAExecutionProvider" not in onnxruntime.get_available_providers():
        raise ImportError("this onnxruntime knows no CUDA")
    model = make_model(read_floats(f"{folder}/weights.safetensors"), tuple(image.shape), tuple(audio.shape))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CUDAExecutionProvider"])
    binding = session.io_binding()
    for put, values in zip(session.get_inputs(), (image, audio)):
        binding.bind_ortvalue_input(put.name, onnxruntime.OrtValue.ortvalue_from_numpy(values.cpu().numpy(), "cuda", 0))
    binding.bind_output(session.get_outputs()[0].name, "cuda")

    def run(*_):
        session.run_with_iobinding(binding)
        return binding.copy_outputs_to_cpu()[0] if run.reads else None

    run.reads = False
    return f"ONNX Runtime {onnxruntime.__version__} CUDA, fp32", run


def wait(device):
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def milliseconds(run, inputs, device, seconds):
    for _ in range(3):
        run(*inputs)
    wait(device)
    batches, started = 0, time.perf_counter()
    while batches < 2 or time.perf_counter() - started < seconds:
        run(*inputs)
        batches += 1
        wait(device)
    return (time.perf_counter() - started) * 1000 / batches


def likeness(output, expected):
    error = output.astype("f8")[:1] - expected
    return f"{abs(error).max():.1e}, {-10 * math.log10((error**2).mean()):.0f} dB"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 2, 4, 8, 16, 32])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--seconds", type=float, default=1.0)
    wishes = parser.parse_args()
    image, audio = (torch.from_numpy(numpy.load(f"{wishes.folder}/{role}.npy")) for role in ("image", "audio"))
    expected = numpy.load(f"{wishes.folder}/output.npy")
    weights = read_safetensors(f"{wishes.folder}/weights.safetensors")

    def show(name, batch, run, inputs, output):
        spent = milliseconds(run, inputs, wishes.device, wishes.seconds)
        print(f"| {name} | {batch} | {spent:.3f} | {1000 * batch / spent:.1f} | {likeness(output, expected)} |", flush=True)

    print("| runtime | batch | ms | frames/s | largest error, PSNR |\n|---|---|---|---|---|")
    with torch.inference_mode():
        for batch in wishes.batches:
            images, audios = (x.repeat(batch, 1, 1, 1).to(wishes.device) for x in (image, audio))
            for name, precision, run in torch_runs(weights, wishes.device):
                inputs = [x.to(precision, memory_format=torch.channels_last) for x in (images, audios)]
                show(name, batch, run, inputs, run(*inputs).float().cpu().numpy())
            try:
                name, run = onnx_run(wishes.folder, images, audios)
            except ImportError as missing:
                print(f"Left out: {missing}.", file=sys.stderr)
                continue
            run.reads = True
            output = run()
            run.reads = False
            show(name, batch, run, (), output)


main()
