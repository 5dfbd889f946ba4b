# SPDX-License-Identifier: GPL-3.0-or-later
"""SyncTalk_2D's 328 network with AVE features as an ONNX model, from its weights."""
import json
import struct
from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

LEVELS = 5
OPSET = 17
EPSILON = 1e-5


def read_safetensors(file):
    content = Path(file).read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__", None)
    weights = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        weights[name] = numpy.frombuffer(content[8 + length + begin : 8 + length + end], "<f4").reshape(entry["shape"])
    return weights


class Graph:
    """Nodes in the order they were asked for; every function takes and gives names of values."""

    def __init__(self, weights):
        self.weights, self.nodes, self.constants = weights, [], []

    def constant(self, name, values):
        self.constants.append(numpy_helper.from_array(numpy.ascontiguousarray(values, "f4"), name))
        return name

    def node(self, kind, inputs, **attributes):
        output = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def convolve(self, x, name, normalised_by=None, stride=1, padding=0, groups=1):
        """A convolution, with the normalisation behind it folded into its weights."""
        weight = self.weights[f"{name}.weight"].astype("f8")
        bias = self.weights.get(f"{name}.bias", numpy.zeros(len(weight))).astype("f8")
        if normalised_by:
            get = lambda part: self.weights[f"{normalised_by}.{part}"].astype("f8")
            scale = get("weight") / numpy.sqrt(get("running_var") + EPSILON)
            weight = weight * scale[:, None, None, None]
            bias = (bias - get("running_mean")) * scale + get("bias")
        inputs = [x, self.constant(name + ".w", weight), self.constant(name + ".b", bias)]
        return self.node("Conv", inputs, kernel_shape=weight.shape[2:], strides=[stride] * 2, pads=[padding] * 4,
                         group=groups)

    def relu(self, x):
        return self.node("Relu", [x])

    def inverted_residual(self, x, name, stride=1, residual=False):
        hidden = len(self.weights[f"{name}.conv.0.weight"])
        y = self.relu(self.convolve(x, f"{name}.conv.0", f"{name}.conv.1"))
        y = self.relu(self.convolve(y, f"{name}.conv.3", f"{name}.conv.4", stride, 1, hidden))
        y = self.convolve(y, f"{name}.conv.6", f"{name}.conv.7")
        return self.node("Add", [x, y]) if residual else y

    def double(self, x, name, stride=1):
        x = self.inverted_residual(x, f"{name}.double_conv.0", stride)
        return self.inverted_residual(x, f"{name}.double_conv.1", residual=True)

    def listen(self, x):
        name = "audio_model."
        x = self.inverted_residual(x, name + "conv1")
        x = self.inverted_residual(x, name + "conv2")
        x = self.relu(self.convolve(x, name + "conv3", name + "bn3", padding=1))
        x = self.inverted_residual(x, name + "conv4", residual=True)
        x = self.relu(self.convolve(x, name + "conv5", name + "bn5", stride=2, padding=3))
        x = self.inverted_residual(x, name + "conv6", residual=True)
        return self.inverted_residual(x, name + "conv7", residual=True)

    def twice_as_large(self, x):
        sizes = self.constant(f"scales_{len(self.nodes)}", numpy.array([1, 1, 2, 2]))
        return self.node("Resize", [x, "", sizes], mode="linear", coordinate_transformation_mode="align_corners")

    def generate(self, image, audio):
        skips = [self.inverted_residual(image, "inc.inconv.0")]
        for level in range(1, LEVELS + 1):
            skips.append(self.double(skips[-1], f"down{level}.maxpool_conv.0", stride=2))
        x = self.node("Concat", [skips.pop(), self.listen(audio)], axis=1)
        x = self.double(self.double(x, "fuse_conv.0"), "fuse_conv.1")
        for level in range(1, LEVELS + 1):
            x = self.node("Concat", [self.twice_as_large(x), skips.pop()], axis=1)
            x = self.double(x, f"up{level}.conv")
        return self.node("Sigmoid", [self.convolve(x, "outc.conv")])


def make_model(weights, image_shape, audio_shape):
    graph = Graph(weights)
    output = graph.generate("image", "audio")
    value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    picture = value(output, [1, 3, *image_shape[2:]])
    made = helper.make_graph(graph.nodes, "synctalk2d_328", [value("image", image_shape), value("audio", audio_shape)],
                             [picture], graph.constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model
