/** Files of about ten megabytes of every kind that the page opens. */
import { readFileSync } from 'node:fs';
import { gzipSync, strToU8, zipSync } from 'fflate';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { forkRandom } from '../log/random';
import { writeSafetensors } from '../model/safetensors';
import { packExperiment } from '../files/experimentArchive';
import { packRuns } from '../files/runArchive';
import { describeRun } from '../readings/runs/runEntry';
import type { RunRecord } from '../record/runRecord';
import { writeRecipe } from '../recipe/recipeFile';
import { runSpecSchema } from '../recipe/runSpec';
import { PEFT_CONFIG, PEFT_WEIGHTS } from '../engine/peft/modules';
import type { Bytes } from './damagedLogs';
import { smallRecord } from './smallRecord';

export interface LargeFile {
  readonly kind: string;
  /** By name, created when requested; the first is the large one. */
  readonly files: () => Files | Promise<Files>;
}

type Files = ReadonlyMap<string, Bytes>;

const BYTES = 10_000_000;

const text = (content: string): Bytes => Uint8Array.from(strToU8(content));
const json = (content: unknown): Bytes => text(JSON.stringify(content));

interface Event {
  readonly user_id: string;
  readonly item_id: string;
  readonly timestamp: number;
  readonly title: string;
}

/** Ten events per user, an item for every eight events; some 44 bytes per event as CSV. */
function eventsOf(count: number): Event[] {
  const random = forkRandom(1, 'large files');
  const items = Math.ceil(count / 8);
  return Array.from({ length: count }, (_, at) => {
    const item = random.integer(items);
    return {
      user_id: `user-${Math.floor(at / 10)}`,
      item_id: `item-${item}`,
      timestamp: 1_700_000_000 + at,
      title: `kettle no. ${item}`,
    };
  });
}

function csvOf(events: readonly Event[]): Bytes {
  const lines = events.map(({ user_id, item_id, timestamp, title }) => `${user_id},${item_id},${timestamp},${title}\n`);
  return text(`user_id,item_id,timestamp,title\n${lines.join('')}`);
}

/** As many steps as a run may have. */
function longRecord(): RunRecord {
  const record = smallRecord();
  const steps = 32_000;
  const stretched = (column: readonly (number | null)[], name: string): (number | null)[] =>
    Array.from({ length: steps }, (_, at) => {
      if (column[0] === null) return null;
      return name === 'step' ? at + 1 : Math.fround(2 + Math.sin(7 * at + name.length));
    });
  return {
    ...record,
    spec: runSpecSchema.parse({ ...record.spec, training: { ...record.spec.training, steps } }),
    arms: record.arms.map((arm) => ({
      ...arm,
      steps: Object.fromEntries(
        Object.entries(arm.steps).map(([name, column]) => [name, stretched(column, name)]),
      ) as unknown as RunRecord['arms'][number]['steps'],
    })),
  };
}

/** As many evaluations as a run may have, of thousands of users each. */
function evaluatedRecord(users: number, day: number): RunRecord {
  const record = smallRecord();
  const random = forkRandom(day, 'ranks');
  return {
    ...record,
    createdAt: `2026-01-0${day}T03:04:05.000Z`,
    data: { ...record.data, items: 5000 },
    arms: record.arms.map((arm) => {
      const one = arm.evaluations[1]!;
      const many = Array.from({ length: 199 }, (_, at) => ({
        ...one,
        step: at + 1,
        ranks: Array.from({ length: users }, () => 1 + random.integer(5000)),
        cold: Array.from({ length: users }, () => 0),
      }));
      return { ...arm, evaluations: [arm.evaluations[0]!, ...many, arm.evaluations[2]!] };
    }),
  };
}

/**
 * GGUF aligns data to 32 bytes: one more text in its metadata, with a length that is a multiple of 32, moves
 * the rest.
 */
function paddedGguf(small: Bytes): Bytes {
  const key = 'general.description';
  const overhead = 8 + key.length + 4 + 8;
  const length = Math.ceil((BYTES - small.length) / 32) * 32 - overhead;
  const padded = new Uint8Array(small.length + overhead + length);
  const view = new DataView(padded.buffer);
  const afterHeader = 24;
  padded.set(small.subarray(0, afterHeader));
  view.setBigUint64(16, view.getBigUint64(16, true) + 1n, true);
  view.setBigUint64(afterHeader, BigInt(key.length), true);
  padded.set(text(key), afterHeader + 8);
  view.setUint32(afterHeader + 8 + key.length, 8, true);
  view.setBigUint64(afterHeader + 12 + key.length, BigInt(length), true);
  padded.fill(0x78, afterHeader + overhead, afterHeader + overhead + length);
  padded.set(small.subarray(afterHeader), afterHeader + overhead + length);
  return padded;
}

/** Version 1.0: a header that ends at a multiple of 64, then the numbers. */
function npyOf(rows: number, width: number): Bytes {
  const facts = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${width}), }`;
  const header = facts.padEnd(Math.ceil((10 + facts.length + 1) / 64) * 64 - 11);
  const bytes = new Uint8Array(11 + header.length + 4 * rows * width);
  bytes.set([0x93, ...strToU8('NUMPY'), 1, 0, (header.length + 1) & 255, (header.length + 1) >> 8]);
  bytes.set(text(`${header}\n`), 10);
  const random = forkRandom(3, 'npy');
  new Float32Array(bytes.buffer, 11 + header.length).set(Float32Array.from({ length: rows * width }, () => random.normal()));
  return bytes;
}

/** A recipe must not have ten megabytes of texts, but spaces between its parts are allowed. */
function paddedRecipe(): Bytes {
  const domainTexts = Array.from({ length: 1000 }, (_, at) =>
    `kettle no. ${at}: ${'a vessel for water. '.repeat(20)}`.slice(0, 499),
  );
  const recipe = writeRecipe({ ...runSpecSchema.parse({ evaluation: { domainTexts } }), name: 'A large recipe' }, null);
  return text(recipe.replace(/\}\s*$/, `${' '.repeat(BYTES - recipe.length)}}`));
}

function adapterFiles(): Files {
  const config = {
    peft_type: 'LORA',
    r: 8,
    lora_alpha: 16,
    bias: 'none',
    base_model_name_or_path: 'x',
    target_modules: ['q_proj'],
    rank_pattern: {},
    alpha_pattern: {},
  };
  const wide = BYTES / 4 / 2 / 8;
  const weights = writeSafetensors({
    'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight': { shape: [8, wide], data: new Float32Array(8 * wide) },
    'base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight': { shape: [wide, 8], data: new Float32Array(8 * wide) },
  });
  return new Map([
    [PEFT_WEIGHTS, weights],
    [PEFT_CONFIG, json(config)],
  ]);
}

/** @param model a model's folder whose weights have about that size @param spoken one whose tokenizer does */
export function largeFiles(model: () => Files, spoken: () => Files): readonly LargeFile[] {
  const one = (kind: string, name: string, make: () => Bytes | Promise<Bytes>): LargeFile => ({
    kind,
    files: async () => new Map([[name, await make()]]),
  });
  const first = (files: Files, name: string): Files =>
    new Map([[name, files.get(name)!], ...[...files].filter(([other]) => other !== name)]);
  const items = 2500;
  return [
    one('log, CSV', 'events.csv', () => csvOf(eventsOf(210_000))),
    one('log, JSON lines', 'events.jsonl', () =>
      text(
        eventsOf(105_000)
          .map((event) => `${JSON.stringify(event)}\n`)
          .join(''),
      ),
    ),
    one('log, JSON', 'events.json', () => json(eventsOf(105_000))),
    one('log, CSV in gzip', 'events.csv.gz', () => Uint8Array.from(gzipSync(csvOf(eventsOf(900_000))))),
    one('log, CSV in ZIP', 'events.zip', () => Uint8Array.from(zipSync({ 'events.csv': csvOf(eventsOf(900_000)) }))),
    one('log, Parquet', 'events.parquet', () => parquetOf(eventsOf(390_000))),
    {
      kind: 'log with embeddings, .npy',
      files: () =>
        new Map([
          ['embeddings.npy', npyOf(items, 1000)],
          ['events.csv', csvOf(eventsOf(8 * items))],
          [
            'items.csv',
            text(`item_id,title\n${Array.from({ length: items }, (_, item) => `item-${item},no. ${item}\n`).join('')}`),
          ],
        ]),
    },
    one('run of 32,000 steps', 'run.json', () => json(longRecord())),
    one('run of 200 evaluations', 'run.json', () => json(evaluatedRecord(3600, 1))),
    one('archive of 4 runs', 'runs.zip', async () => {
      const records = [1, 2, 3, 4].map((day) => evaluatedRecord(2800, day));
      const archive = await packRuns(records.map((record) => ({ entry: describeRun(record, { status: 'finished' }), record })));
      return new Uint8Array(await archive.arrayBuffer());
    }),
    one('experiment', 'experiment.zip', () =>
      packExperiment(evaluatedRecord(11_500, 1), null, [], { adapters: [], log: null, problem: null }),
    ),
    one('recipe', 'recipe.json', paddedRecipe),
    { kind: 'adapter', files: adapterFiles },
    { kind: 'model, safetensors', files: () => first(model(), 'model.safetensors') },
    { kind: 'model, tokenizer', files: () => first(spoken(), 'tokenizer.json') },
    one('model, GGUF', 'tiny.gguf', () => paddedGguf(Uint8Array.from(readFileSync('python/fixtures/gguf/llama.gguf')))),
  ];
}

function parquetOf(events: readonly Event[]): Bytes {
  const columnData = (['user_id', 'item_id', 'timestamp', 'title'] as const).map((name) => ({
    name,
    data: events.map((event) => event[name]),
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
