# SPDX-License-Identifier: GPL-3.0-or-later
"""The generators in PyTorch, written a second time from their description and driven by the names of their tensors.

Usage: reference_networks.py FOLDER NAME...
Reads NAME.safetensors, NAME.image.npy and NAME.audio.npy in FOLDER for each network and writes NAME.output.npy, computed
in float64.
"""
import json
import struct
import sys
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F


def read_safetensors(file):
    content = Path(file).read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__", None)
    weights = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        numbers = numpy.frombuffer(content[8 + length + begin : 8 + length + end], "<f4")
        weights[name] = torch.from_numpy(numbers.reshape(entry["shape"]).astype("float64"))
    return weights


class Network:
    def __init__(self, weights):
        self.weights = weights

    def convolve(self, x, name, **options):
        return F.conv2d(x, self.weights[name + ".weight"], self.weights.get(name + ".bias"), **options)

    def normalise(self, x, name):
        get = lambda part: self.weights[f"{name}.{part}"]
        return F.batch_norm(x, get("running_mean"), get("running_var"), get("weight"), get("bias"), eps=1e-5)


class UNet(Network):
    """SyncTalk_2D's generators, and Ultralight's."""

    def inverted_residual(self, x, name, stride=1, residual=False):
        y = F.relu(self.normalise(self.convolve(x, f"{name}.conv.0"), f"{name}.conv.1"))
        y = self.convolve(y, f"{name}.conv.3", stride=stride, padding=1, groups=y.shape[1])
        y = F.relu(self.normalise(y, f"{name}.conv.4"))
        y = self.normalise(self.convolve(y, f"{name}.conv.6"), f"{name}.conv.7")
        return x + y if residual else y

    def double(self, x, name, stride=1):
        x = self.inverted_residual(x, f"{name}.double_conv.0", stride)
        return self.inverted_residual(x, f"{name}.double_conv.1", residual=True)

    def listen(self, x, wide, wide_residual, stride):
        audio = "audio_model."
        x = self.inverted_residual(x, audio + "conv1", residual=wide_residual)
        x = self.inverted_residual(x, audio + "conv2", residual=wide)
        x = F.relu(self.normalise(self.convolve(x, audio + "conv3", stride=stride, padding=1), audio + "bn3"))
        x = self.inverted_residual(x, audio + "conv4", residual=True)
        x = F.relu(self.normalise(self.convolve(x, audio + "conv5", stride=2, padding=3), audio + "bn5"))
        for name in ("conv6", "conv7"):
            x = self.inverted_residual(x, audio + name, residual=True)
        return x

    def forward(self, image, audio, levels, **hearing):
        skips = [self.inverted_residual(image, "inc.inconv.0")]
        for level in range(1, levels + 1):
            skips.append(self.double(skips[-1], f"down{level}.maxpool_conv.0", stride=2))
        x = torch.cat([skips.pop(), self.listen(audio, **hearing)], 1)
        x = self.double(self.double(x, "fuse_conv.0"), "fuse_conv.1")
        for level in range(1, levels + 1):
            x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
            x = self.double(torch.cat([x, skips.pop()], 1), f"up{level}.conv")
        return torch.sigmoid(self.convolve(x, "outc.conv"))


class Wav2Lip(Network):
    AUDIO_STRIDES = {3: (3, 1), 6: 3, 9: (3, 2)}
    AUDIO_RESIDUALS = (1, 2, 4, 5, 7, 8, 10)

    def layer(self, x, name, stride=1, padding=1, residual=False):
        y = self.normalise(self.convolve(x, f"{name}.conv_block.0", stride=stride, padding=padding),
                           f"{name}.conv_block.1")
        return F.relu(x + y if residual else y)

    def transposed(self, x, name, stride, padding):
        get = lambda part: self.weights[f"{name}.conv_block.0.{part}"]
        y = F.conv_transpose2d(x, get("weight"), get("bias"), stride=stride, padding=padding,
                               output_padding=stride - 1)
        return F.relu(self.normalise(y, f"{name}.conv_block.1"))

    def residuals(self, x, block):
        layer = 1
        while f"{block}.{layer}.conv_block.0.weight" in self.weights:
            x = self.layer(x, f"{block}.{layer}", residual=True)
            layer += 1
        return x

    def forward(self, image, audio, large):
        blocks = 8 if large else 7
        x, skips = self.layer(image, "face_encoder_blocks.0.0", padding=3), []
        skips.append(x)
        for block in range(1, blocks - 1):
            name = f"face_encoder_blocks.{block}"
            x = self.residuals(self.layer(x, name + ".0", stride=2), name)
            skips.append(x)
        name = f"face_encoder_blocks.{blocks - 1}"
        x = self.layer(self.layer(x, name + ".0", padding=0), name + ".1", padding=0)
        skips.append(x)

        x = audio
        for index in range(13):
            x = self.layer(x, f"audio_encoder.{index}", stride=self.AUDIO_STRIDES.get(index, 1),
                           padding=0 if index > 10 else 1, residual=index in self.AUDIO_RESIDUALS)
        for block in range(blocks):
            name = f"face_decoder_blocks.{block}"
            if block == 0:
                x = self.layer(x, name + ".0", padding=0)
            else:
                x = self.transposed(x, name + ".0", *((1, 0) if block == 1 else (2, 1)))
            x = torch.cat([self.residuals(x, name), skips.pop()], 1)
        return torch.sigmoid(self.convolve(self.layer(x, "output_block.0"), "output_block.1"))


def run(name, weights, image, audio):
    if name.startswith("wav2lip"):
        return Wav2Lip(weights).forward(image, audio, large="256" in name)
    wide = name.endswith("_wenet") and "classic" not in name
    stride = {"ave": 1, "hubert": 2, "wenet": (1, 2) if wide else 1}[name.rsplit("_", 1)[1]]
    keeps_input = wide and name.startswith("synctalk2d") and weights["audio_model.conv1.conv.6.weight"].shape[0] == 256
    return UNet(weights).forward(image, audio, levels=5 if "_328_" in name else 4, wide=wide,
                                 wide_residual=keeps_input, stride=stride)


def main(folder, names):
    torch.set_num_threads(1)
    with torch.no_grad():
        for name in names:
            read = lambda role: torch.from_numpy(numpy.load(f"{folder}/{name}.{role}.npy").astype("float64"))
            output = run(name, read_safetensors(f"{folder}/{name}.safetensors"), read("image"), read("audio"))
            numpy.save(f"{folder}/{name}.output.npy", output.numpy())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
