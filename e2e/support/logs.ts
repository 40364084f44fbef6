/** Logs as users would have them: 30 users, 6 events each, 40 items. */

const THINGS = ['teacup', 'saucer', 'trumpet', 'violin', 'sandal', 'boot', 'cheddar', 'brie', 'hammer', 'chisel'];
const KINDS = ['red', 'blue', 'small', 'old'];
const USERS = 30;
const EVENTS = 6;

export interface LogFile {
  readonly name: string;
  readonly text: string;
}

/** A small log. Users stay with one kind of thing and walk through its variants, then its neighbours. */
export function smallLog(): LogFile {
  const lines = ['user_id,item_id,timestamp,title'];
  for (let user = 0; user < USERS; user++) {
    for (let event = 0; event < EVENTS; event++) {
      const thing = (user + Math.floor(event / KINDS.length)) % THINGS.length;
      const kind = (user + event) % KINDS.length;
      const item = thing * KINDS.length + kind;
      lines.push(`u${user},i${item},${1_700_000_000 + 3600 * event + user},${KINDS[kind]!} ${THINGS[thing]!}`);
    }
  }
  return { name: 'kitchen.csv', text: `${lines.join('\n')}\n` };
}

/** The same log with a time that cannot be read. */
export function brokenLog(line: number): LogFile {
  const lines = smallLog().text.split('\n');
  lines[line - 1] = lines[line - 1]!.replace(/\d{10}/, 'yesterday');
  return { name: 'broken.csv', text: lines.join('\n') };
}

export interface OddRow {
  readonly user: string;
  readonly item: string;
  readonly stars: number;
  readonly day: string;
}

/** The same log with unrecognised column names, dates with the day first, and stars. */
export function oddLog(): LogFile & { readonly rows: readonly OddRow[] } {
  const [, ...lines] = smallLog().text.trimEnd().split('\n');
  const rows: OddRow[] = [];
  const text = lines.map((line, at) => {
    const [user = '', item = '', time = '', title = ''] = line.split(',');
    const iso = new Date(1000 * (Number(time) + 86_400 * (at % EVENTS))).toISOString();
    const [year = '', month = '', day = ''] = iso.slice(0, 10).split('-');
    const stars = 1 + ((Math.floor(at / EVENTS) + (at % EVENTS)) % 5);
    rows.push({ user, item, stars, day: iso.slice(0, 10) });
    return `${day}.${month}.${year} ${iso.slice(11, 16)};${title};${stars};${item};${user}\n`;
  });
  return { name: 'laden.csv', text: `wann;bezeichnung;sterne;ware;wer\n${text.join('')}`, rows };
}

/** The same log with a column of “ja” and “nein” under an unrecognised name; `bought` counts the former. */
export function labelledLog(): LogFile & { readonly bought: number } {
  const [header = '', ...lines] = smallLog().text.trimEnd().split('\n');
  // Of a user's six events, the second does not count.
  const marks = lines.map((_, at) => (at % EVENTS === 1 ? 'nein' : 'ja'));
  const text = [`${header},wanted`, ...lines.map((line, at) => `${line},${marks[at]!}`)].join('\n');
  return { name: 'marked.csv', text: `${text}\n`, bought: marks.filter((mark) => mark === 'ja').length };
}

/** The same log with a query at every other event; `queries` are the distinct ones in the log's order. */
export function withQueries(): LogFile & { readonly queries: readonly string[] } {
  const [header = '', ...lines] = smallLog().text.trimEnd().split('\n');
  const asked = lines.map((line, at) => (at % 2 === 0 ? `${line.split(',').at(-1)!.split(' ')[1]!} please` : ''));
  const text = [`${header},query`, ...lines.map((line, at) => `${line},${asked[at]!}`)].join('\n');
  return { name: 'asked.csv', text: `${text}\n`, queries: [...new Set(asked.filter(Boolean))] };
}
