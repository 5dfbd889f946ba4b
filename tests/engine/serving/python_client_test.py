#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`lipsync serve` as a program, called by another gRPC implementation: grpcio, with messages written by hand.

usage: python_client_test.py PROGRAM LIBRARY      exit status 77: grpcio is not here
"""
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import urllib.request

try:
    import grpc
except ImportError:
    print("SKIPPED: there is no Python grpcio here (Debian: python3-grpcio).")
    sys.exit(77)


def varint(number):
    number &= (1 << 64) - 1
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, str):
        value = value.encode()
    return varint(number << 3 | 2) + varint(len(value)) + value


def parse(message):
    """Fields of a message by number, in order."""
    fields, at = {}, 0

    def read_varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        key = read_varint()
        kind = key & 7
        if kind == 0:
            value = read_varint()
        else:
            size = {1: 8, 5: 4}.get(kind)
            if size is None:
                size = read_varint()
            value = message[at:at + size]
            at += size
        fields.setdefault(key >> 3, []).append(value)
    return fields


def check(condition, what):
    if not condition:
        raise AssertionError(what)
    print("ok:", what)


def call(channel, method, request, **options):
    return parse(channel.unary_unary(method)(request, timeout=60, **options))


OLD = "/optimized_lipsyncsrv.OptimizedLipSyncService/"
KSERVE = "/inference.GRPCInferenceService/"


def with_audio(frames):
    chunks = b"".join(field(4, struct.pack("<640h", *[((i * 37 + n) % 200 - 100) * 90 for i in range(640)]))
                      for n in range(frames + 15))
    return field(1, "demo") + field(2, 3) + field(3, frames) + chunks


def main():
    program, library = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notices.bind(folder + "/notify")
        notices.settimeout(60)
        log = folder + "/access.log"
        server = subprocess.Popen(
            [program, "serve", "--listen", "127.0.0.1:0", "--library", library, "--metrics", "127.0.0.1:0",
             "--access-log", log, "--workers", "1"],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "NOTIFY_SOCKET": folder + "/notify"})
        try:
            talk(server, notices, log)
        finally:
            if server.poll() is None:
                server.kill()


def talk(server, notices, log):
    line = server.stdout.readline()
    address = re.search(r"on (127\.0\.0\.1:\d+)", line).group(1)
    page = re.search(r"http://\S+/metrics", line).group(0)
    check(b"READY=1" in notices.recv(4096), "the service manager hears that it is ready")
    with grpc.insecure_channel(address, options=[("grpc.max_receive_message_length", -1)]) as channel:
        load = call(channel, OLD + "LoadPackage", field(1, "demo"))
        check(load.get(1) == [1] and load[5] == [350], "LoadPackage loads the demo avatar and tells its 350 frames")
        health = call(channel, "/grpc.health.v1.Health/Check", field(1, "demo"))
        check(health.get(1) == [1], "health says that demo is served")
        listed = call(channel, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", field(7, ""))
        names = str(listed)
        check(all(each in names for each in ("lipsync.v1.LipSync", "optimized_lipsyncsrv.OptimizedLipSyncService",
                                             "inference.GRPCInferenceService", "grpc.health.v1.Health")),
              "reflection lists the services")
        batch = call(channel, OLD + "GenerateBatchWithAudio", with_audio(4))
        mouths = [parse(each) for each in batch[1]]
        check([mouth.get(1) for mouth in mouths] == [[1]] * 4, "GenerateBatchWithAudio makes four mouths")
        check(all(mouth[2][0].startswith(b"\xff\xd8\xff") for mouth in mouths), "which are JPEG")
        check([mouth[6] for mouth in mouths] == [[3], [4], [5], [6]], "in order")
        bounds = struct.unpack("<4f", mouths[0][3][0])
        check(0 <= bounds[0] < bounds[2] <= 512, "with bounds inside of the frame")
        lonely = call(channel, OLD + "GenerateInference", field(1, "demo") + field(2, 5))
        check(1 not in lonely and "sound" in lonely[8][0].decode(), "the demo has no sound of its own, and that is told")

        window = struct.pack("<8192f", *([0.1] * 8192))
        tensor = lambda name, kind, shape: field(1, name) + field(2, kind) + b"".join(field(3, side) for side in shape)
        infer = field(1, "demo") + field(3, "7") + field(5, tensor("frame", "INT32", (1, 1))) + \
            field(5, tensor("audio", "FP32", (1, 32, 16, 16))) + field(7, struct.pack("<i", 12)) + field(7, window)
        answer = call(channel, KSERVE + "ModelInfer", infer)
        check(len(answer[6][0]) == 160 * 160 * 3 and answer[3] == [b"7"], "ModelInfer answers a picture")

        try:
            channel.unary_unary(KSERVE + "ModelInfer")(field(1, "nobody"), timeout=10)
            raise AssertionError("an unknown model was inferred")
        except grpc.RpcError as error:
            check(error.code() == grpc.StatusCode.NOT_FOUND, "an unknown model is NOT_FOUND")

        numbers = urllib.request.urlopen(page, timeout=10).read().decode()
        check('nv_inference_count{model="demo",version="1"} 5' in numbers, "the page counts five frames of demo")
        check("lipsync_server_calls_total" in numbers and "lipsync_frame_stage_seconds" in numbers,
              "and calls and stages")

        ended = []
        running = [threading.Thread(target=lambda: ended.append(
            call(channel, OLD + "GenerateBatchWithAudio", with_audio(20)))) for _ in range(3)]
        for each in running:
            each.start()
        while b"lipsync_server_open_calls 3" not in urllib.request.urlopen(page, timeout=10).read():
            check(not ended, "the calls are on their way")
        server.send_signal(signal.SIGTERM)
        for each in running:
            each.join()
        check(len(ended) == 3 and all(parse(frame).get(1) == [1] for answer in ended for frame in answer[1]),
              "SIGTERM lets the calls under way end")
    check(server.wait(timeout=60) == 0, "and the program ends well")
    check(b"STOPPING=1" in notices.recv(4096), "which the service manager hears, too")
    lines = open(log, encoding="utf-8").read().splitlines()
    check(any("GenerateBatchWithAudio" in each and "status=ok frames=4" in each for each in lines),
          "the access log has a line a call")


main()
