"""The encoder in PyTorch: embeddings, transformer layers, a weighted mean, and two heads.

One head predicts the intent, and by sums of intents the category; the other all matters of the
inquiry, second ones too. The weights of the mean over tokens are learnt and begin equal: in a long
mail few words are the request.
"""

import math
from collections.abc import Sequence
from typing import Self

import torch
from torch import Tensor, nn

from training.start_weights import StartWeights, unpack

EPS = 1e-12


class Layer(nn.Module):
    """Attention and feed-forward, each added to its input and then normalised."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.mixed = nn.Linear(width, 3 * width)  # query, key and value in one product
        self.attended = nn.Linear(width, width)
        self.attended_norm = nn.LayerNorm(width, eps=EPS)
        self.inner = nn.Linear(width, 4 * width)
        self.outer = nn.Linear(4 * width, width)
        self.outer_norm = nn.LayerNorm(width, eps=EPS)
        self.dropout = nn.Dropout(dropout)

    def forward(self, hidden: Tensor, mask: Tensor | None) -> Tensor:
        """Return hidden states of shape (texts, tokens, width).

        `mask` is added to the attention scores: 0 where a token counts, very negative elsewhere.
        """
        texts, tokens, width = hidden.shape
        parts = (
            self.mixed(hidden)
            .view(texts, tokens, 3, self.heads, width // self.heads)
            .permute(2, 0, 3, 1, 4)
        )
        query, key, value = parts[0], parts[1], parts[2]
        # No dropout of attention: it cost a tenth of the time. The library's fused attention is
        # slower in the backward pass (measured).
        weights = query @ key.transpose(-1, -2) / math.sqrt(width // self.heads)
        if mask is not None:
            weights = weights + mask
        mixed = weights.softmax(dim=-1) @ value
        mixed = mixed.transpose(1, 2).reshape(texts, tokens, width)
        hidden = self.attended_norm(hidden + self.dropout(self.attended(mixed)))
        return self.outer_norm(
            hidden + self.dropout(self.outer(nn.functional.gelu(self.inner(hidden))))
        )


class Encoder(nn.Module):
    """The trained network.

    Its word and position embeddings are frozen, and its lowest layers may be.
    """

    def __init__(
        self,
        start: StartWeights,
        layers: Sequence[int],
        intents: int,
        categories: int,
        dropout: float = 0.1,
        frozen: int = 0,
    ) -> None:
        super().__init__()
        width = start.width
        self.words = nn.Embedding.from_pretrained(
            torch.from_numpy(unpack(start.packed, start.scales)), freeze=True
        )
        positions = (
            start.tensors["emb.pos"].reshape(-1, width)
            + start.tensors["emb.type"].reshape(-1, width)[:1]
        )
        self.positions = nn.Embedding.from_pretrained(torch.from_numpy(positions), freeze=True)
        self.norm = nn.LayerNorm(width, eps=EPS)
        self.layers = nn.ModuleList(Layer(width, start.heads, dropout) for _ in layers)
        self.dropout = nn.Dropout(dropout)
        self.attention = nn.Linear(width, 1, bias=False)
        self.intents = nn.Linear(width, intents)
        self.second = nn.Linear(width, categories)
        self.frozen = frozen
        _fill(self.norm, start, "emb.ln")
        for layer, place in zip(self.layers, layers, strict=True):
            _fill_layer(layer, start, place)
        nn.init.zeros_(self.attention.weight)
        for head in (self.intents, self.second):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)

    def train(self, mode: bool = True) -> Self:
        """Set the mode. Dropout, which is slow, is left out of layers that are not trained."""
        super().train(mode)
        for layer in self.layers[: self.frozen]:
            layer.eval()
        return self

    def hidden(self, tokens: Tensor, mask: Tensor | None) -> Tensor:
        """Return the last layer's states.

        `tokens` has the shape (texts, tokens); `mask` is True where a token counts.
        """
        places = torch.arange(tokens.shape[1], device=tokens.device)
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.frozen):
            hidden = self.dropout(self.norm(self.words(tokens) + self.positions(places)))
        added = None if mask is None else (~mask)[:, None, None, :].to(hidden.dtype) * -1e4
        for number, layer in enumerate(self.layers):
            with torch.set_grad_enabled(torch.is_grad_enabled() and number >= self.frozen):
                hidden = layer(hidden, added)
        return hidden

    def forward(self, tokens: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return scores of intents (texts, intents) and of all matters (texts, categories)."""
        hidden = self.hidden(tokens, mask).float()
        weights = self.attention(hidden)[:, :, 0].float().masked_fill(~mask, -1e4).softmax(dim=1)
        pooled = self.dropout((hidden * weights[:, :, None]).sum(dim=1))
        return self.intents(pooled), self.second(pooled)


def _fill_layer(layer: nn.Module, start: StartWeights, place: int) -> None:
    assert isinstance(layer, Layer)
    tensors = {
        name: torch.from_numpy(start.tensors[f"l{place}.{name}"])
        for name in ("q.w", "q.b", "k.w", "k.b", "v.w", "v.b")
    }
    with torch.no_grad():
        layer.mixed.weight.copy_(torch.cat([tensors[f"{part}.w"] for part in "qkv"]))
        layer.mixed.bias.copy_(torch.cat([tensors[f"{part}.b"] for part in "qkv"]))
    _fill(layer.attended, start, f"l{place}.ao")
    _fill(layer.attended_norm, start, f"l{place}.aln")
    _fill(layer.inner, start, f"l{place}.fi")
    _fill(layer.outer, start, f"l{place}.fo")
    _fill(layer.outer_norm, start, f"l{place}.oln")


def _fill(module: nn.Linear | nn.LayerNorm, start: StartWeights, name: str) -> None:
    with torch.no_grad():
        module.weight.copy_(torch.from_numpy(start.tensors[f"{name}.w"]))
        module.bias.copy_(torch.from_numpy(start.tensors[f"{name}.b"]))
