"""The decoder as a Hugging Face transformers model with peft LoRA: the same interface as `decoder.Decoder`, the same numbers to 1e-5."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from .decoder import attention_mask, row_positions
from .errors import JobError
from .family import block_shapes
from .fsdp import blocks_of, cut
from .processes import Passes, Processes
from .spec import DecoderConfig, Lora


class PretrainedDecoder:
    """A frozen causal LM of transformers; LoRA is peft's, added by `adapt`.

    `hidden` reads no matrices from its LoRA argument: peft's are in the model, and None switches them off. One adapter at a time.
    """

    def __init__(
        self, config: DecoderConfig, folder: Path, dtype: torch.dtype, device: torch.device, over: Processes | None = None
    ) -> None:
        """`over`: processes that the model is cut over, None if it is whole on each."""
        try:
            import transformers
        except ImportError as error:
            raise JobError(
                f"This model is run by transformers, which is not installed ({error}). See requirements.lock."
            ) from error
        self.config = config
        kind = getattr(transformers, config.architecture)
        # By the architecture's own class: config.json need not name a model_type.
        settings = kind.config_class.from_pretrained(folder)
        # Eager if attention is recorded; fused otherwise.
        self.lm = kind.from_pretrained(folder, config=settings, dtype=dtype, attn_implementation="sdpa")
        self.lm.requires_grad_(False)
        self.lm.eval()
        self._passes = Passes()
        if over is None:
            self.lm.to(device)
        else:
            cut(self.lm, config.layers, over)
            self._passes = over.passes
            self._passes.join(self._idle)
        self.weights: Mapping[str, Tensor] = {"embedding": self.lm.get_input_embeddings().weight}
        self.adapted: Any = None
        self._recompute = False
        self._trunk = self.lm.base_model
        if config.embedding_scale != 1:
            # Gemma scales inside its embedding layer; rows that enter from outside are used unchanged.
            self._scale = config.embedding_scale
        else:
            self._scale = 1.0

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.weights["embedding"].device

    @property
    def vocabulary(self) -> Tensor:
        """What enters the decoder for each token [vocabulary, hidden]."""
        return self.weights["embedding"] * self._scale if self._scale != 1 else self.weights["embedding"]

    def embed(self, tokens: Tensor) -> Tensor:
        """`vocabulary[tokens]`."""
        rows = F.embedding(tokens, self.weights["embedding"])
        return rows * self._scale if self._scale != 1 else rows

    def adapt(self, lora: Lora) -> dict[str, Tensor]:
        """Adds a fresh peft LoRA to the model, replacing any earlier one; returns its matrices under our names."""
        from peft import LoraConfig, get_peft_model

        if self.adapted is not None:
            self.adapted.unload()
        names = module_names(self.config, lora)
        if "c_attn" in names.values():
            raise JobError(
                f"{self.config.architecture} stacks projections in one tensor; run it with our own decoder (--decoder own)."
            )
        layers = list(range(lora.first_layer, self.config.layers))
        self.adapted = get_peft_model(
            self.lm,
            LoraConfig(
                r=lora.rank,
                # PEFT annotates an int but only divides it by r, so any number will do.
                lora_alpha=lora.alpha,  # type: ignore[arg-type, unused-ignore]
                lora_dropout=0,
                target_modules=sorted(set(names.values())),
                layers_to_transform=layers if lora.first_layer > 0 else None,
                task_type="CAUSAL_LM",
            ),
        )
        found = {}
        for path, module in self.adapted.named_modules():
            if not hasattr(module, "lora_A") or not len(module.lora_A):
                continue
            words = path.split(".")
            layer = int(next(word for word in words if word.isdigit()))
            found[f"lora.{layer}.{words[-1]}.A"] = module.lora_A["default"].weight
            found[f"lora.{layer}.{words[-1]}.B"] = module.lora_B["default"].weight
        return found

    def hidden(
        self,
        x: Tensor,
        lora: object = None,
        hidden_keys: Tensor | None = None,
        attention: list[Tensor] | None = None,
        places: tuple[Tensor, Tensor] | None = None,
        recompute: bool = False,
    ) -> Tensor:
        """As `decoder.Decoder.hidden`; packed rows are padded here."""
        self._passes.begin(torch.is_grad_enabled())
        if places is not None:
            shape = places[0].shape
            x = x.new_zeros(shape.numel(), x.shape[-1]).index_copy(0, places[1], x).view(*shape, -1)
        with self._base() if lora is None else nullcontext():
            # For a backward pass, which comes later, a block would be recomputed with LoRA.
            able = lora is not None or self.adapted is None or not torch.is_grad_enabled()
            hidden = self._decode(x, hidden_keys, attention, recompute and able)
        return hidden if places is None else hidden.flatten(0, 1).index_select(0, places[1])

    def _idle(self) -> None:
        """A pass that only the other processes need."""
        with torch.no_grad(), self._base():
            self._decode(torch.zeros(1, 1, self.config.hidden, device=self.device))

    def _base(self) -> AbstractContextManager[None]:
        """Without LoRA: PEFT's acts in every pass until it is switched off."""
        return nullcontext() if self.adapted is None else self.adapted.disable_adapter()

    def _decode(
        self, x: Tensor, hidden_keys: Tensor | None = None, attention: list[Tensor] | None = None, recompute: bool = False
    ) -> Tensor:
        """Padded rows [batch, T, hidden] to hidden states."""
        x = x.to(self.weights["embedding"].dtype)
        if attention is not None:
            self.lm.set_attn_implementation("eager")
        if recompute != self._recompute:
            self._recompute = recompute
            if recompute:
                self.lm.activation_checkpointing_enable(activation_checkpointing_kwargs={"use_reentrant": False})
            else:
                self.lm.activation_checkpointing_disable()
            # transformers recomputes blocks in training alone; what they consist of stays as it is, without dropout.
            for block in blocks_of(self._trunk, self.config.layers):
                block.training = recompute
        try:
            answer = self._trunk(
                inputs_embeds=x,
                attention_mask=self._mask(x, hidden_keys, attention is not None),
                position_ids=row_positions(x.shape[1], hidden_keys),
                use_cache=False,
                output_attentions=attention is not None,
            )
        finally:
            if attention is not None:
                self.lm.set_attn_implementation("sdpa")
        if attention is not None:
            attention.extend(answer.attentions)
        return answer.last_hidden_state

    def _mask(self, x: Tensor, hidden_keys: Tensor | None, explicit: bool) -> Any:
        """None for plain causal attention, else additive masks [batch, 1, T, T], by kind if layers differ."""
        length = x.shape[1]
        windows = {place.window for place in self.config.attention}
        plain = hidden_keys is None and all(window is None or window >= length for window in windows)
        if plain and not explicit:
            return None

        def of(window: int | None) -> Tensor:
            allowed = attention_mask(length, hidden_keys, window, x.device)
            if allowed is None:
                allowed = torch.ones(1, 1, length, length, dtype=torch.bool, device=x.device).tril()
            allowed = allowed.expand(len(x), 1, length, length)
            return torch.zeros(allowed.shape, dtype=x.dtype, device=x.device).masked_fill(~allowed, torch.finfo(x.dtype).min)

        if len(windows) == 1:
            return of(next(iter(windows)))
        return {"full_attention": of(None), "sliding_attention": of(next(w for w in windows if w is not None))}

    def logits(self, hidden: Tensor) -> Tensor:
        """hidden [..., hidden] to [..., vocabulary]."""
        return self.lm.get_output_embeddings()(hidden.to(self.weights["embedding"].dtype))


def module_names(config: DecoderConfig, lora: Lora) -> dict[str, str]:
    """What the checkpoint calls each adapted projection: the last word of its module."""
    from .family import FAMILIES, ROLE_OF

    block = FAMILIES[config.family]["tensors"]["block"]
    shapes = block_shapes(config)
    names = {}
    for projection in lora.targets:
        if ROLE_OF[projection] in shapes:
            entry = block[ROLE_OF[projection]]
            pattern = entry if isinstance(entry, str) else entry["name"]
            names[projection] = pattern.removesuffix(".weight").split(".")[-1]
    return names
