"""Independently counts what the audit of a log reports (docs/formats.md, Audit), from its remaining events. Standard library only."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from itertools import pairwise


def baskets_by_user(events):
    """Per user the baskets in order of time, as (time, items)."""
    moments = defaultdict(lambda: defaultdict(list))
    for user, item, time in events:
        moments[user][time].append(item)
    return {user: sorted(own.items()) for user, own in moments.items()}


def busiest_hour(times):
    return max(bisect_left(times, start + 3600) - place for place, start in enumerate(times))


def audit(events, split):
    """Counts by check; None where simultaneous events leave the target of leave-last-out to a rule that this script does not know."""
    users = baskets_by_user(events)
    if split == "leave-last-out" and any(len(items) > 1 for own in users.values() for _, items in own):
        return None
    split_users = {user: own for user, own in users.items() if len(own) >= 3}
    training = [(time, items) for own in split_users.values() for time, items in own[:-2]]
    trained_times = sorted(time for time, items in training for _ in items)
    trained_items = {item for _, items in training for item in items}
    wanted = defaultdict(set)
    for own in split_users.values():
        for item in own[-1][1]:
            wanted[item].update(own[-2][1])
    pairs = {
        (before, after)
        for own in split_users.values()
        for (_, basket), (_, following) in pairwise(own[:-2])
        for after in following
        for before in wanted[after].intersection(basket)
    }
    counts = dict.fromkeys(("cold", "repeats", "one-hop", "later-training"), 0)
    for own in split_users.values():
        time, items = own[-1]
        history = {item for _, basket in own[:-1] for item in basket}
        for item in items:
            counts["cold"] += item not in trained_items
            counts["repeats"] += item in history
            counts["one-hop"] += any((before, item) in pairs for before in own[-2][1])
            counts["later-training"] += bisect_right(trained_times, time) < len(trained_times)
    lengths = [(own, sum(len(items) for _, items in own)) for own in users.values()]
    counts["one-day"] = sum(1 for own, length in lengths if length > 1 and own[-1][0] - own[0][0] < 86_400)
    counts["busy-users"] = sum(1 for own in users.values() if busiest_hour([time for time, _ in own]) > 200)
    counts["precision"] = len(split_users)
    return counts
