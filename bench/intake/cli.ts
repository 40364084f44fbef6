/** `npm run bench -- intake`: a large log through the intake, in Node and in headless Chromium. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { measureInChromium } from './chromium';
import { besideTable, CONTESTANTS, measureBeside, type Beside } from './beside';
import { generateFiles, type IntakeFormat } from './generate';
import { measureInNode } from './node';
import { measurePage, pageTable } from './page';
import { intakeTable, totalSeconds, type IntakeReport } from './report';

const USAGE = `npm run bench -- intake [options]
  --events 1000000          events; a tenth as many users and items
  --formats csv,parquet     files to read
  --where node,chromium     where; page: the built page (npm run build), from the drop until the log can be used, or is refused
  --out intake.json         write everything measured
  --beside                  instead: the CSV up to its events, beside DuckDB-Wasm and Papa Parse (npm ci --prefix bench/intake/peers)`;

const FORMATS: readonly IntakeFormat[] = ['csv', 'parquet'];
const PLACES = { node: measureInNode, chromium: measureInChromium } as const;

/** @param root the repository's folder @returns the exit code: 2 for bad arguments */
export async function main(args: readonly string[], root: string): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '1000000' },
      formats: { type: 'string', default: 'csv,parquet' },
      where: { type: 'string', default: 'node,chromium' },
      out: { type: 'string' },
      beside: { type: 'boolean', default: false },
      peers: { type: 'string', default: path.join(root, 'bench/intake/peers') },
      help: { type: 'boolean', default: false },
    },
  });
  const events = Number(values.events);
  const formats = FORMATS.filter((format) => values.formats.split(',').includes(format));
  const where = values.where.split(',');
  const places = (Object.keys(PLACES) as (keyof typeof PLACES)[]).filter((place) => where.includes(place));
  const onPage = where.includes('page');
  if (values.help || !(Number.isInteger(events) && events >= 1000) || formats.length === 0 || (places.length === 0 && !onPage)) {
    console.info(USAGE);
    return values.help ? 0 : 2;
  }
  if (values.beside) {
    const folder = path.join(root, '.cache/intake', `${events}`);
    await mkdir(folder, { recursive: true });
    const sizes = { events, items: Math.ceil(events / 10), users: Math.ceil(events / 10) };
    const [file] = await generateFiles(folder, 'csv', sizes);
    const measured: Beside[] = [];
    for (const name of CONTESTANTS) measured.push(await measureBeside(root, values.peers, name, file!));
    console.info(besideTable(measured));
    return 0;
  }
  const reports: IntakeReport[] = [];
  for (const format of formats) {
    const folder = path.join(root, '.cache/intake', `${events}`);
    await mkdir(folder, { recursive: true });
    console.error(`writing ${format} files of ${events.toLocaleString('en')} events`);
    const files = await generateFiles(folder, format, { events, items: Math.ceil(events / 10), users: Math.ceil(events / 10) });
    if (onPage) {
      console.error('dropping them on the page');
      console.info(pageTable(format, await measurePage(root, files)));
    }
    for (const place of places) {
      console.error(`reading them in ${place}`);
      const report = await PLACES[place](root, files, format);
      console.error(`${totalSeconds(report).toFixed(1)} s`);
      reports.push(report);
    }
  }
  const [first] = reports;
  if (first === undefined) return 0;
  const { events: kept, users, items } = first;
  console.info(
    `${kept.toLocaleString('en')} events of ${users.toLocaleString('en')} users with ${items.toLocaleString('en')} items`,
  );
  console.info(intakeTable(reports));
  if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(reports, null, 2)}\n`);
  return 0;
}
