#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`lipsync serve` called by NVIDIA's own client of KServe v2, tritonclient: metadata, configuration, inference at once, in
the background and in a stream, shared memory, statistics, the repository.

usage: triton_client_test.py PROGRAM LIBRARY      exit status 77: tritonclient is not here
"""
import queue
import re
import subprocess
import sys

try:
    import numpy
    import tritonclient.grpc as triton
    import tritonclient.utils.shared_memory as shared_memory
    from tritonclient.utils import InferenceServerException
except ImportError:
    print("SKIPPED: there is no tritonclient here (pip install tritonclient[grpc]).")
    sys.exit(77)

SIDE = 160  # of the demo's mouths
PICTURE = SIDE * SIDE * 3


def check(condition, what):
    if not condition:
        raise AssertionError(what)
    print("ok:", what)


def inputs_of(frames):
    numbers = numpy.array(frames, dtype=numpy.int32).reshape(-1, 1)
    sound = numpy.full((len(frames), 32, 16, 16), 0.1, dtype=numpy.float32)
    frame = triton.InferInput("frame", list(numbers.shape), "INT32")
    frame.set_data_from_numpy(numbers)
    audio = triton.InferInput("audio", list(sound.shape), "FP32")
    audio.set_data_from_numpy(sound)
    return [frame, audio]


def describe(client):
    check(client.is_server_live() and client.is_server_ready() and client.is_model_ready("demo"), "the server is ready")
    server = client.get_server_metadata(as_json=True)
    check({"statistics", "model_repository", "system_shared_memory"} <= set(server["extensions"]), "its extensions")
    metadata = client.get_model_metadata("demo")
    check([each.name for each in metadata.inputs] == ["frame", "audio"], "the inputs' names")
    check(list(metadata.outputs[0].shape) == [-1, SIDE, SIDE, 3], "the output's shape")
    config = client.get_model_config("demo").config
    check(config.max_batch_size > 1 and config.HasField("dynamic_batching"), "batching is configured")
    check(config.input[1].dims == [32, 16, 16] and config.instance_group[0].count >= 1, "shapes and instances, too")


def infer(client):
    result = client.infer("demo", inputs_of([3, 0, 3]), request_id="seven", priority=1, timeout=5_000_000)
    mouths = result.as_numpy("mouth")
    check(mouths.shape == (3, SIDE, SIDE, 3) and mouths.dtype == numpy.uint8, "three mouths come back")
    check((mouths[0] == mouths[2]).all() and (mouths[0] != mouths[1]).any(), "each of its own frame")
    check(result.get_response().id == "seven", "under the request's id")
    for wrong, words in (({"model_name": "nobody"}, "nobody"), ({"model_version": "9"}, "version")):
        try:
            client.infer(**{"model_name": "demo", "inputs": inputs_of([1]), **wrong})
            raise AssertionError("it was answered")
        except InferenceServerException as error:
            check(words in error.message(), f"{wrong} is refused: {error.message()}")
    return mouths[0]


def infer_in_background(client, expected):
    answers = queue.Queue()
    for _ in range(8):
        client.async_infer("demo", inputs_of([3]), callback=lambda result, error: answers.put((result, error)))
    together = [answers.get(timeout=60) for _ in range(8)]
    check(all(error is None and (result.as_numpy("mouth")[0] == expected).all() for result, error in together),
          "eight requests under way at a time are answered")


def infer_in_a_stream(client, expected):
    answers = queue.Queue()
    client.start_stream(callback=lambda result, error: answers.put((result, error)))
    names = [f"request {i}" for i in range(6)]
    for name in names:
        client.async_stream_infer("demo", inputs_of([3]), request_id=name, enable_empty_final_response=True)
    together = [answers.get(timeout=60) for _ in names]
    check(all(error is None for _, error in together), "a stream answers")
    responses = [result.get_response() for result, _ in together]
    check(sorted(each.id for each in responses) == names, "every request")
    check(all(each.parameters["triton_final_response"].bool_param for each in responses), "and says that was all")
    check((together[0][0].as_numpy("mouth")[0] == expected).all(), "with the same picture")
    client.async_stream_infer("nobody", inputs_of([3]))
    check("nobody" in str(answers.get(timeout=60)[1]), "an unknown model is an error in it")
    client.async_stream_infer("demo", inputs_of([3]), request_id="after")
    check(answers.get(timeout=60)[0].get_response().id == "after", "after which it goes on")
    client.stop_stream()


def infer_in_shared_memory(client, expected):
    key_in, key_out = "/lipsync-triton-in", "/lipsync-triton-out"
    sound = numpy.full((1, 32, 16, 16), 0.1, dtype=numpy.float32)
    region_in = shared_memory.create_shared_memory_region("in", key_in, sound.nbytes)
    region_out = shared_memory.create_shared_memory_region("out", key_out, PICTURE)
    try:
        shared_memory.set_shared_memory_region(region_in, [sound])
        client.register_system_shared_memory("in", key_in, sound.nbytes)
        client.register_system_shared_memory("out", key_out, PICTURE)
        regions = client.get_system_shared_memory_status().regions
        check(regions["in"].byte_size == sound.nbytes and regions["out"].key == key_out, "regions are registered")
        frame, audio = inputs_of([3])
        audio = triton.InferInput("audio", [1, 32, 16, 16], "FP32")
        audio.set_shared_memory("in", sound.nbytes)
        output = triton.InferRequestedOutput("mouth")
        output.set_shared_memory("out", PICTURE)
        result = client.infer("demo", [frame, audio], outputs=[output])
        described = result.get_output("mouth")
        seen = shared_memory.get_contents_as_numpy(region_out, numpy.uint8, list(described.shape))
        check((seen[0] == expected).all(), "sound and picture go through shared memory")
        client.unregister_system_shared_memory("in")
        client.unregister_system_shared_memory()
        check(not client.get_system_shared_memory_status().regions, "and regions are forgotten")
    finally:
        shared_memory.destroy_shared_memory_region(region_in)
        shared_memory.destroy_shared_memory_region(region_out)


def ask_for_statistics(client):
    model = client.get_inference_statistics("demo").model_stats[0]
    check(model.inference_stats.success.count > 0 and model.inference_count >= model.execution_count > 0, "counts")
    check(sum(each.compute_infer.count for each in model.batch_stats) == model.execution_count, "batches by their size")
    check(len(client.get_inference_statistics().model_stats) == 1, "of all models, too")


def work_on_the_repository(client):
    state = lambda: {each.name: each.state for each in client.get_model_repository_index().models}["demo"]
    check(state() == "READY", "the repository lists the avatar")
    client.unload_model("demo")
    check(state() == "UNAVAILABLE" and not client.is_model_ready("demo"), "which can be unloaded")
    client.load_model("demo")
    check(state() == "READY" and client.is_model_ready("demo"), "and loaded again")


def main():
    program, library = sys.argv[1:3]
    server = subprocess.Popen([program, "serve", "--listen", "127.0.0.1:0", "--library", library, "--workers", "1"],
                              stdout=subprocess.PIPE, text=True)
    try:
        address = re.search(r"on (127\.0\.0\.1:\d+)", server.stdout.readline()).group(1)
        client = triton.InferenceServerClient(address)
        client.load_model("demo")
        describe(client)
        expected = infer(client)
        infer_in_background(client, expected)
        infer_in_a_stream(client, expected)
        infer_in_shared_memory(client, expected)
        ask_for_statistics(client)
        work_on_the_repository(client)
        client.close()
        server.terminate()
        check(server.wait(timeout=60) == 0, "the server ends well")
    finally:
        if server.poll() is None:
            server.kill()


main()
