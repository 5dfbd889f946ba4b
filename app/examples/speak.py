#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A voice to a talking video, through lipsync.v1: streams the sound to a server and writes what comes back as MP4.

usage: speak.py HOST:PORT AVATAR VOICE OUT.mp4      with a token in LIPSYNC_TOKEN where the server wants one

Needs grpcio, ffmpeg, and the protocol's code beside this file or in PYTHONPATH, made by
  protoc -I engine/serving/protocol --python_out=. --grpc_out=. \
      --plugin=protoc-gen-grpc="$(command -v grpc_python_plugin)" lipsync.proto
"""
import os
import subprocess
import sys

import grpc

import lipsync_pb2 as wire
import lipsync_pb2_grpc as service

PIECE_BYTES = 16000 // 10 * 2  # a tenth of a second of 16-bit samples at 16 kHz


def sound_of(voice):
    """Any sound file as what the server hears: 16 kHz, mono, 16-bit."""
    return subprocess.run(["ffmpeg", "-v", "error", "-i", voice, "-ac", "1", "-ar", "16000", "-f", "s16le", "-"],
                          check=True, stdout=subprocess.PIPE).stdout


def requests(avatar, sound):
    """What is sent; gRPC takes each as soon as the server reads it."""
    yield wire.SpeakRequest(open=wire.OpenSession(avatar=avatar, frame_format=wire.FRAME_FORMAT_H264))
    for at in range(0, len(sound), PIECE_BYTES):
        yield wire.SpeakRequest(sound=sound[at:at + PIECE_BYTES])
    yield wire.SpeakRequest(finish=wire.Finish())


def start_muxer(opened, voice, out):
    """The frames are H.264 already: only the container and the voice's AAC are made here."""
    rate = f"{opened.frame_rate_numerator}/{opened.frame_rate_denominator}"
    return subprocess.Popen(["ffmpeg", "-v", "error", "-y", "-framerate", rate, "-f", "h264", "-i", "-", "-i", voice,
                             "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac", "-movflags", "+faststart",
                             out], stdin=subprocess.PIPE)


def speak(address, avatar, voice, out):
    token = os.environ.get("LIPSYNC_TOKEN")
    metadata = [("authorization", "Bearer " + token)] if token else None
    muxer = frames = None
    with grpc.insecure_channel(address, options=[("grpc.max_receive_message_length", -1)]) as channel:
        stub = service.LipSyncStub(channel)
        stub.LoadAvatar(wire.LoadAvatarRequest(name=avatar), metadata=metadata)
        try:
            for answer in stub.Speak(requests(avatar, sound_of(voice)), metadata=metadata):
                if answer.HasField("opened"):
                    muxer, frames = start_muxer(answer.opened, voice, out), 0
                elif answer.HasField("frame"):
                    muxer.stdin.write(answer.frame.data)
                    frames += 1
        finally:
            if muxer:
                muxer.stdin.close()
                muxer.wait()
    if muxer.returncode != 0:
        sys.exit("ffmpeg could not write " + out)
    print(f"{frames} frames in {out}")


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    try:
        speak(*sys.argv[1:])
    except grpc.RpcError as error:
        sys.exit(f"{error.code().name}: {error.details()}")


if __name__ == "__main__":
    main()
