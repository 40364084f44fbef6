"""Counts a log independently: events, users, items, rows left out by reason, targets of a split.

Standard library only, written from docs/formats.md and sharing no code with the page, so that the counts of `src/log` can be
compared with it. The columns are named, not guessed:

    python3 count_log.py --events ratings.csv --items movies.csv --user userId --item movieId --time timestamp --title title
    python3 count_log.py --events online_retail.parquet --user CustomerID --item StockCode --time InvoiceDate \\
        --date-format "%m/%d/%y %H:%M" --title Description --rating Quantity --least-rating 1 --split last-basket

Prints one JSON object. `digest` is the SHA-256 of the remaining events, as sorted lines `user TAB item TAB time`.
"""

import argparse
import csv
import hashlib
import json
import re
from collections import Counter, defaultdict
from datetime import UTC, datetime

from audit_log import audit
from parquet_table import read_parquet


def rows_of(path):
    """Rows as dicts by column name."""
    if path.endswith(".parquet"):
        yield from read_parquet(path)
        return
    with open(path, encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def identity(value):
    text = str(value).strip()
    return text[:-2] if re.fullmatch(r"\d+\.0", text) else text


def seconds(value, date_format, known={}):
    if date_format is None:
        return float(value)
    if value not in known:
        known[value] = datetime.strptime(value.strip(), date_format).replace(tzinfo=UTC).timestamp()
    return known[value]


def read_events(options, removed):
    """Rows that are events, as [user, item, time, rating], and the titles in the same rows."""
    events, titles = [], {}
    rows = 0
    for path in options.events:
        for row in rows_of(path):
            rows += 1
            user, item = identity(row[options.user]), identity(row[options.item])
            if user == "":
                removed["no user"] += 1
                continue
            if item == "":
                removed["no item"] += 1
                continue
            raw = row[options.time]
            if str(raw).strip() == "":
                removed["no time"] += 1
                continue
            try:
                time = seconds(raw, options.date_format)
            except ValueError:
                removed["time that cannot be read"] += 1
                continue
            title = str(row.get(options.title, "") or "").strip()
            if title != "":
                titles.setdefault(item, title)
            rating = row.get(options.rating, "") if options.rating else ""
            events.append((user, item, time, None if rating == "" else float(rating)))
    return rows, events, titles


def filter_events(events, titles, options, removed):
    kept, seen = [], set()
    for user, item, time, rating in events:
        reason = None
        if (user, item, time) in seen:
            reason = "same user, item and time as an earlier row"
        elif not options.id_for_title and titles.get(item, "") == "":
            reason = "item without text"
        elif options.least_rating is not None and rating is not None and rating < options.least_rating:
            reason = "rating below the minimum"
        elif (options.start is not None and time < options.start) or (options.end is not None and time > options.end):
            reason = "outside the dates"
        seen.add((user, item, time))
        if reason is None:
            kept.append((user, item, time))
        else:
            removed[reason] += 1
    return kept


def core(events, options, removed):
    """Rounds; in a round all counts are those at its start, and an event that goes for both reasons goes for its item's."""
    while True:
        users, items = Counter(user for user, _, _ in events), Counter(item for _, item, _ in events)
        kept = []
        for event in events:
            if items[event[1]] < options.item_core:
                removed["item with too few events"] += 1
            elif users[event[0]] < options.user_core:
                removed["user with too few events"] += 1
            else:
                kept.append(event)
        if len(kept) == len(events):
            return kept
        events = kept


def targets_of(events, split):
    """Targets of validation and test. A target needs an earlier event of its user."""
    times = defaultdict(list)
    for user, _, time in events:
        times[user].append(time)
    validation = test = 0
    for own in times.values():
        own.sort()
        if split == "leave-last-out":
            if len(own) >= 3 and own[0] < own[-2]:
                validation, test = validation + 1, test + 1
        else:
            moments = sorted(set(own))
            if len(moments) >= 3:
                validation, test = validation + own.count(moments[-2]), test + own.count(moments[-1])
    return {"validation": validation, "test": test}


def count(options):
    removed = Counter()
    rows, events, beside = read_events(options, removed)
    titles = {}
    for path in options.items:
        for row in rows_of(path):
            titles.setdefault(identity(row[options.item]), str(row[options.title]).strip())
    for item, title in beside.items():
        if titles.get(item, "") == "":
            titles[item] = title
    kept = core(filter_events(events, titles, options, removed), options, removed)
    named = set(titles) | ({item for _, item, _, _ in events} if options.id_for_title else set())
    with_text = {item for item in named if options.id_for_title or titles.get(item, "") != ""}
    per_item = Counter(item for _, item, _ in kept)
    lines = sorted(f"{user}\t{item}\t{time:.0f}\n".encode() for user, item, time in kept)
    moments = Counter((user, time) for user, _, time in kept)
    return {
        "rows": rows,
        "events": len(kept),
        "users": len({user for user, _, _ in kept}),
        "items": sum(1 for item in with_text if per_item[item] >= options.item_core),
        "removed": dict(sorted(removed.items())),
        "tied": sum(size for size in moments.values() if size > 1),
        "targets": targets_of(kept, options.split),
        "audit": audit(kept, options.split),
        "digest": hashlib.sha256(b"".join(lines)).hexdigest(),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", nargs="+", required=True, help="CSV or Parquet files of events")
    parser.add_argument("--items", nargs="*", default=[], help="CSV or Parquet files of items; the first text of an item counts")
    for role in ("user", "item", "time"):
        parser.add_argument(f"--{role}", required=True, help=f"column of the {role}")
    parser.add_argument("--title", default="title", help="column of the title, in events or items files")
    parser.add_argument("--rating", help="column of the rating")
    parser.add_argument("--date-format", help="of strptime, in UTC; without it, times are numbers of seconds")
    parser.add_argument("--least-rating", type=float)
    parser.add_argument("--start", type=float, help="first time that is kept, in unix seconds")
    parser.add_argument("--end", type=float, help="last time that is kept")
    parser.add_argument("--item-core", type=int, default=0)
    parser.add_argument("--user-core", type=int, default=3)
    parser.add_argument("--id-for-title", action="store_true", help="keep items without text")
    parser.add_argument("--split", choices=["leave-last-out", "last-basket"], default="leave-last-out")
    print(json.dumps(count(parser.parse_args()), indent=2))


if __name__ == "__main__":
    main()
