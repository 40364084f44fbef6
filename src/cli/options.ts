/** Command-line options → RunSpec: a preset, then arms, steps, seed, then any field by path. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z, type ZodError, type ZodType } from 'zod';
import { ggufTitle } from '../model/gguf/ggufName';
import { complaintsOf, sentenceWithPath } from '../recipe/errorMap';
import { FIELDS } from '../recipe/fields';
import { PRESETS } from '../recipe/presets';
import { filtersSchema, type LogFilters, type LogRecipe } from '../recipe/logRecipe';
import { indexLines } from '../recipe/codeIndex';
import { textLines } from '../recipe/textLines';
import { fieldsOf, isItemInterface } from '../recipe/itemInterface';
import { readArm } from '../recipe/namedArms';
import { readGgufOption, type GgufOption } from './ggufOption';
import { readExportOption, type ExportOption } from './exportLog';
import { readMapOption, readMappingFile, readSplitOption, type LogOptions } from './logOptions';
import { UsageError } from './usageError';
import { DROPPED_PREFIX, runSpecSchema, trainableSchema, type ArmSpec, type RunSpec } from '../recipe/runSpec';
import { verbatim } from '../recipe/texts';

export interface CliOptions extends LogOptions {
  readonly spec: RunSpec;
  /** Fields of the recipe that the command line names. */
  readonly named: readonly string[];
  readonly out: string;
  readonly log: readonly string[];
  /** Filters of the log that the command line names. */
  readonly filters: Partial<LogFilters>;
  /** Describe the log, and run nothing. */
  readonly inspect: 'text' | 'json' | null;
  /** Whether `inspect` also reports the titles that the model knows by heart. */
  readonly knownTitles: boolean;
  /** Whether to ignore files that are neither events nor items. */
  readonly allowIgnored: boolean;
  /** Write log and split for another program, and run nothing. */
  readonly exportLog: ExportOption | null;
  readonly model: string | null;
  /** Folder of the adapter from which arms start. */
  readonly startFrom: string | null;
  /** Folder for adapters; null to write none. */
  readonly adapters: string | null;
  /** Folder for the best items of every target; null to write none. */
  readonly lists: string | null;
  readonly profile: boolean;
  /** Whether to resume from the checkpoint beside `out`. */
  readonly resume: boolean;
  /** Seconds of training between two checkpoints. */
  readonly checkpointEvery: number;
  /** Folder to which base model and arms are exported after the run. */
  readonly exportOnnx: string | null;
  /** Folder to which the arms, merged into the model, are exported for transformers after the run. */
  readonly exportMerged: string | null;
  /** Folder to which base model and arms are exported as GGUF files after the run, and their type. */
  readonly exportGguf: GgufOption | null;
  /** Folder to which the base model is exported; nothing is run then. */
  readonly exportBase: string | null;
  /** A grid's file; `out` is then its folder. */
  readonly grid: string | null;
  readonly baseline: string | null;
  /** Folder to which a job for a cluster is exported; nothing is run then. */
  readonly exportJob: string | null;
}

/** A schema's complaints about a value: one line per field, after `lead`. */
export function unfit(error: ZodError, schema: ZodType, lead = ''): UsageError {
  return new UsageError(
    complaintsOf(error, schema)
      .map((one) => lead + sentenceWithPath(one))
      .join('\n'),
  );
}

/** @returns null when help was requested. @throws UsageError */
export function readOptions(args: readonly string[]): CliOptions | null {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        preset: { type: 'string' },
        arms: { type: 'string' },
        steps: { type: 'string' },
        seed: { type: 'string' },
        protocol: { type: 'string' },
        log: { type: 'string', multiple: true, default: [] },
        model: { type: 'string' },
        'domain-texts': { type: 'string' },
        codes: { type: 'string' },
        set: { type: 'string', multiple: true, default: [] },
        filter: { type: 'string', multiple: true, default: [] },
        map: { type: 'string', multiple: true, default: [] },
        split: { type: 'string' },
        mapping: { type: 'string' },
        inspect: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        'known-titles': { type: 'boolean', default: false },
        'allow-ignored': { type: 'boolean', default: false },
        'export-log': { type: 'string' },
        out: { type: 'string' },
        grid: { type: 'string' },
        baseline: { type: 'string' },
        adapters: { type: 'string' },
        lists: { type: 'string' },
        'start-from': { type: 'string' },
        profile: { type: 'boolean', default: false },
        resume: { type: 'boolean', default: false },
        'checkpoint-every': { type: 'string' },
        'export-onnx': { type: 'string' },
        'export-merged': { type: 'string' },
        'export-gguf': { type: 'string' },
        'export-base': { type: 'string' },
        'export-job': { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  if (values.help) return null;
  const { preset } = values;
  const spec = preset === undefined ? runSpecSchema.parse({}) : PRESETS.find(({ id }) => id === preset)?.spec;
  if (spec === undefined)
    throw new UsageError(`There is no preset ${preset!}; choose one of ${PRESETS.map(({ id }) => id).join(', ')}.`);
  const draft = structuredClone(spec) as unknown as Record<string, unknown>;
  if (values.arms !== undefined) draft.arms = armsOf(values.arms);
  if (values.seed !== undefined) draft.seed = readNumber('--seed', values.seed);
  if (values.steps !== undefined) setField(draft, 'training.steps', values.steps);
  if (values.protocol !== undefined) setField(draft, 'evaluation.protocol', values.protocol);
  // As the page names them: by files and folders, not by their paths on this machine.
  if (values.log.length > 0) setField(draft, 'data.id', values.log.map((file) => path.basename(file)).join('+'));
  if (values.model !== undefined)
    setField(draft, 'model.id', `${DROPPED_PREFIX}${ggufTitle(path.basename(path.resolve(values.model)))}`);
  if (values['domain-texts'] !== undefined)
    setField(draft, 'evaluation.domainTexts', JSON.stringify(readTexts(values['domain-texts'])));
  if (values.codes !== undefined) {
    setInterface(draft, 'semantic');
    setField(draft, 'objective.codeIndex', JSON.stringify(readCodes(values.codes)));
  }
  for (const assignment of values.set) {
    const [path, value] = readAssignment('--set PATH=VALUE', assignment);
    if (path === 'objective.itemInterface' && isItemInterface(value)) setInterface(draft, value);
    else setField(draft, path, value);
  }
  if (values.model !== undefined && values.set.some((one) => one.startsWith('model.id=')))
    throw new UsageError('--model and --set model.id= both name the model. Leave one of them out.');
  const parsed = trainableSchema.safeParse(draft);
  if (!parsed.success) throw unfit(parsed.error, trainableSchema);
  if (values.grid !== undefined) refuseWithGrid(values);
  return {
    spec: parsed.data,
    named: [...(values.steps === undefined ? [] : ['training.steps']), ...values.set.map((one) => one.split('=')[0]!)],
    out: values.out ?? (values.grid === undefined ? 'run.json' : 'grid'),
    grid: values.grid ?? null,
    baseline: values.baseline ?? null,
    log: values.log,
    filters: filtersOf(values.filter, values.log),
    maps: values.map.map(readMapOption),
    split: values.split === undefined ? null : readSplitOption(values.split),
    mapping: values.mapping === undefined ? null : mappingOf(values.mapping),
    inspect: values.inspect ? (values.json ? 'json' : 'text') : null,
    knownTitles: values['known-titles'],
    allowIgnored: values['allow-ignored'],
    exportLog: values['export-log'] === undefined ? null : readExportOption(values['export-log']),
    model: values.model ?? null,
    adapters: values.adapters ?? null,
    lists: values.lists ?? null,
    startFrom: values['start-from'] ?? null,
    profile: values.profile,
    resume: values.resume,
    checkpointEvery: secondsOf('--checkpoint-every', values['checkpoint-every'] ?? '15'),
    exportOnnx: values['export-onnx'] ?? null,
    exportMerged: values['export-merged'] ?? null,
    exportGguf: values['export-gguf'] === undefined ? null : readGgufOption(values['export-gguf']),
    exportBase: values['export-base'] ?? null,
    exportJob: values['export-job'] ?? null,
  };
}

/** Options that set fields of the recipe, which a grid has in its file. */
const OF_ONE_RECIPE = ['preset', 'arms', 'steps', 'seed', 'protocol', 'domain-texts', 'codes'] as const;

/** @throws UsageError for an option that a grid would ignore */
function refuseWithGrid(
  values: Readonly<Partial<Record<(typeof OF_ONE_RECIPE)[number] | 'start-from' | 'lists', string>>> & {
    readonly set: readonly string[];
  },
): void {
  for (const name of ['start-from', 'lists'] as const)
    if (values[name] !== undefined) throw new UsageError(`--${name} works with a single run, not with --grid.`);
  const ignored = [...OF_ONE_RECIPE.filter((name) => values[name] !== undefined), ...(values.set.length > 0 ? ['set'] : [])];
  if (ignored.length === 0) return;
  const names = ignored.map((name) => `--${name}`).join(', ');
  throw new UsageError(
    `${names}: not with --grid, whose file has the recipe (base), the arms, the seeds and what varies (axes). Change the file.`,
  );
}

function readCodes(file: string): string[] {
  try {
    return indexLines(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`--codes: ${file} cannot be read (${(error as Error).message}).`);
  }
}

function readTexts(file: string): string[] {
  try {
    const text = readFileSync(file, 'utf8');
    return file.endsWith('.json') ? z.array(verbatim()).parse(JSON.parse(text)) : textLines(text);
  } catch (error) {
    throw new UsageError(`--domain-texts: ${file} cannot be read (${(error as Error).message}).`);
  }
}

function mappingOf(file: string): LogRecipe {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`--mapping: ${file} cannot be read.`);
  }
  return readMappingFile(file, text);
}

function armsOf(text: string): ArmSpec[] {
  try {
    return text.split(',').map(readArm);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(error.message);
  }
}

/** @param usage the option and its argument, as in `--help` */
function readAssignment(usage: string, text: string): readonly [name: string, value: string] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`${usage.replace(' ', ' needs ')}, not ${text}.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** JSON if it parses, else text. */
function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function filtersOf(assignments: readonly string[], log: readonly string[]): Partial<LogFilters> {
  if (assignments.length > 0 && log.length === 0) throw new UsageError('--filter needs --log.');
  const named = Object.fromEntries(
    assignments.map((assignment) => {
      const [name, value] = readAssignment('--filter NAME=VALUE', assignment);
      if (!(name in filtersSchema.shape))
        throw new UsageError(`A log has no filter ${name}; choose from ${Object.keys(filtersSchema.shape).join(', ')}.`);
      return [name, readValue(value)];
    }),
  );
  const parsed = filtersSchema.safeParse(named);
  if (!parsed.success) throw unfit(parsed.error, filtersSchema, '--filter ');
  return Object.fromEntries(Object.entries(parsed.data).filter(([name]) => name in named));
}

function readNumber(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new UsageError(`${option} needs a number, not ${text}.`);
  return value;
}

function secondsOf(option: string, text: string): number {
  const seconds = readNumber(option, text);
  if (seconds < 0 || !Number.isFinite(seconds)) throw new UsageError(`${option} needs seconds from 0, not ${text}.`);
  return seconds;
}

/**
 * Sets the interface of items with what it needs otherwise than the recipe; later options may set that again.
 */
function setInterface(draft: Record<string, unknown>, itemInterface: RunSpec['objective']['itemInterface']): void {
  for (const [name, value] of Object.entries(fieldsOf(itemInterface)))
    setField(draft, `objective.${name}`, JSON.stringify(value));
}

/** Sets a field by its path; the schema checks the value. */
function setField(draft: Record<string, unknown>, path: string, text: string): void {
  const keys = path.split('.');
  const last = keys.pop()!;
  let node = draft;
  for (const key of keys) {
    const next = node[key];
    if (typeof next !== 'object' || next === null) throw unknownField(path);
    node = next as Record<string, unknown>;
  }
  if (!(last in node)) throw unknownField(path);
  node[last] = readValue(text);
}

function unknownField(path: string): UsageError {
  const key = path.split('.').at(-1)!.toLowerCase();
  const paths = FIELDS.map((field) => field.path).filter((one) => one.toLowerCase().includes(key));
  const named = (one: string): boolean => one.toLowerCase().endsWith(`.${key}`);
  // Exact matches of the name come first.
  const near = [...paths.filter(named), ...paths.filter((one) => !named(one))];
  const advice = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : '--help lists all fields.';
  return new UsageError(`The recipe has no field ${path}. ${advice}`);
}
