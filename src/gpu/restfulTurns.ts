/**
 * How often Dawn polls for pending work. It does so at every turn of Node's event loop, through the global
 * `setImmediate`, which takes a core away from a software adapter, which computes on the same cores. Here all
 * but the first turns of a wait are a millisecond apart.
 */

type Callback = (...given: unknown[]) => void;
type Schedule = (callback: Callback, ...given: unknown[]) => unknown;

/** Work that finishes soon is noticed at once. */
export const BUSY_TURNS = 20;

/**
 * Replaces `setImmediate`; callbacks that are not Dawn's are passed to `immediately` unchanged.
 * @param later schedules a callback for the next millisecond
 */
export function restfulTurns(immediately: Schedule, later: (callback: () => void) => unknown): Schedule {
  let inTurn = false;
  let turns = 0;
  return (callback, ...given) => {
    if (!isDawns(callback)) return immediately(callback, ...given);
    // A wait begins outside a turn, and continues from inside one.
    turns = inTurn ? turns + 1 : 0;
    const turn = (): void => {
      inTurn = true;
      try {
        callback();
      } finally {
        inTurn = false;
      }
    };
    return turns < BUSY_TURNS ? immediately(turn) : later(turn);
  };
}

/** A nameless native function without parameters; what resolves a promise has one. */
function isDawns(callback: Callback): boolean {
  return callback.name === '' && callback.length === 0 && Function.prototype.toString.call(callback).includes('[native code]');
}
