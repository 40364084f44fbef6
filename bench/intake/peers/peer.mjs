// `node bench/intake/peers/peer.mjs duckdb|papaparse EVENTS.csv`: the same CSV read by other programs, up to
// the point where the intake has its events: users and items numbered, events by user in time order. Needs
// `npm ci --prefix bench/intake/peers`. Prints one line of JSON.
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);
/** CPU time before the first byte. */
let used = process.cpuUsage();

/**
 * DuckDB-Wasm as in a page, without threads: the file is read in place, the result comes back as Arrow
 * columns.
 */
async function duckdb(file) {
  const duck = require('@duckdb/duckdb-wasm/dist/duckdb-node-blocking.cjs');
  const folder = path.dirname(require.resolve('@duckdb/duckdb-wasm/dist/duckdb-node-blocking.cjs'));
  const module = (kind) => ({ mainModule: path.join(folder, `duckdb-${kind}.wasm`), mainWorker: '' });
  const db = await duck.createDuckDB({ mvp: module('mvp'), eh: module('eh') }, new duck.VoidLogger(), duck.NODE_RUNTIME);
  await db.instantiate(() => undefined);
  const before = process.memoryUsage().rss;
  used = process.cpuUsage();
  const start = performance.now();
  db.registerFileURL('events.csv', file, duck.DuckDBDataProtocol.NODE_FS, false);
  const connection = db.connect();
  connection.query(`CREATE TABLE log AS SELECT * FROM read_csv('events.csv', header = true)`);
  const read = performance.now();
  connection.query('CREATE TABLE users AS SELECT user_id, row_number() OVER () - 1 AS n FROM (SELECT DISTINCT user_id FROM log)');
  connection.query('CREATE TABLE items AS SELECT item_id, row_number() OVER () - 1 AS n FROM (SELECT DISTINCT item_id FROM log)');
  const sorted = connection.query(
    'SELECT u.n::INTEGER AS u, i.n::INTEGER AS i, timestamp::DOUBLE AS t FROM log JOIN users u USING (user_id) JOIN items i USING (item_id) ORDER BY u.n, timestamp',
  );
  const columns = ['u', 'i', 't'].map((name) => sorted.getChild(name).toArray());
  const done = performance.now();
  return { columns, before, readSeconds: (read - start) / 1000, seconds: (done - start) / 1000 };
}

/** Papa Parse with one object per row, as its users would write it. */
async function papaparse(file) {
  const Papa = require('papaparse');
  const before = process.memoryUsage().rss;
  used = process.cpuUsage();
  const start = performance.now();
  const rows = [];
  await new Promise((resolve, reject) => {
    Papa.parse(createReadStream(file, 'utf8'), {
      header: true,
      step: ({ data }) => rows.push(data),
      complete: resolve,
      error: reject,
    });
  });
  const read = performance.now();
  const [users, items] = [new Map(), new Map()];
  const number = (names, name) => names.get(name) ?? (names.set(name, names.size), names.size - 1);
  const numbered = rows.map(({ user_id: user, item_id: item, timestamp }) => [
    number(users, user),
    number(items, item),
    Number(timestamp),
  ]);
  numbered.sort((a, b) => a[0] - b[0] || a[2] - b[2]);
  const columns = [
    Int32Array.from(numbered, ([u]) => u),
    Int32Array.from(numbered, ([, i]) => i),
    Float64Array.from(numbered, ([, , t]) => t),
  ];
  const done = performance.now();
  // The rows' queries and shown items are part of what is read.
  if (rows.length !== numbered.length) throw new Error('rows were lost');
  return { columns, before, readSeconds: (read - start) / 1000, seconds: (done - start) / 1000 };
}

const [, , name, file] = process.argv;
const peer = { duckdb, papaparse }[name];
if (peer === undefined || file === undefined) {
  console.error('node bench/intake/peers/peer.mjs duckdb|papaparse EVENTS.csv');
  process.exit(2);
}
const {
  columns: [users, items, times],
  ...measured
} = await peer(path.resolve(file));
// Measured before the result is inspected, which takes time and memory itself.
const { user, system } = process.cpuUsage(used);
const peakResident = 1024 * process.resourceUsage().maxRSS;
for (let at = 1; at < users.length; at++) {
  if (users[at] < users[at - 1] || (users[at] === users[at - 1] && times[at] < times[at - 1])) throw new Error('not in order');
}
console.log(
  JSON.stringify({
    name,
    events: users.length,
    users: new Set(users).size,
    items: new Set(items).size,
    ...measured,
    cpu: (user + system) / 1e6,
    peakResident,
  }),
);
process.exit(0);
