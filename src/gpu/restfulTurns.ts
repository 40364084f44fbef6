/**
 * How often Dawn asks for what is pending. It does so at every turn of Node's loop, through the global `setImmediate`, which takes a core away
 * from a software adapter: that computes on the same cores. Here all but the first turns of a wait come a millisecond apart.
 */

type Callback = (...given: unknown[]) => void;
type Schedule = (callback: Callback, ...given: unknown[]) => unknown;

/** What is done soon is noticed at once. */
export const BUSY_TURNS = 20;

/**
 * Stands in for `setImmediate`; callbacks that are not Dawn's go to `immediately` as they came.
 * @param later schedules a callback for the next millisecond
 */
export function restfulTurns(immediately: Schedule, later: (callback: () => void) => unknown): Schedule {
  let inTurn = false;
  let turns = 0;
  return (callback, ...given) => {
    if (!isDawns(callback)) return immediately(callback, ...given);
    // A wait goes on from inside of a turn, and begins outside.
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
