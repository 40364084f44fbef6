/**
 * The view as a URL's query:
 * `?view=figure&run=tuned&layer=3&head=1&step=50&measure=ndcg&k=20&arms=action,karma`. Layers, heads and
 * histories count from 1 there. A link is checked part by part: a part that cannot be read is named and left
 * out, the rest applies. Pure.
 */
import { recordedSteps } from '../readings/arms/armsOf';
import { SINK_ENTRIES } from '../measures/entries';
import { RANKED_SPLITS } from '../measures/measure';
import { rankingMeasures } from '../measures/measures';
import { RECORDED_IDS, type RecordedId } from '../recipe/recordedFiles';
import type { RunRecord } from '../record/runRecord';
import { lacks, leftOut } from '../record/shortened';
import { sentences } from '../readings/format';
import { CENTRES, CLOSER, LOSS_TERMS, USUAL_SMOOTHING, X_AXES, type LinkableView } from '../readings/choices';
import { message, t, type Message } from '../words/words';

export type LinkedRun =
  /** A recorded run of the site. */
  | { readonly kind: 'shipped'; readonly id: RecordedId }
  /** A run file of another site. */
  | { readonly kind: 'hosted'; readonly url: string }
  /** A run in the link itself, written by `packedRun.ts`. */
  | { readonly kind: 'packed'; readonly text: string }
  /** A run file's text, which the widget was given. */
  | { readonly kind: 'given'; readonly text: string };

/** In the order of the link. */
export const LINKED = [
  'probe',
  'layer',
  'head',
  'step',
  'measure',
  'k',
  'split',
  'gridMeasure',
  'xAxis',
  'arms',
  'users',
  'difference',
  'lossTerm',
  'smoothing',
  'closer',
  'centre',
] as const satisfies readonly (keyof LinkableView)[];
/** The parts of the view that a link contains. */
export type LinkedView = Partial<LinkableView>;

export interface ViewLink {
  readonly run: LinkedRun | null;
  readonly view: LinkedView;
  /** A sentence for each part that could not be read. */
  readonly problems: readonly string[];
}

/** Names of the view's parts in a query. */
const NAMES: Readonly<Record<keyof LinkableView, string>> = {
  centre: 'view',
  probe: 'history',
  layer: 'layer',
  head: 'head',
  step: 'step',
  measure: 'measure',
  k: 'k',
  split: 'targets',
  gridMeasure: 'sinks',
  xAxis: 'axis',
  arms: 'arms',
  users: 'users',
  difference: 'pair',
  lossTerm: 'loss',
  smoothing: 'smoothing',
  closer: 'closer',
};
const RUN = 'run';

/** Maximum lengths of a run file's URL and of an arm's name. */
const LONGEST_URL = 2000;
const LONGEST_ARM = 200;
const MOST_ARMS = 64;
/** More users are not written into a link. */
const MOST_USERS = 40;
const LARGEST = 1_000_000_000;

/**
 * @param search `location.search`
 * @param hash `location.hash`, which has the run if that is in the link itself
 */
export function readViewLink(search: string, hash: string): ViewLink {
  const parts = new URLSearchParams(search);
  const problems: string[] = [];
  const whole = (name: string, least: number): number | undefined => {
    const text = parts.get(name);
    if (text === null) return undefined;
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= LARGEST) return value;
    problems.push(t('“{name}” must be a whole number from {least}, not “{text}”.', { name, least, text: shortLinkText(text) }));
    return undefined;
  };
  const oneOf = <T extends string>(name: string, values: readonly T[]): T | undefined => {
    const text = parts.get(name);
    if (text === null) return undefined;
    const found = values.find((value) => value === text);
    if (found === undefined) problems.push(t('This page has no “{text}” for “{name}”.', { text: shortLinkText(text), name }));
    return found;
  };
  const fromOne = (name: string): number | undefined => {
    const value = whole(name, 1);
    return value === undefined ? undefined : value - 1;
  };
  const view = {
    centre: oneOf(NAMES.centre, CENTRES),
    probe: fromOne(NAMES.probe),
    layer: fromOne(NAMES.layer),
    head: fromOne(NAMES.head),
    // In lessons, `step` counts their steps.
    step: parts.has('lesson') ? undefined : whole(NAMES.step, 0),
    measure: oneOf(
      NAMES.measure,
      rankingMeasures().map(({ id }) => id),
    ),
    k: whole(NAMES.k, 1),
    split: oneOf(NAMES.split, RANKED_SPLITS),
    gridMeasure: oneOf(
      NAMES.gridMeasure,
      SINK_ENTRIES.map(({ id }) => id),
    ),
    xAxis: oneOf(NAMES.xAxis, X_AXES),
    arms: armsIn(parts.get(NAMES.arms), problems),
    users: usersIn(parts.get(NAMES.users), problems),
    difference: pairIn(parts.get(NAMES.difference), problems),
    lossTerm: oneOf(NAMES.lossTerm, LOSS_TERMS),
    smoothing: smoothingIn(parts.get(NAMES.smoothing), problems),
    closer: oneOf(NAMES.closer, CLOSER),
  };
  const run = readRun(parts, new URLSearchParams(hash.replace(/^#/, '')).get(RUN), problems);
  return { run, view: Object.fromEntries(Object.entries(view).filter(([, value]) => value !== undefined)), problems };
}

function armsIn(text: string | null, problems: string[]): readonly string[] | undefined {
  if (text === null) return undefined;
  const arms = text.split(',').filter((arm) => arm !== '');
  if (arms.length > 0 && arms.length <= MOST_ARMS && arms.every((arm) => arm.length <= LONGEST_ARM)) return arms;
  problems.push(
    t('“{name}” must name arms, with commas between them, not “{text}”.', { name: NAMES.arms, text: shortLinkText(text) }),
  );
  return undefined;
}

function pairIn(text: string | null, problems: string[]): readonly [string, string] | undefined {
  const [treatment, control, ...more] = text === null ? [] : (armsIn(text, problems) ?? []);
  if (treatment !== undefined && control !== undefined && treatment !== control && more.length === 0) return [treatment, control];
  if (treatment !== undefined)
    problems.push(
      t('“{name}” must name two arms, with a comma between them, not “{text}”.', {
        name: NAMES.difference,
        text: shortLinkText(text!),
      }),
    );
  return undefined;
}

function smoothingIn(text: string | null, problems: string[]): number | undefined {
  if (text === null) return undefined;
  if (/^0(\.\d{1,4})?$/.test(text)) return Number(text);
  problems.push(
    t('“{name}” must be a number from 0 and below 1, not “{text}”.', { name: NAMES.smoothing, text: shortLinkText(text) }),
  );
  return undefined;
}

function usersIn(text: string | null, problems: string[]): readonly number[] | undefined {
  if (text === null) return undefined;
  const users = text.split(',');
  if (users.length <= MOST_USERS && users.every((user) => /^[1-9]\d{0,4}$/.test(user)))
    return users.map((user) => Number(user) - 1);
  problems.push(
    t('“{name}” must be up to {most} whole numbers from 1, with commas between them, not “{text}”.', {
      name: NAMES.users,
      most: MOST_USERS,
      text: shortLinkText(text),
    }),
  );
  return undefined;
}

function readRun(parts: URLSearchParams, packed: string | null, problems: string[]): LinkedRun | null {
  if (packed !== null) return { kind: 'packed', text: packed };
  const named = parts.get(RUN);
  if (named === null) return null;
  const recorded = RECORDED_IDS.find((id) => id === named);
  if (recorded !== undefined) return { kind: 'shipped', id: recorded };
  if (isHosted(named)) return { kind: 'hosted', url: new URL(named).href };
  problems.push(
    /^[a-z]+:/i.test(named)
      ? t('A run file is opened from an https: address without a user name, not from “{name}”.', { name: shortLinkText(named) })
      : t('This site has no recorded run “{name}”.', { name: shortLinkText(named) }),
  );
  return null;
}

/** Whether a run file may be requested from that URL. A server on this machine needs no HTTPS. */
export function isHosted(text: string): boolean {
  if (text.length > LONGEST_URL || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1'].includes(hostname));
}

/**
 * The query with its `?`, and the hash with the run if that is in the link itself.
 * @param record what is shown; its default view is not written
 */
export function writeViewLink(
  run: LinkedRun | null,
  view: LinkedView,
  record: RunRecord | null,
): { query: string; hash: string } {
  const parts = new URLSearchParams();
  const plus = (value: number | undefined): string | undefined => (value === undefined ? undefined : String(value + 1));
  const written: Readonly<Record<(typeof LINKED)[number], string | undefined>> = {
    centre: view.centre,
    probe: plus(view.probe),
    layer: plus(view.layer),
    head: plus(view.head),
    step: view.step === null || view.step === undefined ? undefined : String(view.step),
    measure: view.measure,
    k: view.k === undefined ? undefined : String(view.k),
    split: view.split === 'all' ? undefined : view.split,
    gridMeasure: view.gridMeasure === 'firstHalfSinkRate' ? undefined : view.gridMeasure,
    xAxis: view.xAxis === 'step' ? undefined : view.xAxis,
    arms:
      view.arms === null || view.arms === undefined || view.arms.length === record?.arms.length ? undefined : view.arms.join(','),
    difference: view.difference?.join(','),
    lossTerm: view.lossTerm === 'action' ? undefined : view.lossTerm,
    smoothing: view.smoothing === undefined || view.smoothing === USUAL_SMOOTHING ? undefined : String(view.smoothing),
    closer: view.closer === 'layers' ? undefined : view.closer,
    users: view.users && view.users.length <= MOST_USERS ? view.users.map((user) => user + 1).join(',') : undefined,
  };
  if (run?.kind === 'shipped') parts.set(RUN, run.id);
  if (run?.kind === 'hosted') parts.set(RUN, run.url);
  for (const name of LINKED) {
    const text = written[name];
    if (text !== undefined) parts.set(NAMES[name], text);
  }
  return { query: `?${parts.toString()}`, hash: run?.kind === 'packed' ? `#${RUN}=${run.text}` : '' };
}

/** An address without a run and its view. */
export function withoutView(search: string, hash: string): { readonly search: string; readonly hash: string } {
  const without = (text: string, names: readonly string[], sign: '?' | '#'): string => {
    const parts = new URLSearchParams(text.slice(1));
    const unwanted = names.filter((name) => parts.has(name));
    for (const name of unwanted) parts.delete(name);
    const rest = parts.toString();
    return unwanted.length === 0 ? text : rest === '' ? '' : sign + rest;
  };
  // In lessons, `step` counts their steps.
  const inLesson = new URLSearchParams(search).has('lesson');
  const ofView = Object.values(NAMES).filter((name) => name !== NAMES.step || !inLesson);
  return { search: without(search, [RUN, ...ofView], '?'), hash: without(hash, [RUN], '#') };
}

/** The parts of a link's view that a record has, and a sentence for each part that it lacks. */
export function fitView(
  record: RunRecord,
  view: LinkedView,
): { readonly view: LinkedView; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const fitted: Record<string, unknown> = { ...view };
  const leaveOut = (name: (typeof LINKED)[number], problem: string): void => {
    problems.push(problem);
    Reflect.deleteProperty(fitted, name);
  };
  const { layers, heads } = record.base.attention;
  const within = (name: 'probe' | 'layer' | 'head', size: number, problem: Message): void => {
    const value = view[name];
    if (value !== undefined && value >= size) leaveOut(name, t(problem, { size, number: value + 1 }));
  };
  within('probe', record.probes.length, message('This run has {size} recorded histories, and none with the number {number}.'));
  within('layer', layers, message('This run has {size} layers, and none with the number {number}.'));
  within('head', heads, message('This run has {size} heads, and none with the number {number}.'));
  const steps = recordedSteps(record.arms);
  const [first, last] = [steps[0], steps.at(-1)];
  if (typeof view.step === 'number' && first !== undefined && last !== undefined && (view.step < first || view.step > last))
    leaveOut(
      'step',
      t('This run was recorded from step {first} to {last}, not at step {step}.', { first, last, step: view.step }),
    );
  const { ks } = record.spec.evaluation;
  if (view.k !== undefined && !ks.includes(view.k))
    leaveOut('k', t('This run has K = {ks}, not {k}.', { ks: ks.join(', '), k: view.k }));
  if (view.arms) {
    const known = view.arms.filter((id) => record.arms.some((arm) => arm.id === id));
    const unknown = view.arms.filter((id) => !known.includes(id));
    if (unknown.length > 0)
      problems.push(t('This run has no arm {arms}.', { arms: unknown.map((id) => `“${shortLinkText(id)}”`).join(', ') }));
    fitted.arms = known.length === 0 ? null : known;
  }
  if (view.difference) {
    const unknown = view.difference.filter((id) => !record.arms.some((arm) => arm.id === id));
    if (unknown.length > 0)
      leaveOut(
        'difference',
        t('This run has no arm {arms}.', { arms: unknown.map((id) => `“${shortLinkText(id)}”`).join(', ') }),
      );
  }
  if (view.users && lacks(record, 'plane')) {
    leaveOut(
      'users',
      sentences([t('The ranking is of all users, not of those that the sender picked.'), leftOut(record, 'plane')!]),
    );
  } else if (view.users) {
    const size = record.projection?.users.target.length ?? 0;
    if (view.users.some((user) => user >= size))
      leaveOut('users', t('This run’s plane of embeddings has {size} users, not all that the link picks.', { size }));
  }
  return { view: fitted, problems };
}

/** Shortens a link's text for messages. */
export function shortLinkText(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
