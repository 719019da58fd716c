"""Export the trained encoder: 8-bit products, 4-bit word embeddings, one text at a time.

The graph is written by hand, node by node. It takes token numbers of shape (tokens,) and returns
`parts` (tokens, 2 * width), the share of each token in the text's vector: the last layer's states
weighted by attention, beside a middle layer's divided by their number. Word embeddings are frozen
in training, so the 4-bit blocks of the start file are shipped unchanged, without loss. Products run
in 8-bit integers with dynamically quantised activations. `reduce_range` would prevent overflow on
CPUs without VNNI, at some cost in accuracy.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from inquiry_router.classification.head import Head
from training.network import Encoder, Layer
from training.start_weights import BLOCK, StartWeights

OPSET: Final = 18
MAX_POSITIONS: Final = 160
# The layer, counted from 0, whose states are the second half of a vector: of the layers 4 to 8 the
# best one for other label sets (measured).
MIDDLE_LAYER: Final = 5
# Inputs of a product that are this many times as large as the median one are multiplied in floats,
# but at most `MAX_FLOAT_INPUTS` of them.
MAX_FLOAT_INPUTS: Final = 4
OUTLIER_FACTOR: Final = 4.0


class _Graph:
    """Collect nodes and constants."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def add(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def product(
        self,
        hidden: str,
        weight: NDArray[np.float32],
        bias: NDArray[np.float32],
        output: str,
        largest: NDArray[np.float32],
    ) -> str:
        """Add a product with `weight` (outputs, inputs), transposed, plus the bias, in integers.

        The integers have 8 bits. All activations share one scale, so one large input makes the
        others coarse: the few largest are taken out and multiplied in floats. `largest` holds the
        largest value of each input.
        """
        outlying = largest > OUTLIER_FACTOR * np.median(largest)
        few = np.sort(np.argsort(-largest)[: min(MAX_FLOAT_INPUTS, int(outlying.sum()))])
        rest = np.ones(len(largest), dtype=np.float32)
        rest[few] = 0.0
        scales = np.maximum(np.abs(weight * rest).max(axis=1), 1e-8) / 127.0
        whole = np.clip(np.round(weight * rest / scales[:, None]), -127, 127).astype(np.int8).T
        even = (
            self.add("Mul", [hidden, self.constant(f"{output}.rest", rest)], f"{output}.even")
            if len(few)
            else hidden
        )
        names = [
            even,
            self.constant(f"{output}.w", whole),
            self.constant(f"{output}.scale", scales.astype(np.float32)),
        ]
        names += [
            self.constant(f"{output}.zero", np.zeros(len(scales), dtype=np.int8)),
            self.constant(f"{output}.b", bias),
        ]
        if not len(few):
            return self.add("DynamicQuantizeMatMul", names, output, domain="com.microsoft")
        self.add("DynamicQuantizeMatMul", names, f"{output}.whole", domain="com.microsoft")
        large = self.add(
            "Gather", [hidden, self.constant(f"{output}.few", few)], f"{output}.large", axis=2
        )
        exact = self.add(
            "MatMul",
            [large, self.constant(f"{output}.exact.w", weight[:, few].T)],
            f"{output}.exact",
        )
        return self.add("Add", [f"{output}.whole", exact], output)

    def normalised(
        self,
        hidden: str,
        added: str,
        weight: NDArray[np.float32],
        bias: NDArray[np.float32],
        output: str,
    ) -> str:
        """Add the normalised sum of two states, node by node.

        The library's own normalisation is not vectorised (a tenth slower).
        """
        last = self.constant("last", np.array([-1]))
        total = self.add("Add", [hidden, added], f"{output}.total")
        mean = self.add("ReduceMean", [total, last], f"{output}.mean")
        squares = self.add("Mul", [total, total], f"{output}.squares")
        squared = self.add("ReduceMean", [squares, last], f"{output}.squared")
        spread = self.add(
            "Sub", [squared, self.add("Mul", [mean, mean], f"{output}.mean2")], f"{output}.variance"
        )
        spread = self.add(
            "Sqrt", [self.add("Abs", [spread], f"{output}.positive")], f"{output}.spread"
        )
        centred = self.add("Sub", [total, mean], f"{output}.centred")
        scaled = self.add("Div", [centred, spread], f"{output}.scaled")
        weighted = self.add(
            "Mul", [scaled, self.constant(f"{output}.w", weight)], f"{output}.weighted"
        )
        return self.add("Add", [weighted, self.constant(f"{output}.b", bias)], output)


def export(
    encoder: Encoder, start: StartWeights, texts: Sequence[Sequence[int]], path: Path
) -> None:
    """Write the encoder to `path`.

    `texts`, as token numbers, show how large the inputs of each product become.
    """
    graph = _Graph()
    largest = _largest_inputs(encoder, texts)
    hidden = _embedded(graph, encoder, start)
    for number, layer in enumerate(encoder.layers):
        assert isinstance(layer, Layer)
        hidden = _layer(graph, layer, hidden, f"l{number}", start.width, largest)
    _parts(graph, encoder, hidden, start.width)
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "inquiry-router",
            [helper.make_tensor_value_info("tokens", TensorProto.INT64, ["tokens"])],
            [
                helper.make_tensor_value_info(
                    "parts", TensorProto.FLOAT, ["tokens", 2 * start.width]
                )
            ],
            list(graph.constants.values()),
        ),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)],
        ir_version=9,
        producer_name="inquiry-router",
    )
    onnx.save(model, path)


def _embedded(graph: _Graph, encoder: Encoder, start: StartWeights) -> str:
    """Add word embeddings, unpacked from 4-bit blocks, plus positions, normalised.

    Their shape is (1, tokens, width).
    """
    blocks = start.width // BLOCK
    packed = graph.add(
        "Gather", [graph.constant("words.packed", start.packed), "tokens"], "packed", axis=0
    )
    scales = graph.add(
        "Gather", [graph.constant("words.scales", start.scales), "tokens"], "scales16", axis=0
    )
    halves = graph.add(
        "Reshape",
        [packed, graph.constant("halves.shape", np.array([-1, blocks, BLOCK // 2]))],
        "halves",
    )
    low = graph.add(
        "BitwiseAnd", [halves, graph.constant("fifteen", np.array(15, dtype=np.uint8))], "low"
    )
    high = graph.add(
        "BitShift",
        [halves, graph.constant("four", np.array(4, dtype=np.uint8))],
        "high",
        direction="RIGHT",
    )
    whole = graph.add(
        "Cast",
        [graph.add("Concat", [low, high], "nibbles", axis=2)],
        "nibbles32",
        to=TensorProto.FLOAT,
    )
    centred = graph.add(
        "Sub", [whole, graph.constant("eight", np.array(8, dtype=np.float32))], "centred"
    )
    scales = graph.add("Cast", [scales], "scales32", to=TensorProto.FLOAT)
    scales = graph.add("Unsqueeze", [scales, graph.constant("two", np.array([2]))], "scales")
    words = graph.add("Mul", [centred, scales], "words.blocks")
    words = graph.add(
        "Reshape", [words, graph.constant("words.shape", np.array([1, -1, start.width]))], "words"
    )
    count = graph.add("Shape", ["tokens"], "count")
    positions = encoder.positions.weight.detach().numpy()[None, :MAX_POSITIONS]
    begin, axis = graph.constant("zero", np.array([0])), graph.constant("one", np.array([1]))
    placed = graph.add(
        "Slice", [graph.constant("positions.all", positions), begin, count, axis], "positions"
    )
    norm = encoder.norm
    return graph.normalised(
        words, placed, norm.weight.detach().numpy(), norm.bias.detach().numpy(), "embedded"
    )


def _layer(
    graph: _Graph,
    layer: Layer,
    hidden: str,
    name: str,
    width: int,
    largest: dict[Any, NDArray[np.float32]],
) -> str:
    each = width // layer.heads
    weight, bias = (
        layer.mixed.weight.detach().numpy().copy(),
        layer.mixed.bias.detach().numpy().copy(),
    )
    # The scaling of attention is part of the query's weights: one product less at run time.
    weight[:width] /= math.sqrt(each)
    bias[:width] /= math.sqrt(each)
    mixed = graph.product(hidden, weight, bias, f"{name}.mixed", largest[layer.mixed])
    parts = [f"{name}.{part}" for part in ("query", "key", "value")]
    graph.nodes.append(
        helper.make_node(
            "Split", [mixed], [f"{part}.flat" for part in parts], axis=2, num_outputs=3
        )
    )
    shape = graph.constant("heads.shape", np.array([-1, layer.heads, each]))
    for part, order in zip(parts, ((1, 0, 2), (1, 2, 0), (1, 0, 2)), strict=True):
        apart = graph.add("Reshape", [f"{part}.flat", shape], f"{part}.apart")
        graph.add("Transpose", [apart], part, perm=order)
    weights = graph.add(
        "Softmax", [graph.add("MatMul", parts[:2], f"{name}.logits")], f"{name}.weights", axis=-1
    )
    context = graph.add(
        "Transpose",
        [graph.add("MatMul", [weights, parts[2]], f"{name}.heads")],
        f"{name}.turned",
        perm=(1, 0, 2),
    )
    context = graph.add(
        "Reshape",
        [context, graph.constant("words.shape", np.array([1, -1, width]))],
        f"{name}.context",
    )
    attended = graph.product(
        context, *_parameters(layer.attended), f"{name}.attended", largest[layer.attended]
    )
    hidden = graph.normalised(
        hidden, attended, *_parameters(layer.attended_norm), f"{name}.between"
    )
    inner = graph.product(hidden, *_parameters(layer.inner), f"{name}.inner", largest[layer.inner])
    active = graph.add("Gelu", [inner], f"{name}.active", domain="com.microsoft")
    outer = graph.product(active, *_parameters(layer.outer), f"{name}.outer", largest[layer.outer])
    return graph.normalised(hidden, outer, *_parameters(layer.outer_norm), f"{name}.out")


def _parts(graph: _Graph, encoder: Encoder, hidden: str, width: int) -> None:
    shape = graph.constant("flat.shape", np.array([-1, width]))
    last = graph.add("Reshape", [hidden, shape], "last.flat")
    middle = graph.add("Reshape", [f"l{MIDDLE_LAYER}.out", shape], "middle.flat")
    attention = graph.constant("attention.w", encoder.attention.weight.detach().numpy().T)
    weights = graph.add(
        "Softmax",
        [graph.add("MatMul", [last, attention], "attention")],
        "attention.weights",
        axis=0,
    )
    count = graph.add("Cast", ["count"], "count32", to=TensorProto.FLOAT)
    shares = [
        graph.add("Mul", [last, weights], "last.parts"),
        graph.add("Div", [middle, count], "middle.parts"),
    ]
    graph.add("Concat", shares, "parts", axis=1)


def head_of(layer: nn.Linear, labels: Sequence[str]) -> Head:
    """Return one of the encoder's heads for the exported vectors.

    It ignores their second half.
    """
    weights, bias = _parameters(layer)
    return Head(tuple(labels), np.concatenate((weights.T, np.zeros_like(weights.T))), bias.copy())


def _largest_inputs(
    encoder: Encoder, texts: Sequence[Sequence[int]]
) -> dict[Any, NDArray[np.float32]]:
    """Return the largest absolute value of each input of each linear layer over some texts."""
    largest: dict[Any, NDArray[np.float32]] = {}

    def see(module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        found = inputs[0].abs().amax(dim=tuple(range(inputs[0].dim() - 1))).numpy()
        largest[module] = np.maximum(largest.get(module, 0.0), found)

    hooks = [
        part.register_forward_pre_hook(see)
        for part in encoder.layers.modules()
        if isinstance(part, nn.Linear)
    ]
    with torch.inference_mode():
        for text in texts:
            encoder.hidden(torch.tensor([list(text)]), None)
    for hook in hooks:
        hook.remove()
    return largest


def _parameters(module: Any) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    return module.weight.detach().numpy(), module.bias.detach().numpy()
