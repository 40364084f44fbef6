"""Trains arms on the sample store and evaluates them: a check of the browser engine, and the start for bigger machines.

Prints one JSON object a line. Same losses, schedule, split and metrics as the app; the random draws differ.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor

from karma.attention import sink_tables
from karma.losses import text_loss
from karma.model import InterestModel, start_parameters
from karma.optimiser import Optimiser
from karma.sequence import Example, Packed, pack_texts
from karma.spec import Arm, Lora, Objective, Training
from karma.storage import read_model, write_tensors
from karma.store import Event, Store, hidden_features, read_store, title_features, training_items
from karma.tokenizer import Tokenizer

PUBLIC = Path(__file__).parent.parent / "public"
KS = (1, 5, 10, 20, 50, 100, 200)
PROBES = 8
DRIFT_TEXTS = 200


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--arms", default="action,karma", help="of action, gen, rec, karma")
    parser.add_argument("--lambda", dest="weight", type=float, default=0.3, help="λ_gen and λ_rec where an arm has them")
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--warmup", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--loss", choices=("pairwise", "infonce", "full"), default="full")
    parser.add_argument("--similarity", choices=("cosine", "dot"), default="cosine")
    parser.add_argument("--interface", choices=("token", "text"), default="token")
    parser.add_argument("--input", choices=("title+hidden", "title", "hidden", "id", "title+hidden+id"), default="title+hidden")
    parser.add_argument("--output", choices=("content", "content+id", "id", "tied"), default="content")
    parser.add_argument(
        "--positions",
        choices=("all", "last", "all+item"),
        default="all",
        help="all+item: beyond docs/definitions.md, the last item's row predicts the target too",
    )
    parser.add_argument("--read", choices=("emb", "item"), default="emb", help="row that evaluation reads h_t from")
    parser.add_argument("--users", type=int, default=1000, help="users evaluated")
    parser.add_argument("--log-users", type=int, help="keep only the first users of the log")
    parser.add_argument("--evaluations", type=int, default=4)
    parser.add_argument("--split", choices=("validation", "test"), default="validation")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--model", type=Path, default=PUBLIC / "models" / "wordnet-1m")
    parser.add_argument("--data", type=Path, default=PUBLIC / "datasets" / "wordnet-store")
    parser.add_argument("--save", type=Path, help="folder for the trained parameters, <arm>.safetensors")
    return parser.parse_args()


class Encoder:
    """Events to examples: the texts of the store as token ids."""

    def __init__(self, store: Store, tokenizer: Tokenizer, objective: Objective, eos_id: int) -> None:
        self.tokenizer = tokenizer
        self.objective = objective
        longest = objective.max_text_tokens - 1
        self.texts = [[*tokenizer.encode(text)[:longest], eos_id] for text in store.texts]
        self.titles = [tokenizer.encode(" " + title)[: objective.max_title_tokens] for title in store.titles]

    def example(self, events: Sequence[Event], position: int) -> Example:
        """The example whose target is events[position]."""
        event = events[position]
        history = [e.item for e in events[max(0, position - self.objective.max_history) : position]]
        query = self.tokenizer.encode(" " + event.query) if event.query and self.objective.use_query else []
        return Example(history, event.item, query, self.texts[event.item], event.exposed)


def batches(store: Store, encoder: Encoder, size: int, seed: int) -> Iterator[list[Example]]:
    """Endless batches without replacement inside an epoch; each user's training events end at a random target."""
    draw = random.Random(seed)
    users = [events[:-2] for events in store.users if len(events) >= 4]
    size = min(size, len(users))
    while True:
        draw.shuffle(users)
        for start in range(0, len(users) - size + 1, size):
            picked = users[start : start + size]
            yield [encoder.example(events, draw.randrange(1, len(events))) for events in picked]


def last_item_rows(packed: Packed) -> list[int]:
    """The packed row of every sequence's last item."""
    rows, start = [], 0
    for length, positions in zip(packed.lengths, packed.item_positions, strict=True):
        rows.append(start + positions[-1])
        start += length
    return rows


@torch.no_grad()
def rank_targets(model: InterestModel, examples: Sequence[Example], masked: Sequence[set[int]], read: str) -> Tensor:
    """Average rank of every target among the catalogue without its masked items [examples]."""
    items = model.item_embeddings()
    ranks = []
    for start in range(0, len(examples), 250):
        chunk = examples[start : start + 250]
        packed = model.pack(chunk, with_text=False)
        hidden = model.first_pass(packed).hidden
        rows = last_item_rows(packed) if read == "item" else [packed.prediction_rows[p] for p in packed.emb_predictions]
        scores = model.interest(hidden[torch.tensor(rows)]) @ items.T
        targets = torch.tensor([e.target for e in chunk])[:, None]
        for row, example, mask in zip(scores, chunk, masked[start : start + 250], strict=True):
            row[[i for i in mask if i != example.target]] = float("-inf")
        own = scores.gather(1, targets)
        ranks.append((scores > own).sum(1) + 1 + ((scores == own).sum(1) - 1) / 2)
    return torch.cat(ranks)


def ranking(ranks: Tensor) -> dict[str, float]:
    """HR@K, NDCG@10 and MRR in per cent."""
    values = {f"HR@{k}": (ranks <= k).float().mean().item() for k in KS}
    values["NDCG@10"] = torch.where(ranks <= 10, 1 / (1 + ranks).log2(), 0).mean().item()
    values["MRR"] = (1 / ranks).mean().item()
    return {name: round(100 * value, 2) for name, value in values.items()}


@torch.no_grad()
def sinks(model: InterestModel, examples: Sequence[Example], threshold: float = 0.3) -> dict[str, list[float]]:
    """Sink measures of a few histories, mean over heads for each layer."""
    packed = model.pack(examples, with_text=False)
    maps: list[list[Tensor]] = []
    model.first_pass(packed, maps)
    layers = torch.stack(maps[0], 1)
    probes = [layers[i, :, :, :n, :n] for i, n in enumerate(packed.lengths)]
    tables = sink_tables(probes, packed.item_positions, [n - 1 for n in packed.lengths], threshold)
    return {name: [round(v, 3) for v in table.mean(1).tolist()] for name, table in vars(tables).items()}


@torch.no_grad()
def language_nll(model: InterestModel, texts: Sequence[Sequence[int]]) -> float:
    """Nats per token of `[BOS] text` under the adapted decoder, mean over texts."""
    packed = pack_texts(texts, model.decoder.config.vocabulary, model.decoder.config.bos_id)
    nothing = model.decoder.vocabulary[:0]
    return text_loss(model.decoder, model.decode(packed, nothing), packed).item()


def main() -> None:
    args = arguments()
    torch.set_num_threads(args.threads)
    objective = Objective(
        item_interface=args.interface,
        item_input=args.input,
        item_output=args.output,
        action_loss=args.loss,
        similarity=args.similarity,
        positions="last" if args.positions == "last" else "all",
    )
    training = Training(steps=args.steps, batch_size=args.batch, learning_rate=args.lr, warmup_steps=args.warmup)
    lora = Lora()
    store = read_store(args.data, args.log_users)
    tokenizer = Tokenizer(args.model / "tokenizer.json")
    decoder = read_model(args.model, torch.float32)
    hidden = hidden_features(decoder, tokenizer, store.texts)
    title = title_features(decoder, tokenizer, store.titles)
    encoder = Encoder(store, tokenizer, objective, decoder.config.eos_id)

    back = 2 if args.split == "validation" else 1
    evaluated = random.Random(args.seed).sample(store.users, min(args.users, len(store.users)))
    examples = [encoder.example(events, len(events) - back) for events in evaluated]
    masked = [{e.item for e in events[:-back]} for events in evaluated]
    counts = training_items(store)
    cold = torch.tensor([counts[e.target] == 0 for e in examples])
    probes = sorted(examples, key=lambda e: -len(e.history))[:PROBES]
    unseen = [encoder.texts[i] for i, count in enumerate(counts) if count == 0][:DRIFT_TEXTS]
    print(json.dumps(vars(args) | {"catalogue": len(counts), "log_users": len(store.users), "users": len(examples)}, default=str))

    for name in args.arms.split(","):
        weight = args.weight
        arm = Arm(name, name, weight if name in ("gen", "karma") else 0.0, weight if name in ("rec", "karma") else 0.0)
        start = start_parameters(decoder, lora, objective, *hidden.T.shape, torch.Generator().manual_seed(args.seed))
        model = InterestModel(decoder, hidden, title, encoder.titles, lora, objective, start)
        optimiser = Optimiser(model.parameters, training)
        stream = batches(store, encoder, args.batch, args.seed)
        seconds = 0.0
        for step in range(args.steps + 1):
            if step % max(1, args.steps // args.evaluations) == 0 or step == args.steps:
                ranks = rank_targets(model, examples, masked, args.read)
                line = {"arm": name, "step": step, "seconds": round(seconds, 1)} | ranking(ranks)
                line["cold HR@10"] = round(100 * (ranks[cold] <= 10).float().mean().item(), 2)
                print(json.dumps(line), flush=True)
            if step == args.steps:
                break
            began = time.perf_counter()
            batch = next(stream)
            packed = model.pack(batch, with_text=arm.lambda_gen > 0)
            if args.positions == "all+item":
                for row, example in zip(last_item_rows(packed), batch, strict=True):
                    packed.predict(row, example.target)
            losses = model.losses_of(model.first_pass(packed), batch, arm)
            norm = optimiser.gradients(losses.total)
            optimiser.step(norm)
            seconds += time.perf_counter() - began
            if step % 50 == 0 or step + 1 == args.steps:
                values = {key: round(value.item(), 4) for key, value in vars(losses).items()}
                print(json.dumps({"arm": name, "step": step, "norm": round(norm, 3)} | values), flush=True)
        print(json.dumps({"arm": name, "LM NLL": round(language_nll(model, unseen), 3)} | sinks(model, probes)), flush=True)
        if args.save is not None:
            args.save.mkdir(parents=True, exist_ok=True)
            write_tensors(args.save / f"{name}.safetensors", model.parameters)


if __name__ == "__main__":
    main()
