"""Writes seeded logs in the layouts of published data sets that are not here, and counts them as they are written.

Standard library only, by the published descriptions (docs/formats.md names them), sharing no code with the page:

    python3 -m oracle.make_published FOLDER

Each layout gets a folder. Prints one JSON object: by layout, its files and how many events, users, items, test targets, items
shown and not chosen, candidate sets and candidates a reader must find.
"""

import csv
import gzip
import json
import random
import sys
from datetime import UTC, datetime
from pathlib import Path

USERS, ITEMS, START = 120, 400, 1_500_000_000


def make_histories(rng):
    """By user: items in the order of growing times, some more than once."""
    histories = []
    for user in range(USERS):
        count = rng.randint(5, 12)
        times = sorted(rng.sample(range(2_000_000), count))
        events = [(rng.randrange(ITEMS), START + 60 * time) for time in times]
        histories.append((user, events))
    return histories


def title(item):
    return f'The "{item}" of Café No. {item % 7}'


def counts(histories, files, **more):
    events = [event for _, history in histories for event in history]
    own = {"events": len(events), "users": len(histories), "items": ITEMS, "test": len(histories)}
    return {"files": files, **own, "shown": 0, "sets": 0, "candidates": 0, **more}


def lines(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path.name


def table(path, header, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path.name


def mind(folder, histories, rng):
    """Two clicks before the first request of a user, then a click and three other items in each request."""
    rows, impression, shown = [], 0, 0
    for user, events in histories:
        before = [f"N{item}" for item, _ in events[:2]]
        for item, time in events[2:]:
            impression += 1
            others = rng.sample([other for other in range(ITEMS) if other != item], 3)
            marked = [f"N{item}-1", *(f"N{other}-0" for other in others)]
            rng.shuffle(marked)
            shown += len(others)
            when = datetime.fromtimestamp(time, UTC).strftime("%m/%d/%Y %I:%M:%S %p")
            rows.append(f"{impression}\tU{user}\t{when}\t{' '.join(before)}\t{' '.join(marked)}")
            before.append(f"N{item}")
    rng.shuffle(rows)
    news = [f"N{n}\tnews\tworld\t{title(n)}\tWhat happened\thttps://x/{n}\t[]\t[]" for n in range(ITEMS)]
    files = [lines(folder / "behaviors.tsv", rows), lines(folder / "news.tsv", news)]
    return counts(histories, files, shown=shown)


def minionerec(folder, histories, _):
    header = ["user_id", "history_item_title", "item_title", "history_item_id", "item_id", "history_item_sid", "item_sid"]
    code = lambda item: f"<a_{item // 20}><b_{item % 20}>"  # noqa: E731
    parts = {"train": [], "valid": [], "test": []}
    for user, events in histories:
        items = [item for item, _ in events]
        for at in range(1, len(items)):
            part = "test" if at == len(items) - 1 else "valid" if at == len(items) - 2 else "train"
            row = [f"A{user}", [title(i) for i in items[:at]], title(items[at]), items[:at], items[at]]
            parts[part].append([*row, [code(i) for i in items[:at]], code(items[at])])
    files = [table(folder / f"Shop_5_{name}.csv", header, rows) for name, rows in parts.items()]
    files.append(lines(folder / "Shop_5.txt", [f"{code(i)}\t{title(i)}\t{i}" for i in range(ITEMS)]))
    return counts(histories, files)


def lcrec(folder, histories, _):
    folder.mkdir(parents=True, exist_ok=True)
    maps = {
        "inter": {str(user): [item for item, _ in events] for user, events in histories},
        "item": {str(i): {"title": title(i), "description": "", "brand": "x", "categories": "a, b"} for i in range(ITEMS)},
        "index": {str(i): [f"<a_{i // 20}>", f"<b_{i % 20}>"] for i in range(ITEMS)},
    }
    for name, value in maps.items():
        (folder / f"Games.{name}.json").write_text(json.dumps(value), encoding="utf-8")
    return counts(histories, [f"Games.{name}.json" for name in maps])


def p5(folder, histories, rng):
    """Numbers from 1 on; metadata by ASIN, as Python dicts in a gzip file; 99 sampled items a user."""
    asin = lambda item: f"B{item:09d}"  # noqa: E731
    sequences = [" ".join(str(n) for n in [user + 1, *(item + 1 for item, _ in events)]) for user, events in histories]
    samples = [[user + 1, *(n + 1 for n in rng.sample(range(ITEMS), 99))] for user, _ in histories]
    item2id = {asin(item): str(item + 1) for item in range(ITEMS)}
    user2id = {f"A{user:012d}": str(user + 1) for user, _ in histories}
    maps = {"user2id": user2id, "item2id": item2id}
    maps |= {"id2user": {b: a for a, b in user2id.items()}, "id2item": {b: a for a, b in item2id.items()}}
    files = [lines(folder / "sequential_data.txt", sequences), lines(folder / "datamaps.json", [json.dumps(maps)])]
    files.append(lines(folder / "negative_samples.txt", [" ".join(map(str, row)) for row in samples]))
    with gzip.open(folder / "meta.json.gz", "wt", encoding="utf-8") as file:
        file.writelines(f"{ {'asin': asin(i), 'title': title(i), 'price': 1.5}!r}\n" for i in range(ITEMS))
    return counts(histories, [*files, "meta.json.gz"], sets=USERS, candidates=99 * USERS)


def llmrank(folder, histories, rng):
    """RecBole's atomic files, and 20 candidates each for 40 of the users."""
    rows = [f"{user}\t{item}\t{rng.randint(1, 5)}\t{time}" for user, events in histories for item, time in events]
    header = "user_id:token\titem_id:token\trating:float\ttimestamp:float"
    files = [lines(folder / "ml.inter", [header, *rows])]
    names = [f"{i}\t{title(i)}" for i in range(ITEMS)]
    files.append(lines(folder / "ml.item", ["item_id:token\tmovie_title:token_seq", *names]))
    chosen = rng.sample([user for user, _ in histories], 40)
    sets = [f"{user}\t{' '.join(map(str, rng.sample(range(ITEMS), 20)))}" for user in chosen]
    files.append(lines(folder / "ml.random", sets))
    return counts(histories, files, sets=40, candidates=800)


def ncf(folder, histories, rng):
    """The last event of each user apart, with 99 items that the user never had."""
    train, test, negative = [], [], []
    for user, events in histories:
        rows = [f"{user}\t{item}\t{rng.randint(1, 5)}\t{time}" for item, time in events]
        train += rows[:-1]
        test.append(rows[-1])
        own = {item for item, _ in events}
        others = rng.sample([item for item in range(ITEMS) if item not in own], 99)
        negative.append("\t".join([f"({user},{events[-1][0]})", *map(str, others)]))
    parts = {"train.rating": train, "test.rating": test, "test.negative": negative}
    files = [lines(folder / f"ml-1m.{name}", rows) for name, rows in parts.items()]
    seen = {item for _, events in histories for item, _ in events}
    listed = [int(item) for row in negative for item in row.split("\t")[1:]]
    known = sum(item in seen for item in listed)
    return counts(histories, files, items=len(seen), sets=USERS, candidates=known)


def hm(folder, histories, rng):
    """Days without times of day: a user's purchases of one day are a basket, in which an article counts once."""
    rows, kept = [], []
    for user, events in histories:
        days = {}
        for item, time in events:
            day = datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d")
            rows.append([day, f"{user:064x}", f"{item:010d}", f"{rng.random():.6f}", rng.randint(1, 2)])
            days.setdefault(day, set()).add(item)
        kept.append((user, [(item, day) for day, items in days.items() for item in items]))
    header = ["t_dat", "customer_id", "article_id", "price", "sales_channel_id"]
    names = ["article_id", "product_code", "prod_name", "product_type_name", "product_group_name", "detail_desc"]
    articles = [[f"{i:010d}", i, title(i), "Vest top", "Garment Upper body", "Jersey top"] for i in range(ITEMS)]
    files = [table(folder / "transactions_train.csv", header, rows), table(folder / "articles.csv", names, articles)]
    return counts(kept, files)


def steam(folder, histories, _):
    """Lines of Python 2's repr; dates without times of day."""
    text = lambda value: f"u{value!r}"  # noqa: E731
    reviews, kept = [], []
    for user, events in histories:
        days = {}
        for item, time in events:
            day = datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d")
            own = {"username": f"user {user}", "hours": 1.5, "product_id": str(item), "date": day, "text": 'It\'s "good"\n'}
            pairs = ", ".join(f"{text(key)}: {text(value) if isinstance(value, str) else value}" for key, value in own.items())
            reviews.append("{" + pairs + "}")
            days.setdefault(day, set()).add(item)
        kept.append((user, [(item, day) for day, items in days.items() for item in items]))
    games = ["{" + f"u'genres': [u'Action', u'Indie'], u'app_name': {text(title(i))}, u'id': u'{i}'" + "}" for i in range(ITEMS)]
    files = [lines(folder / "steam_reviews.json", reviews), lines(folder / "steam_games.json", games)]
    return counts(kept, files)


def fixed(folder, histories, _):
    """Histories of twelve places, zeros in front; items are numbered from 1."""
    rows = []
    for user, events in histories:
        items = [item + 1 for item, _ in events]
        rows.append(" ".join(map(str, [user, *[0] * (12 - len(items)), *items])))
    seen = {item for _, events in histories for item, _ in events}
    return counts(histories, [lines(folder / "train.txt", rows)], items=len(seen))


def hub(folder, histories, _):
    """A card and three files, whose names do not say of which split they are; the last event of each user is for test."""
    parts = {"a": [], "b": [], "c": []}
    for user, events in histories:
        for at, (item, time) in enumerate(events):
            name = "c" if at == len(events) - 1 else "b" if user % 2 else "a"
            parts[name].append([f"u{user}", f"i{item}", time, title(item)])
    header = ["user_id", "item_id", "timestamp", "title"]
    files = [f"data/{table(folder / 'data' / f'{name}.csv', header, rows)}" for name, rows in parts.items()]
    card = ["---", "configs:", "- config_name: default", "  data_files:", "  - split: train", "    path:"]
    card += ["    - data/a.csv", "    - data/b.csv", "  - split: test", "    path: data/c.csv", "dataset_info:", "  splits:"]
    train, test = len(parts["a"]) + len(parts["b"]), len(parts["c"])
    card += ["  - name: train", f"    num_examples: {train}", "  - name: test", f"    num_examples: {test}", "---", "# Shop"]
    files.append(lines(folder / "README.md", card))
    seen = {item for _, events in histories for item, _ in events}
    return counts(histories, files, items=len(seen))


LAYOUTS = [mind, minionerec, lcrec, p5, llmrank, ncf, hm, steam, fixed, hub]


def main(folder):
    found = {}
    for layout in LAYOUTS:
        rng = random.Random(layout.__name__)
        found[layout.__name__] = layout(Path(folder) / layout.__name__, make_histories(rng), rng)
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
