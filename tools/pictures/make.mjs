/**
 * Pictures of the sample store's items as numbers: `npm ci --prefix tools/pictures && node
 * tools/pictures/make.mjs` writes public/datasets/wordnet-store/pictures.json. docs/formats.md says how items
 * are matched and what the numbers are.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const HERE = new URL('./', import.meta.url);
const STORE = new URL('../../public/datasets/wordnet-store/', HERE);
const load = createRequire(HERE);
const sharp = load('sharp');
const icons = load('@iconify-json/noto/icons.json');
const info = load('@iconify-json/noto/info.json');
const NODES = JSON.parse(readFileSync(new URL('nodes.json', HERE), 'utf8'));
/** Pixels per side, frequencies per side and channel, and size of the features. */
const SIDE = 32;
const FREQUENCIES = 8;
const SIZE = 64;
/** Icons with these names show something other than the items of that name. */
const HOMONYMS = new Set(
  'bone brick comet cricket crown-cap custard fly horse kiss kiss-mark leg link mouse nose ear foot brain hole mate meter package rock scale seal seat shower shell skull snake tongue wave wing wood worm eye heart lion bat bug'.split(
    ' ',
  ),
);

const named = (name) => {
  const icon = icons.icons[name] ?? icons.icons[icons.aliases?.[name]?.parent];
  return icon === undefined ? null : icons.icons[name] === undefined ? icons.aliases[name].parent : name;
};
const slug = (text) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
const forms = (word) => [word, `${word}s`, ...(word.endsWith('s') ? [word.slice(0, -1)] : [])];
const byName = (text) => {
  for (const form of forms(slug(text))) if (!HOMONYMS.has(form) && named(form) !== null) return named(form);
  return null;
};
const lastWord = (text) => text.split(/[ -]/).at(-1);

/**
 * @returns the icon and how it was found: `title`, `head` (the title's last word), `category` (its nearest
 * node that has an icon)
 */
function match({ title, category }) {
  const own = byName(title);
  if (own !== null) return { icon: own, by: 'title' };
  const head = title.includes(' ') ? byName(lastWord(title)) : null;
  if (head !== null) return { icon: head, by: 'head' };
  for (const node of category
    .split('>')
    .map((part) => part.trim())
    .reverse()) {
    const icon = (NODES[node] === undefined ? null : named(NODES[node])) ?? byName(node) ?? byName(lastWord(node));
    if (icon !== null) return { icon, by: 'category' };
  }
  return null;
}

/** The table's fields are quoted only if they contain a comma. */
function items() {
  const [, ...lines] = readFileSync(new URL('items.csv', STORE), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [id, title, category] = [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, field]) =>
      field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field,
    );
    return { id, title, category };
  });
}

/** RGB in 0 … 1 on white: [3][SIDE][SIDE]. */
async function pixels(name) {
  const { body, width = icons.width, height = icons.height } = icons.icons[name];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${body}</svg>`;
  const raw = await sharp(Buffer.from(svg)).flatten({ background: 'white' }).resize(SIDE, SIDE).removeAlpha().raw().toBuffer();
  return [0, 1, 2].map((channel) =>
    Array.from({ length: SIDE }, (_, y) => Array.from({ length: SIDE }, (_, x) => raw[3 * (y * SIDE + x) + channel] / 255)),
  );
}

const WAVES = Array.from({ length: FREQUENCIES }, (_, k) =>
  Array.from(
    { length: SIDE },
    (_, x) => Math.sqrt((k === 0 ? 1 : 2) / SIDE) * Math.cos((Math.PI * k * (2 * x + 1)) / (2 * SIDE)),
  ),
);

/** The lowest frequencies of the orthonormal DCT-II: [3·FREQUENCIES·FREQUENCIES]. */
async function lowFrequencies(name) {
  return (await pixels(name)).flatMap((rows) => {
    const along = rows.map((row) => WAVES.map((wave) => row.reduce((sum, value, x) => sum + value * wave[x], 0)));
    return WAVES.flatMap((wave) => WAVES.map((_, k) => along.reduce((sum, row, y) => sum + row[k] * wave[y], 0)));
  });
}

/** Eigenvectors of a symmetric matrix by Jacobi rotations, the largest eigenvalue first. */
function eigenvectors(matrix) {
  const n = matrix.length;
  const a = matrix.map((row) => [...row]);
  const v = a.map((_, i) => a.map((_, j) => Number(i === j)));
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(a[p][q]) < 1e-15) continue;
        const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1);
        const s = t * c;
        for (let k = 0; k < n; k++) [a[k][p], a[k][q]] = [c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]];
        for (let k = 0; k < n; k++) [a[p][k], a[q][k]] = [c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]];
        for (let k = 0; k < n; k++) [v[k][p], v[k][q]] = [c * v[k][p] - s * v[k][q], s * v[k][p] + c * v[k][q]];
      }
    }
  }
  const order = a.map((_, i) => i).sort((i, j) => a[j][j] - a[i][i]);
  return { values: order.map((i) => a[i][i]), vectors: order.map((i) => v.map((row) => row[i])) };
}

const found = new Map();
const all = items();
for (const item of all) {
  const of = match(item);
  if (of === null) continue;
  if (!found.has(of.icon)) found.set(of.icon, { title: [], head: [], category: [] });
  found.get(of.icon)[of.by].push(item.id);
}
const names = [...found.keys()].sort();
const rows = [];
for (const name of names) rows.push(await lowFrequencies(name));
const mean = rows[0].map((_, c) => rows.reduce((sum, row) => sum + row[c], 0) / rows.length);
const centred = rows.map((row) => row.map((value, c) => value - mean[c]));
const covariance = mean.map((_, i) => mean.map((_, j) => centred.reduce((sum, row) => sum + row[i] * row[j], 0) / rows.length));
const { values, vectors } = eigenvectors(covariance);
// Fixes the sign, so that it does not depend on the rotations.
const axes = vectors
  .slice(0, SIZE)
  .map((axis) => (axis.reduce((sum, value) => sum + value ** 3, 0) < 0 ? axis.map((x) => -x) : axis));
const scores = centred.map((row) => axes.map((axis) => axis.reduce((sum, value, c) => sum + value * row[c], 0)));
const reach = axes.map((_, c) => Math.max(...scores.map((row) => Math.abs(row[c]))));
const share = values.slice(0, SIZE).reduce((a, b) => a + b, 0) / values.reduce((a, b) => a + b, 0);

const bytes = (numbers, Kind) => Buffer.from(Kind.from(numbers).buffer).toString('base64');
const picture = (name) => {
  const matched = Object.entries(found.get(name)).filter(([, ids]) => ids.length > 0);
  return { name, items: Object.fromEntries(matched) };
};
const out = {
  format: 'karma-pictures',
  version: 1,
  about: 'Low frequencies of icons, by item of the sample store. How it was made: docs/formats.md.',
  source: {
    package: '@iconify-json/noto',
    version: load('@iconify-json/noto/package.json').version,
    name: info.name,
    author: info.author,
    license: info.license,
  },
  side: SIDE,
  frequencies: FREQUENCIES,
  size: SIZE,
  variance: Number(share.toFixed(4)),
  reach: reach.map((value) => Number(value.toPrecision(6))),
  numbers: bytes(
    scores.flatMap((row) => row.map((value, c) => Math.round((127 * value) / reach[c]))),
    Int8Array,
  ),
  mean: bytes(mean, Float32Array),
  axes: bytes(
    axes.flatMap((axis) => axis.map((value) => Math.round(32767 * value))),
    Int16Array,
  ),
  pictures: names.map(picture),
};
const target = new URL('pictures.json', STORE);
writeFileSync(target, `${JSON.stringify(out)}\n`);
const count = (by) => [...found.values()].reduce((sum, of) => sum + of[by].length, 0);
const counts = Object.fromEntries(['title', 'head', 'category'].map((by) => [by, count(by)]));
const covered = Object.values(counts).reduce((a, b) => a + b, 0);
console.log(
  JSON.stringify({
    items: all.length,
    covered,
    share: covered / all.length,
    pictures: names.length,
    ...counts,
    variance: share,
    bytes: readFileSync(target).length,
  }),
);
