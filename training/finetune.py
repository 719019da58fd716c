"""Fine-tune the encoder, except its embeddings, with a head for the categories.

Seeded; one thread; takes minutes.
"""

import math
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn

from inquiry_router.classification.corpus import Example
from inquiry_router.classification.encoder import model_text, trim_tokens
from inquiry_router.inquiry.categories import CATEGORY_IDS
from training.augment import augment
from training.network import Encoder
from training.start_weights import StartWeights

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Recipe:
    """The hyperparameters.

    `layers` are the layers of the starting network that are kept; the lowest `frozen` of them are
    not trained. `rate` is the rate of the topmost layer; each layer below learns `decay` times as
    fast. `second_share` is the share of the target for the second category, if there is one;
    `second_weight` the weight of the second head's loss.
    """

    layers: tuple[int, ...] = tuple(range(9))
    frozen: int = 4
    epochs: int = 7
    rate: float = 1.2e-4
    head_rate: float = 2e-3
    decay: float = 0.9
    batch: int = 16
    smoothing: float = 0.1
    second_share: float = 0.2
    second_weight: float = 0.3
    dropout: float = 0.1
    tokens: int = 128
    seed: int = 1


def finetune(
    start: StartWeights, tokenizer: Tokenizer, examples: Sequence[Example], recipe: Recipe
) -> Encoder:
    """Train on these examples, augmented anew in each epoch."""
    torch.manual_seed(recipe.seed)
    dice = random.Random(recipe.seed)
    encoder = Encoder(start, recipe.layers, len(CATEGORY_IDS), recipe.dropout, recipe.frozen)
    optimizer = torch.optim.AdamW(_groups(encoder, recipe), weight_decay=0.01)
    steps = recipe.epochs * math.ceil(len(examples) / recipe.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps))
    targets = torch.from_numpy(np.stack([target_of(example, recipe) for example in examples]))
    second_targets = torch.from_numpy(np.stack([second_target_of(example) for example in examples]))
    begun = time.monotonic()
    for epoch in range(1, recipe.epochs + 1):
        encoder.train()
        texts = [
            _tokens(
                tokenizer,
                *augment(example.subject, example.text, example.lang, str(example.channel), dice),
                recipe.tokens,
            )
            for example in examples
        ]
        losses = []
        for places in _batches([len(text) for text in texts], recipe.batch, dice):
            ids, mask = pad([texts[place] for place in places])
            with torch.autocast("cpu", dtype=torch.bfloat16):
                scores, seconds = encoder(ids, mask)
            loss = nn.functional.cross_entropy(scores.float(), targets[places])
            loss = loss + recipe.second_weight * nn.functional.binary_cross_entropy_with_logits(
                seconds.float(), second_targets[places]
            )
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(
                [part for part in encoder.parameters() if part.grad is not None], 1.0
            )
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
        print(
            f"  epoch {epoch} of {recipe.epochs}: loss {np.mean(losses):.3f}, "
            f"{time.monotonic() - begun:.0f} s",
            file=sys.stderr,
            flush=True,
        )
    return encoder.eval()


def scores_of(
    encoder: Encoder, tokenizer: Tokenizer, examples: Sequence[Example], tokens: int = 160
) -> tuple[Floats, Floats]:
    """Return unnormalised scores of both heads, each of shape (examples, labels).

    The examples are not augmented.
    """
    encoder.eval()
    texts = [_tokens(tokenizer, example.subject, example.text, tokens) for example in examples]
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    scores = np.zeros((len(texts), len(CATEGORY_IDS)), dtype=np.float32)
    seconds = np.zeros_like(scores)
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        for begin in range(0, len(order), 32):
            places = order[begin : begin + 32]
            first, second = encoder(*pad([texts[place] for place in places]))
            scores[places], seconds[places] = first.float().numpy(), second.float().numpy()
    return scores, seconds


def target_of(example: Example, recipe: Recipe) -> Floats:
    """Return the target: the label, a share for the second category, and label smoothing."""
    target = np.full(len(CATEGORY_IDS), recipe.smoothing / len(CATEGORY_IDS), dtype=np.float32)
    second = recipe.second_share if example.secondary else 0.0
    target[CATEGORY_IDS.index(example.label)] += (1.0 - recipe.smoothing) * (1.0 - second)
    if example.secondary:
        target[CATEGORY_IDS.index(example.secondary)] += (1.0 - recipe.smoothing) * second
    return target


def second_target_of(example: Example) -> Floats:
    """Return the second head's target: 1 for the label and for the second category."""
    return np.array(
        [float(name in (example.label, example.secondary)) for name in CATEGORY_IDS],
        dtype=np.float32,
    )


def pad(texts: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Return token numbers padded to the longest text, and a mask of the tokens that count."""
    longest = max(len(text) for text in texts)
    ids = torch.ones((len(texts), longest), dtype=torch.long)
    mask = torch.zeros((len(texts), longest), dtype=torch.bool)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = torch.tensor(text)
        mask[row, : len(text)] = True
    return ids, mask


def _tokens(tokenizer: Tokenizer, subject: str | None, text: str, max_count: int) -> list[int]:
    ids: list[int] = tokenizer.encode(model_text(subject, text), add_special_tokens=False).ids
    return trim_tokens(ids, max_count)


def _batches(lengths: Sequence[int], size: int, dice: random.Random) -> Iterator[list[int]]:
    """Yield all places in random batches of nearly equal length, to avoid padding."""
    order = sorted(range(len(lengths)), key=lambda place: lengths[place] + dice.uniform(0, 12))
    batches = [order[begin : begin + size] for begin in range(0, len(order), size)]
    dice.shuffle(batches)
    yield from batches


def _groups(encoder: Encoder, recipe: Recipe) -> list[dict[str, object]]:
    count = len(encoder.layers)
    groups: list[dict[str, object]] = [
        {"params": list(encoder.head.parameters()), "lr": recipe.head_rate}
    ]
    groups.append(
        {
            "params": [*encoder.second.parameters(), *encoder.attention.parameters()],
            "lr": recipe.head_rate,
        }
    )
    for place, layer in enumerate(encoder.layers):
        groups.append(
            {
                "params": list(layer.parameters()),
                "lr": recipe.rate * recipe.decay ** (count - 1 - place),
            }
        )
    groups.append(
        {"params": list(encoder.norm.parameters()), "lr": recipe.rate * recipe.decay**count}
    )
    return groups


def _rate(step: int, steps: int) -> float:
    warm = max(1, steps // 10)
    return step / warm if step < warm else max(0.0, (steps - step) / (steps - warm))
