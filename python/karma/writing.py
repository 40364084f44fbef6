"""The recipe's prompts as base model and arms continue them, at every evaluation (src/experiment/evaluate/writing.ts)."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from .losses import text_loss
from .model import InterestModel
from .sequence import pack_texts

MOST_TOKENS = 16
EMBEDDED_MODEL = "wordnet-1m"
OF_EMBEDDED_MODEL = ("cedar chest:", "ocean:", "happiness:")
OF_OTHERS = ("A tea set is used for", "The capital of France is", "Once upon a time, there was")

Decode = Callable[[Sequence[int]], str]


def prompts_of(prompts: str, model_id: str) -> list[str]:
    """The recipe's prompts in their order; `auto` is a set that suits the model."""
    if prompts.strip() == "auto":
        return list(OF_EMBEDDED_MODEL if model_id == EMBEDDED_MODEL else OF_OTHERS)
    return [prompt.strip() for prompt in prompts.split("|") if prompt.strip()]


@torch.no_grad()
def _logits(model: InterestModel, texts: Sequence[Sequence[int]]) -> Tensor:
    """Logits of the token after each `[BOS] text` [texts, vocabulary]."""
    config = model.decoder.config
    packed = pack_texts([[*text, config.eos_id] for text in texts], config.vocabulary, config.bos_id)
    hidden = model.decode(packed, torch.empty(0, config.hidden, device=model.device))
    ends = torch.tensor(packed.lengths, device=model.device).cumsum(0) - 1
    return model.decoder.logits(hidden[ends]).float()


def write(model: InterestModel, prompts: Sequence[Sequence[int]]) -> list[list[tuple[int, float]]]:
    """Greedy continuations as (token, its probability), until the end token or 16 of them."""
    written: list[list[tuple[int, float]]] = [[] for _ in prompts]
    open_ = set(range(len(prompts)))
    for _ in range(MOST_TOKENS):
        if not open_:
            break
        asked = sorted(open_)
        shares = _logits(model, [[*prompts[i], *(t for t, _ in written[i])] for i in asked]).softmax(-1)
        for index, share in zip(asked, shares, strict=True):
            token = int(share.argmax())
            if token == model.decoder.config.eos_id:
                open_.discard(index)
            else:
                written[index].append((token, float(share[token])))
    return written


@torch.no_grad()
def continuation_nll(model: InterestModel, prompt: Sequence[int], continuation: Sequence[int]) -> float:
    """Nats per token of a continuation after `[BOS] prompt`; 0 for an empty one."""
    if not continuation:
        return 0.0
    config = model.decoder.config
    packed = pack_texts([[*prompt, *continuation]], config.vocabulary, config.bos_id)
    hidden = model.decode(packed, torch.empty(0, config.hidden, device=model.device))
    # Row i of the text predicts its token i; the prompt's tokens do not count.
    packed.text_rows, packed.text_tokens = packed.text_rows[len(prompt) :], packed.text_tokens[len(prompt) :]
    packed.text_weights = [1 / len(continuation)] * len(continuation)
    return float(text_loss(model.decoder, hidden, packed))


class Writing:
    """Queries models, and compares them with the base model, which was queried first."""

    def __init__(self, prompts: Sequence[str], encode: Callable[[str], list[int]], decode: Decode) -> None:
        self.prompts = [encode(prompt) for prompt in prompts]
        self.decode = decode
        self.base: list[list[int]] | None = None

    def of(self, model: InterestModel) -> list[dict[str, Any]]:
        """The record's `continuations`, in the order of the prompts."""
        written = write(model, self.prompts)
        if self.base is None:
            self.base = [[token for token, _ in tokens] for tokens in written]
        return [
            {**self._text(prompt, tokens), "baseNll": continuation_nll(model, prompt, base)}
            for prompt, tokens, base in zip(self.prompts, written, self.base, strict=True)
        ]

    def _text(self, prompt: Sequence[int], tokens: Sequence[tuple[int, float]]) -> dict[str, Any]:
        """A token's piece is what it adds to the text, so that pieces make the text whatever the tokenizer joins."""
        ids = list(prompt)
        before = text = self.decode(ids)
        pieces = []
        for token, probability in tokens:
            ids.append(token)
            longer = self.decode(ids)
            pieces.append([longer[len(text) :], round(probability, 3)])
            text = longer
        return {"text": text[len(before) :], "tokens": pieces}
