"""Fine-tune the encoder, except its embeddings, with heads for intents and for second matters.

Seeded; one thread. A training goes on where it was stopped, with the same result.
"""

import math
import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn

from inquiry_router.classification.corpus import Example
from inquiry_router.classification.encoder import model_text, trim_tokens
from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.inquiry.intents import INTENTS
from training.augment import augment
from training.heads import INTENT_IDS
from training.network import Encoder
from training.start_weights import StartWeights

Floats = NDArray[np.float32]

# The place of each intent's category.
CATEGORY_OF: Final = torch.tensor([CATEGORY_IDS.index(intent.category) for intent in INTENTS])
# Seconds between two states kept on disk.
KEEP_EVERY: Final = 120.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """Hyperparameters.

    `layers` are the layers of the starting network that are kept; the lowest `frozen` of them are
    not trained. `rate` is the rate of the topmost layer; each layer below learns `decay` times as
    fast. The loss is the cross-entropy of the intent, `category_weight` times that of the category
    (whose probability is the sum of its intents), and `second_weight` times the binary one of the
    second head. `second_share` is the share of a second category in the target.
    """

    layers: tuple[int, ...] = tuple(range(9))
    frozen: int = 4
    epochs: int = 5
    rate: float = 2.4e-4
    head_rate: float = 2e-3
    decay: float = 0.9
    batch: int = 16
    smoothing: float = 0.1
    category_weight: float = 1.0
    second_share: float = 0.2
    second_weight: float = 0.3
    dropout: float = 0.1
    tokens: int = 128
    seed: int = 1


def finetune(
    start: StartWeights,
    tokenizer: Tokenizer,
    examples: Sequence[Example],
    recipe: Recipe,
    kept: Path,
) -> Encoder:
    """Train on these examples, augmented anew in each epoch.

    `kept` is the file of the state from which a stopped training goes on. It is deleted at the end.
    """
    torch.manual_seed(recipe.seed)
    encoder = Encoder(
        start, recipe.layers, len(INTENTS), len(CATEGORY_IDS), recipe.dropout, recipe.frozen
    )
    run = _Run(encoder, tokenizer, examples, recipe)
    run.go_on_from(kept)
    while run.epoch < recipe.epochs:
        run.train_epoch(kept)
    kept.unlink(missing_ok=True)
    return encoder.eval()


class _Run:
    """A training under way: the network, the optimizer, and how far it has come."""

    def __init__(
        self, encoder: Encoder, tokenizer: Tokenizer, examples: Sequence[Example], recipe: Recipe
    ) -> None:
        self.epoch, self._batch = 0, 0
        self._encoder, self._tokenizer = encoder, tokenizer
        self._examples, self._recipe = examples, recipe
        self._dice = random.Random(recipe.seed)
        self._optimizer = torch.optim.AdamW(_groups(encoder, recipe), weight_decay=0.01)
        steps = recipe.epochs * math.ceil(len(examples) / recipe.batch)
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimizer, lambda step: _rate(step, steps)
        )
        self._targets = _Targets(examples, recipe)
        self._losses: list[float] = []

    def go_on_from(self, kept: Path) -> None:
        """Go on from the kept state, if there is one."""
        if not kept.exists():
            return
        state = torch.load(kept, weights_only=False)  # written by `_keep`, on this machine
        self._encoder.load_state_dict(state["encoder"], strict=False)
        self._optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])
        self._dice.setstate(state["dice"])
        torch.set_rng_state(state["torch"])
        self.epoch, self._batch, self._losses = state["epoch"], state["batch"], state["losses"]
        print(f"  goes on in epoch {self.epoch + 1}", file=sys.stderr, flush=True)

    def train_epoch(self, kept: Path) -> None:
        """Train the rest of the epoch, and keep the state every two minutes."""
        self._encoder.train()
        dice_before = self._dice.getstate()
        texts = [self._augmented(example) for example in self._examples]
        batches = list(make_batches([len(text) for text in texts], self._recipe.batch, self._dice))
        begun = saved = time.monotonic()
        for number in range(self._batch, len(batches)):
            places = batches[number]
            self._losses.append(self._step([texts[place] for place in places], places))
            if time.monotonic() - saved > KEEP_EVERY:
                saved = time.monotonic()
                self._keep(kept, dice_before, number + 1)
        print(
            f"  epoch {self.epoch + 1} of {self._recipe.epochs}: "
            f"loss {np.mean(self._losses):.3f}, {time.monotonic() - begun:.0f} s",
            file=sys.stderr,
            flush=True,
        )
        self.epoch, self._batch, self._losses = self.epoch + 1, 0, []
        self._keep(kept, self._dice.getstate(), 0)

    def _augmented(self, example: Example) -> list[int]:
        subject, text = augment(
            example.subject, example.text, example.lang, str(example.channel), self._dice
        )
        return _tokens(self._tokenizer, subject, text, self._recipe.tokens)

    def _step(self, texts: Sequence[Sequence[int]], places: Sequence[int]) -> float:
        """Learn one batch and return its loss."""
        ids, mask = pad(texts)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            intents, seconds = self._encoder(ids, mask)
        loss = self._targets.loss(intents.float(), seconds.float(), places)
        self._optimizer.zero_grad()
        loss.backward()
        trained = [part for part in self._encoder.parameters() if part.grad is not None]
        nn.utils.clip_grad_norm_(trained, 1.0)
        self._optimizer.step()
        self._schedule.step()
        return float(loss.detach())

    def _keep(self, kept: Path, dice: Any, batch: int) -> None:
        state = {
            "encoder": trained_part(self._encoder),
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
            "dice": dice,
            "torch": torch.get_rng_state(),
            "epoch": self.epoch,
            "batch": batch,
            "losses": self._losses,
        }
        beside = kept.with_suffix(".part")
        torch.save(state, beside)
        os.replace(beside, kept)


class _Targets:
    """The targets of all examples, by their places."""

    def __init__(self, examples: Sequence[Example], recipe: Recipe) -> None:
        self._recipe = recipe
        self._intents = torch.tensor([INTENT_IDS.index(example.intent) for example in examples])
        self._categories = torch.from_numpy(
            np.stack([target_of(example, recipe) for example in examples])
        )
        self._seconds = torch.from_numpy(
            np.stack([second_target_of(example) for example in examples])
        )

    def loss(self, intents: Tensor, seconds: Tensor, places: Sequence[int]) -> Tensor:
        """Return the loss of a batch; see `Recipe`."""
        recipe, at = self._recipe, list(places)
        loss = nn.functional.cross_entropy(
            intents, self._intents[at], label_smoothing=recipe.smoothing
        )
        by_category = category_scores(intents).log_softmax(dim=1)
        loss = loss - recipe.category_weight * (self._categories[at] * by_category).sum(1).mean()
        return loss + recipe.second_weight * nn.functional.binary_cross_entropy_with_logits(
            seconds, self._seconds[at]
        )


def category_scores(intents: Tensor) -> Tensor:
    """Return the scores of the categories: the logarithm of the sum of their intents' odds."""
    return torch.stack(
        [intents[:, place == CATEGORY_OF].logsumexp(dim=1) for place in range(len(CATEGORY_IDS))],
        dim=1,
    )


def trained_part(encoder: Encoder) -> dict[str, Tensor]:
    """Return the parameters that training changes: not the word and position embeddings."""
    return {
        name: value
        for name, value in encoder.state_dict().items()
        if not name.startswith(("words.", "positions."))
    }


def scores_of(
    encoder: Encoder, tokenizer: Tokenizer, examples: Sequence[Example], tokens: int = 160
) -> tuple[Floats, Floats]:
    """Return unnormalised scores: intents (examples, intents), second head (examples, labels).

    The examples are not augmented.
    """
    encoder.eval()
    texts = [_tokens(tokenizer, example.subject, example.text, tokens) for example in examples]
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    scores = np.zeros((len(texts), len(INTENTS)), dtype=np.float32)
    seconds = np.zeros((len(texts), len(CATEGORY_IDS)), dtype=np.float32)
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        for begin in range(0, len(order), 32):
            places = order[begin : begin + 32]
            first, second = encoder(*pad([texts[place] for place in places]))
            scores[places], seconds[places] = first.float().numpy(), second.float().numpy()
    return scores, seconds


def target_of(example: Example, recipe: Recipe) -> Floats:
    """Return the categories' target: the label, a share for the second one, and smoothing."""
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


def make_batches(lengths: Sequence[int], size: int, dice: random.Random) -> Iterator[list[int]]:
    """Yield all places in random batches of nearly equal length, to avoid padding."""
    order = sorted(range(len(lengths)), key=lambda place: lengths[place] + dice.uniform(0, 12))
    batches = [order[begin : begin + size] for begin in range(0, len(order), size)]
    dice.shuffle(batches)
    yield from batches


def _groups(encoder: Encoder, recipe: Recipe) -> list[dict[str, object]]:
    count = len(encoder.layers)
    tops = (encoder.intents, encoder.second, encoder.attention)
    groups: list[dict[str, object]] = [
        {"params": [part for top in tops for part in top.parameters()], "lr": recipe.head_rate}
    ]
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
