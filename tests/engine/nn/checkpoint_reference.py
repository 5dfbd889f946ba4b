# SPDX-License-Identifier: GPL-3.0-or-later
"""What PyTorch itself writes and computes, for checkpoint_python_test: run with a Python that has torch and numpy.

  checkpoint_reference.py save FOLDER      checkpoints of every kind, and NAME.safetensors with their numbers as float32
  checkpoint_reference.py forward FOLDER   networks written from the specification: NAME.pth, its inputs and its output
"""
import collections
import json
import pathlib
import struct
import sys

import numpy
import torch
from torch import nn


def write_expected(file, tensors):
    """A safetensors file, so that the reader that is compared reads another format."""
    header, data = {}, b""
    for name, tensor in tensors.items():
        numbers = tensor.detach().to(torch.float32).contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(numbers)]}
        data += numbers
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    file.write_bytes(struct.pack("<Q", len(text)) + text + data)


def some_tensors():
    torch.manual_seed(1)
    return collections.OrderedDict(
        [
            ("inc.inconv.0.conv.0.weight", torch.randn(12, 6, 1, 1)),
            ("inc.inconv.0.conv.1.running_var", torch.rand(12) + 0.5),
            ("inc.inconv.0.conv.1.num_batches_tracked", torch.tensor(123456)),
            ("outc.conv.weight", torch.randn(3, 12, 1, 1)),
            ("outc.conv.bias", torch.randn(3)),
        ]
    )


def save(folder):
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Linear(5, 2))
    optimiser = torch.optim.Adam(network.parameters())
    network(torch.randn(2, 3, 3, 7)).sum().backward()
    optimiser.step()

    def both(name, saved, expected):
        for ending, new in ((".pth", True), (".legacy.pth", False)):
            torch.save(saved, folder / (name + ending), _use_new_zipfile_serialization=new)
        write_expected(folder / (name + ".safetensors"), expected)

    tensors = some_tensors()
    both("ordered", tensors, tensors)
    both("plain", dict(tensors), tensors)
    both("state_dict", network.state_dict(), network.state_dict())
    both("module", network, network.state_dict())
    parallel = {"module." + name: tensor for name, tensor in tensors.items()}
    wrapped = {
        "state_dict": parallel,
        "optimizer": optimiser.state_dict(),
        "global_step": 2**40,
        "loss": numpy.float64(0.5),
        "size": torch.Size([1, 2]),
        "where": torch.device("cpu"),
        "type": torch.float16,
        "history": collections.defaultdict(list, a=[1.5, None, True, "ü"]),
    }
    both("wrapped", wrapped, tensors)
    both("parameters", {name: nn.Parameter(t) for name, t in tensors.items() if t.is_floating_point()},
         {name: t for name, t in tensors.items() if t.is_floating_point()})
    for name, kind in (("half", torch.float16), ("bfloat16", torch.bfloat16), ("double", torch.float64)):
        narrow = {key: t.to(kind) if t.is_floating_point() else t for key, t in tensors.items()}
        both(name, narrow, narrow)
    whole = {"i" + str(kind).split(".")[1]: torch.arange(5).to(kind)
             for kind in (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)}
    both("integers", whole, whole)
    base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
    shared = {"a.base": base, "b.transposed": base.transpose(0, 2), "c.row": base[1, 2], "d.every_second": base[:, :, ::2],
              "e.expanded": base[0, 0, :1].expand(5), "f.scalar": base[1, 1, 1], "g.empty": base[:0],
              "h.channels_last": torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last)}
    both("shared", shared, shared)
    torch.save(tensors, folder / "protocol4.pth", pickle_protocol=4)
    write_expected(folder / "protocol4.safetensors", tensors)
    script = torch.jit.script(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)))
    script.save(str(folder / "script.pth"))
    write_expected(folder / "script.safetensors", script.state_dict())


def convolution(into, out, kernel, stride=1, padding=0, bias=False, groups=1):
    return nn.Conv2d(into, out, kernel, stride, padding, bias=bias, groups=groups)


class InvertedResidual(nn.Module):
    """Section 1.1: expansion 2, no activation at the end."""

    def __init__(self, into, out, stride, residual):
        super().__init__()
        self.residual = residual
        hidden = 2 * into
        self.conv = nn.Sequential(
            convolution(into, hidden, 1), nn.BatchNorm2d(hidden), nn.ReLU(),
            convolution(hidden, hidden, 3, stride, 1, groups=hidden), nn.BatchNorm2d(hidden), nn.ReLU(),
            convolution(hidden, out, 1), nn.BatchNorm2d(out),
        )

    def forward(self, x):
        return x + self.conv(x) if self.residual else self.conv(x)


class Named(nn.Module):
    """Gives its only child the name that checkpoints have."""

    def __init__(self, name, child):
        super().__init__()
        self.child_name = name
        self.add_module(name, child)

    def forward(self, x):
        return getattr(self, self.child_name)(x)


def double_convolution(into, out, stride):
    return Named("double_conv", nn.Sequential(InvertedResidual(into, out, stride, False), InvertedResidual(out, out, 1, True)))


class AudioModel(nn.Module):
    """Section 1.4, mode ave."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = InvertedResidual(32, 64, 1, False), InvertedResidual(64, 128, 1, False)
        self.conv3, self.bn3 = convolution(128, 256, 3, 1, 1, bias=True), nn.BatchNorm2d(256)
        self.conv4 = InvertedResidual(256, 256, 1, True)
        self.conv5, self.bn5 = convolution(256, 512, 3, 2, 3, bias=True), nn.BatchNorm2d(512)
        self.conv6, self.conv7 = InvertedResidual(512, 512, 1, True), InvertedResidual(512, 512, 1, True)

    def forward(self, x):
        x = torch.relu(self.bn3(self.conv3(self.conv2(self.conv1(x)))))
        x = torch.relu(self.bn5(self.conv5(self.conv4(x))))
        return self.conv7(self.conv6(x))


class SyncTalk160(nn.Module):
    """Section 1.3."""

    def __init__(self):
        super().__init__()
        self.inc = Named("inconv", nn.Sequential(InvertedResidual(6, 32, 1, False)))
        widths = [32, 64, 128, 256, 512]
        for i, (into, out) in enumerate(zip(widths, widths[1:]), 1):
            self.add_module(f"down{i}", Named("maxpool_conv", nn.Sequential(double_convolution(into, out, 2))))
        self.audio_model = AudioModel()
        self.fuse_conv = nn.Sequential(double_convolution(1024, 512, 1), double_convolution(512, 256, 1))
        for i, (into, out) in enumerate(((512, 128), (256, 64), (128, 32), (64, 32)), 1):
            self.add_module(f"up{i}", Named("conv", double_convolution(into, out, 1)))
        self.outc = Named("conv", convolution(32, 3, 1, bias=True))

    def forward(self, picture, sound):
        skips = [self.inc(picture)]
        for i in range(1, 5):
            skips.append(getattr(self, f"down{i}")(skips[-1]))
        x = self.fuse_conv(torch.cat([skips.pop(), self.audio_model(sound)], 1))
        for i in range(1, 5):
            x = nn.functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
            x = getattr(self, f"up{i}")(torch.cat([x, skips.pop()], 1))
        return torch.sigmoid(self.outc(x))


class Wav2LipBlock(nn.Module):
    """Section 3.1."""

    def __init__(self, conv, out, residual=False):
        super().__init__()
        self.conv_block = nn.Sequential(conv, nn.BatchNorm2d(out))
        self.residual = residual

    def forward(self, x):
        y = self.conv_block(x)
        return torch.relu(y + x if self.residual else y)


def block(into, out, kernel=3, stride=1, padding=1):
    return Wav2LipBlock(nn.Conv2d(into, out, kernel, stride, padding), out)


def residual(channels):
    return Wav2LipBlock(nn.Conv2d(channels, channels, 3, 1, 1), channels, True)


def transposed(into, out, kernel=3, stride=2, padding=1, more=1):
    return Wav2LipBlock(nn.ConvTranspose2d(into, out, kernel, stride, padding, more), out)


class Wav2Lip96(nn.Module):
    """Section 3.2, with the encoder of 1.8."""

    def __init__(self):
        super().__init__()
        self.face_encoder_blocks = nn.ModuleList(
            nn.Sequential(*layers)
            for layers in (
                [block(6, 16, 7, 1, 3)],
                [block(16, 32, 3, 2), residual(32), residual(32)],
                [block(32, 64, 3, 2), residual(64), residual(64), residual(64)],
                [block(64, 128, 3, 2), residual(128), residual(128)],
                [block(128, 256, 3, 2), residual(256), residual(256)],
                [block(256, 512, 3, 2), residual(512)],
                [block(512, 512, 3, 1, 0), block(512, 512, 1, 1, 0)],
            )
        )
        self.audio_encoder = nn.Sequential(
            block(1, 32), residual(32), residual(32), block(32, 64, 3, (3, 1)), residual(64), residual(64),
            block(64, 128, 3, 3), residual(128), residual(128), block(128, 256, 3, (3, 2)), residual(256),
            block(256, 512, 3, 1, 0), block(512, 512, 1, 1, 0),
        )
        self.face_decoder_blocks = nn.ModuleList(
            nn.Sequential(*layers)
            for layers in (
                [block(512, 512, 1, 1, 0)],
                [transposed(1024, 512, 3, 1, 0, 0), residual(512)],
                [transposed(1024, 512), residual(512), residual(512)],
                [transposed(768, 384), residual(384), residual(384)],
                [transposed(512, 256), residual(256), residual(256)],
                [transposed(320, 128), residual(128), residual(128)],
                [transposed(160, 64), residual(64), residual(64)],
            )
        )
        self.output_block = nn.Sequential(block(80, 32), nn.Conv2d(32, 3, 1), nn.Sigmoid())

    def forward(self, picture, sound):
        x, skips = picture, []
        for layers in self.face_encoder_blocks:
            x = layers(x)
            skips.append(x)
        x = self.audio_encoder(sound)
        for layers in self.face_decoder_blocks:
            x = torch.cat([layers(x), skips.pop()], 1)
        return self.output_block(x)


def forward(folder):
    torch.manual_seed(2)
    for name, network, size, window, wrap in (
        ("synctalk2d_160_ave", SyncTalk160(), 160, (32, 16, 16), lambda state: state),
        ("wav2lip_96", Wav2Lip96(), 96, (1, 80, 16),
         lambda state: {"state_dict": {"module." + key: t for key, t in state.items()}, "global_step": 1}),
    ):
        for layer in network.modules():  # statistics as training leaves them, not zeros and ones
            if isinstance(layer, nn.BatchNorm2d):
                layer.running_mean.uniform_(-0.2, 0.2)
                layer.running_var.uniform_(0.7, 1.3)
        network.eval()
        picture, sound = torch.rand(2, 6, size, size), torch.randn(2, *window)
        with torch.no_grad():
            result = network(picture, sound)
        torch.save(wrap(network.state_dict()), folder / (name + ".pth"))
        for part, tensor in (("picture", picture), ("sound", sound), ("result", result)):
            numpy.save(folder / f"{name}.{part}.npy", tensor.numpy())


{"save": save, "forward": forward}[sys.argv[1]](pathlib.Path(sys.argv[2]))
