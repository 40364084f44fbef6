/**
 * Every number of the simulated behaviour, in one place. docs/formats.md says the same in words: change both.
 */
export const behaviour = {
  /** Events per user. */
  events: [8, 20],
  /** Number of products below a node that can be an interest. */
  interestSize: [15, 80],
  /** Chance, before each event, that the user's other interest takes over. */
  turn: 0.25,
  /**
   * Chance, before each event, that the current interest moves to its parent, a child or a sibling in the
   * taxonomy.
   */
  drift: 0.06,
  /** Chance of an item from anywhere in the store. */
  noise: 0.08,
  /** Chance of a sibling of the previous item, if that belongs to the current interest. */
  sibling: 0.37,
  /** Chance of going back to an item seen before; never in the last two events. */
  repeat: 0.02,
  /** Popularity of an item: e^(spread · normal). */
  popularitySpread: 1,
  /** Share of items that occur only as a user's last event, and are never shown otherwise. */
  coldShare: 0.15,
  /** Chance that the cold items are on offer at a user's last event. */
  coldOffered: 0.45,
  /** Share of events that follow a search. */
  query: 0.3,
  /**
   * Share of events with a list of items shown and not clicked, its size, and the share of siblings in it.
   */
  exposing: 0.4,
  exposed: [3, 6],
  exposedSibling: 0.5,
  /** The rest of that list is drawn from this many most popular items. */
  popularItems: 300,
  /** 2024-01-01T00:00:00Z, and how long the log is. */
  start: 1704067200,
  periodDays: 182,
  /** Maximum days between a user's first and last visits. */
  spanDays: [21, 182],
  eventsPerVisit: 4,
} as const;
