/**
 * Records of earlier versions in today's shape, wherever a record is read: from a file, a link, a checkpoint
 * or a kept run. The rest of the program knows today's shape alone. What is not recognised stays as it is,
 * for the schema to refuse.
 *
 * Version 1 had a field for every measure: `ranking.cold.hr[10]` is now `values['cold-hr@10']`.
 */
import { TERM_IDS } from '../recipe/terms';

/** Of the records that are written. */
export const VERSION = 2;

type Json = Readonly<Record<string, unknown>>;

/** Recorded JSON, or a structured clone of it, in today's shape. Pure; never throws. */
export function migrate(given: unknown): unknown {
  if (!isObject(given)) return given;
  return withTermColumns(given.version === 1 ? fromFirst(given) : given);
}

/**
 * A record in a link, which names what differs from the defaults of its recipe's version. The first one named
 * no version, and had a switch on.
 */
export function migrateLink(given: unknown): unknown {
  if (!isObject(given) || !isObject(given.spec) || given.spec.version !== undefined) return given;
  const { spec } = given;
  return { ...given, spec: { ...spec, version: 1, objective: { useExposures: true, ...part(spec.objective) } } };
}

/** Terms that did not exist when a run was made have nulls, as in arms without them. */
function withTermColumns(record: Json): Json {
  const columns = (arm: unknown): unknown => {
    if (!isObject(arm) || !isObject(arm.steps) || !Array.isArray(arm.steps.step)) return arm;
    const { steps } = arm;
    const rows = arm.steps.step.length;
    const missing = TERM_IDS.filter((term) => steps[term] === undefined || isEmptyList(steps[term]));
    return { ...arm, steps: { ...steps, ...mapped(missing, (term) => [term, new Array<null>(rows).fill(null)]) } };
  };
  return Array.isArray(record.arms) ? { ...record, arms: record.arms.map(columns) } : record;
}

function fromFirst(record: Json): Json {
  const { spec, base, baselines, arms } = record;
  return {
    ...record,
    version: VERSION,
    ...(hadExposedNegatives(record) && { exposedNegatives: true }),
    ...(isObject(base) && { base: baseModel(base) }),
    ...(isObject(baselines) && {
      baselines: mapped(Object.entries(withSasrecRate(baselines, spec)), ([name, one]) => [
        name,
        isObject(one) ? baseline(one) : one,
      ]),
    }),
    ...(Array.isArray(arms) && {
      arms: arms.map((arm: unknown) =>
        isObject(arm) && Array.isArray(arm.evaluations)
          ? { ...arm, evaluations: arm.evaluations.map((one: unknown) => (isObject(one) ? evaluation(one) : one)) }
          : arm,
      ),
    }),
  };
}

/**
 * What `objective.useExposures` did, which recipes no longer have: L_act read items that were shown with a
 * target.
 */
function hadExposedNegatives({ spec, data }: Json): boolean {
  const { useExposures, actionLoss } = part(part(spec).objective);
  return useExposures === true && (actionLoss === 'pairwise' || actionLoss === 'infonce') && Number(part(data).exposures) >= 1;
}

/** The learning rate of the trained baseline stood in the recipe, or was 0.001. */
function withSasrecRate(baselines: Json, spec: unknown): Json {
  const { sasrec } = baselines;
  if (!isObject(sasrec)) return baselines;
  const learningRate = sasrec.learningRate ?? part(part(spec).evaluation).sasrecLearningRate ?? 1e-3;
  return { ...baselines, sasrec: { ...sasrec, learningRate } };
}

function baseModel({ lmNll, domainNll, sinks, userSinks, testSinks, fidelity, control, ...others }: Json): Json {
  return {
    ...others,
    values: known({
      ...{ lmNll, lmDrift: lmNll === undefined ? undefined : 0 },
      ...{ domainNll, domainDrift: domainNll === undefined ? undefined : 0 },
    }),
    ...known({ sinks: sinkTables(sinks), userSinks: sinkTables(userSinks), testSinks: sinkTables(testSinks) }),
    ...known({ fidelity: probed(fidelity), control: probed(control) }),
  };
}

function baseline({ sample, all, ranks, pool, gauc, overlap, ...others }: Json): Json {
  const of = (population: 'sample' | 'all', ranking: unknown): Json => {
    const measured = new Measures();
    const inPool = part(pool)[population];
    measured.addRanking(ranking);
    measured.addPool(inPool);
    measured.addGauc(part(gauc)[population]);
    if (population === 'all') measured.addOverlap(overlap);
    return { ...measured.asRecorded(), ranks: part(ranks)[population] ?? [], ...poolOf(inPool) };
  };
  return { ...others, sample: of('sample', sample), all: of('all', all) };
}

function evaluation({ ranking, pool, gauc, codes, collapse, overlap, sinks, userSinks, fidelity, ...others }: Json): Json {
  const measured = new Measures();
  measured.addRanking(ranking);
  measured.addPool(pool);
  measured.addGauc(gauc);
  measured.addOverlap(overlap);
  const { validity, collisions } = part(codes);
  const { interest, item, ...scalars } = part(collapse);
  measured.add({ codeValidity: validity, codeCollisions: collisions, ...scalars });
  measured.addShape('Interest', interest);
  measured.addShape('Item', item);
  const spectra = { interest: part(interest).singularValues, item: part(item).singularValues };
  return {
    ...others,
    ...measured.asRecorded(),
    ...poolOf(pool),
    ...known({ sinks: sinkTables(sinks), userSinks: sinkTables(userSinks), fidelity: probed(fidelity) }),
    ...(spectra.interest !== undefined && { spectra }),
  };
}

function poolOf(pool: unknown): Json {
  return isObject(pool) ? { pool: { size: pool.size, ranks: pool.ranks ?? [] } } : {};
}

/** What a probe decoder read, by split and kind. */
function probed(fidelity: unknown): unknown {
  if (!isObject(fidelity)) return fidelity;
  const { all, warm, cold, category, image, ...others } = fidelity;
  const counts: Record<string, unknown> = {};
  const values: Record<string, unknown> = {};
  const intervals: Record<string, unknown> = {};
  const add = (of: unknown, split: string, names: readonly [field: string, id: string][], bounds: string): void => {
    const { n, ...found } = part(of);
    if (n === undefined || n === 0) return;
    for (const [field, name] of names) {
      const id = idOf(split, name);
      counts[id] = n;
      values[id] = found[field];
    }
    Object.assign(intervals, known({ [idOf(split, names[0]![1])]: found[bounds] }));
  };
  for (const [split, one] of Object.entries({ all, warm, cold }))
    add(
      one,
      split,
      [
        ['gain', 'decodability'],
        ['nll', 'decodedNll'],
        ['empty', 'emptyNll'],
      ],
      'gainInterval',
    );
  for (const [split, one] of Object.entries(part(image)))
    add(
      one,
      split,
      [
        ['gain', 'visualDecodability'],
        ['nll', 'pictureError'],
        ['empty', 'emptyPictureError'],
      ],
      'gainInterval',
    );
  for (const [split, one] of Object.entries(part(category))) add(one, split, [['accuracy', 'decodedCategory']], 'interval');
  return { ...others, counts, values, intervals };
}

/** Tables by measure, and their means; where a link had left the tables out, it had the means. */
function sinkTables(sinks: unknown): unknown {
  if (!isObject(sinks)) return sinks;
  const { means, sinkRate, ...others } = sinks;
  const tables = Object.entries(others).filter(([, value]) => Array.isArray(value) && value.length > 0);
  return {
    ...mapped(Object.entries(others), (field) => (Array.isArray(field[1]) ? null : field)),
    ...(sinkRate !== undefined && { sinkRate }),
    tables: Object.fromEntries(tables),
    means: { ...mapped(tables, ([id, table]) => [id, mean(table)]), ...part(means) },
  };
}

function mean(table: unknown): unknown {
  const cells = (table as unknown[]).flat();
  return cells.reduce<number>((sum, cell) => sum + Number(cell), 0) / cells.length;
}

/** Collects what one model was measured by. */
class Measures {
  private readonly targets: Record<string, unknown> = {};
  private readonly values: Record<string, unknown> = {};
  private readonly intervals: Record<string, unknown> = {};
  private readonly requests: Record<string, unknown> = {};
  private overlapTargets: unknown;

  add(values: Json): void {
    Object.assign(this.values, known(values));
  }

  addRanking(ranking: unknown): void {
    this.addSplits(ranking, '');
    if (Number(part(part(ranking).all).n) === 0) return;
    for (const [measure, byK] of Object.entries(part(part(ranking).lists)))
      this.add(mapped(Object.entries(part(byK)), ([k, value]) => [`${measure}@${k}`, value]));
  }

  addPool(pool: unknown): void {
    if (isObject(pool)) this.addSplits(pool, 'pool-');
  }

  /** gAUC, over all requests and by split. */
  addGauc(gauc: unknown): void {
    const { value, requests, impressions, warm, cold, groups } = part(gauc);
    for (const [split, one] of Object.entries({ all: { value, requests, impressions }, warm, cold, ...part(groups) })) {
      if (!isObject(one) || one.value === undefined) continue;
      this.add({ [idOf(split, 'gauc')]: one.value });
      this.requests[split] = { requests: one.requests, impressions: one.impressions };
    }
  }

  addOverlap(overlap: unknown): void {
    const { k, targets, space, spaceInterval, tokens, tokensInterval } = part(overlap);
    this.overlapTargets = targets;
    this.add({ [`js${String(k)}-space`]: space, [`js${String(k)}-tokens`]: tokens });
    Object.assign(this.intervals, known({ [`js${String(k)}-space`]: spaceInterval, [`js${String(k)}-tokens`]: tokensInterval }));
  }

  /** Of the interest or the item embeddings. */
  addShape(whose: 'Interest' | 'Item', shape: unknown): void {
    const { participationRatio, uniformity, meanCosine } = part(shape);
    this.add({
      [`participation${whose}`]: participationRatio,
      [`uniformity${whose}`]: uniformity,
      [`meanCosine${whose}`]: meanCosine,
    });
  }

  asRecorded(): Json {
    const { targets, values, intervals, requests, overlapTargets } = this;
    return { targets, values, intervals, ...known({ requests: 'all' in requests ? requests : undefined, overlapTargets }) };
  }

  private addSplits(ranking: unknown, place: '' | 'pool-'): void {
    const { all, warm, cold, groups } = part(ranking);
    for (const [split, metrics] of Object.entries({ all, warm, cold, ...part(groups) })) {
      const { n, hr, ndcg, mrr, mrrAt, hrInterval, counted } = part(metrics);
      // Links wrote hit rates as numbers of hits.
      const share = (value: unknown): unknown =>
        counted !== 1 ? value : Array.isArray(value) ? value.map(share) : Number(value) / Number(n);
      if (place === '' && n !== undefined && (split === 'all' || n !== 0)) this.targets[split] = n;
      // Where there were no targets, every value was 0.
      if (n === undefined || n === 0) continue;
      const byK = (name: string, of: unknown, read = (value: unknown): unknown => value): Json =>
        mapped(Object.entries(part(of)), ([k, value]) => [idOf(split, `${place}${name}@${k}`), read(value)]);
      this.add({ ...byK('hr', hr, share), ...byK('ndcg', ndcg), ...byK('mrr', mrrAt) });
      this.add({ [idOf(split, `${place}mrr`)]: mrr });
      Object.assign(this.intervals, byK('hr', hrInterval, share));
    }
  }
}

function idOf(split: string, measure: string): string {
  return split === 'all' ? measure : `${split}-${measure}`;
}

/** Without what is undefined, or was null for want of a value. */
function known(values: Json): Json {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));
}

function mapped<From>(list: readonly From[], entry: (from: From) => readonly [string, unknown] | null): Json {
  return Object.fromEntries(list.map(entry).filter((one) => one !== null));
}

function part(value: unknown): Json {
  return isObject(value) ? value : {};
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
