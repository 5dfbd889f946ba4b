#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of app/examples against a real `lipsync serve`: each makes an MP4 of a voice, which is then probed.

usage: examples_test.py LIPSYNC EXAMPLE SOURCE_DIR      exit status 77: something that they need is not here
"""
import json
import math
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import wave

SECONDS, FRAME_RATE, SIDE = 2, 25, 512  # of the voice below, of the demo avatar


def skip(why):
    print("SKIPPED:", why)
    sys.exit(77)


def check(condition, what):
    if not condition:
        raise AssertionError(what)
    print("ok:", what)


def write_voice(file):
    """A voice at 22.05 kHz, so that the examples have to bring it to the server's 16 kHz."""
    rate = 22050
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(i * 0.05) * math.sin(i * 0.0008)))
                                 for i in range(rate * SECONDS)))


def probe(file):
    shown = subprocess.run(["ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of", "json", file],
                           check=True, stdout=subprocess.PIPE).stdout
    return {stream["codec_type"]: stream for stream in json.loads(shown)["streams"]}


def make_protocol(source, folder):
    subprocess.run(["protoc", "-I", source + "/engine/serving/protocol", "--python_out=" + folder,
                    "--grpc_out=" + folder, "--plugin=protoc-gen-grpc=" + shutil.which("grpc_python_plugin"),
                    "lipsync.proto"], check=True)


def make_video(command, out, environment, what):
    run = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                         timeout=120)
    check(run.returncode == 0, f"the {what} example ends well: {run.stdout}{run.stderr}")
    streams = probe(out)
    frames = int(streams["video"]["nb_read_frames"])
    check(abs(frames - SECONDS * FRAME_RATE) <= 1, f"its video has {frames} frames of {SECONDS} s")
    check(streams["video"]["codec_name"] == "h264" and streams["video"]["width"] == SIDE
          and streams["video"]["height"] == SIDE and streams["video"]["r_frame_rate"] == f"{FRAME_RATE}/1",
          "of the avatar's size and rate, as the server made them")
    check(streams["audio"]["codec_name"] == "aac" and abs(float(streams["audio"]["duration"]) - SECONDS) < 0.1,
          "and the voice")


def refused(command, environment, words, what):
    run = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                         timeout=120)
    check(run.returncode != 0 and words in run.stderr and "Traceback" not in run.stderr,
          f"the {what} example says why not: {run.stderr.strip()}")


def main():
    lipsync, example, source = sys.argv[1:4]
    for program in ("ffmpeg", "ffprobe"):
        if not shutil.which(program):
            skip("there is no " + program + " here (Debian: ffmpeg).")
    with tempfile.TemporaryDirectory() as folder:
        voice = folder + "/a voice; with 'quotes'.wav"
        write_voice(voice)
        server = subprocess.Popen([lipsync, "serve", "--listen", "127.0.0.1:0", "--library",
                                   source + "/resources/avatars"], stdout=subprocess.PIPE, text=True)
        try:
            address = re.search(r"on (127\.0\.0\.1:\d+)", server.stdout.readline()).group(1)
            plain = dict(os.environ)
            out = folder + "/cpp.mp4"
            make_video([example, address, "demo", voice, out], out, plain, "C++")
            refused([example, address, "nobody", voice, out], plain, "nobody", "C++")
            try:
                import grpc  # noqa: F401
            except ImportError:
                skip("there is no Python grpcio here (Debian: python3-grpcio); the C++ example was tried.")
            if not shutil.which("protoc") or not shutil.which("grpc_python_plugin"):
                skip("there is no protoc with grpc_python_plugin here; the C++ example was tried.")
            make_protocol(source, folder)
            python = {**plain, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"}
            out = folder + "/python.mp4"
            command = [sys.executable, source + "/app/examples/speak.py", address]
            make_video(command + ["demo", voice, out], out, python, "Python")
            refused(command + ["nobody", voice, out], python, "NOT_FOUND", "Python")
        finally:
            server.terminate()
            if server.wait(timeout=60) != 0:
                raise AssertionError("the server did not end well")


main()
