/**
 * What others need to repeat a run and to judge its comparisons, filled from its record and the saved runs;
 * what is in neither is named as missing. Pure.
 */
import { ACTION_LOSSES } from '../../engine/losses/actionLosses';
import { seedlessKey } from '../../experiment/grid/cellKey';
import { BASELINES, type RecordedBaseline } from '../../measures/ranking/baselineNames';
import { isTuned, settingWords, USUAL_SETTINGS } from '../../measures/ranking/baselineSettings';
import { poolSizes } from '../../record/poolSizes';
import type { RunRecord } from '../../record/runRecord';
import { SAMPLE_LOG } from '../../log/sampleLog';
import { percentOf, siteLogOf, type SiteLog } from '../../log/siteLogs';
import type { ArmSpec, RunSpec } from '../../recipe/runSpec';
import { whatChanged } from '../../recipe/whatChanged';
import { compact, count, duration, listed, sentenceCase } from '../format';
import type { RunEntry } from '../runs/runEntry';
import { armsOverSeeds } from '../verdict/armsOverSeeds';
import { filterWords } from './filterWords';
import { EXPOSED_LOSS, short, SHOWN_NEGATIVES, SPLITS } from './methodsParagraph';
import { productsChecked } from './productsChecked';

export interface ChecklistItem {
  readonly topic: string;
  /** Whole sentences; empty if nothing is known. */
  readonly answer: string;
  /** What a reader will ask and the run does not say; null if nothing. */
  readonly missing: string | null;
}

/** @param entries saved runs, with or without this one */
export function checklist(record: RunRecord, entries: readonly RunEntry[]): ChecklistItem[] {
  const { spec, baselines } = record;
  return [
    data(record),
    { topic: 'Filters', ...filters(record) },
    split(record),
    {
      topic: 'Negatives in training',
      answer: `The action loss is ${ACTION_LOSSES[spec.objective.actionLoss].words.sentence(
        record.exposedNegatives === undefined ? '' : SHOWN_NEGATIVES,
      )}${spec.objective.lambdaExp > 0 ? `, and λ_exp = ${compact(spec.objective.lambdaExp)} times ${EXPOSED_LOSS}` : ''}; ${count(spec.training.batchSize)} users a batch.`,
      missing: null,
    },
    candidates(record),
    ...budgets(record, entries),
    ...BASELINES.filter(({ id }) => baselines[id] !== undefined).map(({ id, name }) => baselineBudget(record, id, name)),
    watched(record),
    seeds(record, entries),
    length(record),
    hardware(record),
    versions(record),
    parity(record),
    audit(record),
    {
      topic: 'Availability',
      answer: 'Export → Experiment, ZIP holds the record, the recipe, all metrics, and the adapters while they are there.',
      missing: 'a URL at which readers get the ZIP',
    },
  ];
}

/** Items that lack something. */
export function missingOf(items: readonly ChecklistItem[]): ChecklistItem[] {
  return items.filter(({ missing }) => missing !== null);
}

/** For a paragraph: what is not settled, in one sentence; null if nothing is missing. */
export function missingSentence(items: readonly ChecklistItem[]): string | null {
  const missing = missingOf(items).map((item) => `${item.topic} (${item.missing!})`);
  return missing.length === 0 ? null : `Not settled by this run: ${missing.join('; ')}.`;
}

export function checklistMarkdown(record: Pick<RunRecord, 'spec'>, items: readonly ChecklistItem[]): string {
  const lines = items.map(
    ({ topic, answer, missing }) =>
      `- [${missing === null ? 'x' : ' '}] **${topic}.** ${[answer, ...(missing === null ? [] : [`*Missing: ${missing}.*`])].filter(Boolean).join(' ')}`,
  );
  return `# Reproducibility of “${record.spec.name}”\n\n${count(items.length - missingOf(items).length)} of ${count(items.length)} items are complete.\n\n${lines.join('\n')}\n`;
}

function data({ data: { id, name, hash, users, items, interactions, recipe } }: RunRecord): ChecklistItem {
  const files = recipe?.sources.filter(({ part }) => part !== 'ignored') ?? [];
  const from = files.length === 0 ? '' : ` Read from ${listed(files.map((file) => `${file.name} (${file.format})`))}.`;
  const own = id === SAMPLE_LOG.id;
  const site = siteLogOf({ name, hash });
  const shipped = own ? ' It comes with the program; its behaviour is simulated.' : site === null ? '' : ` ${creditOf(site)}`;
  return {
    topic: 'Data',
    answer: `${name}: ${count(users)} users, ${count(items)} items, ${count(interactions)} interactions, SHA-256 ${short(hash)}.${from}${shipped}`,
    missing: shipped !== '' ? null : 'where the log can be had, in which version, and under which licence',
  };
}

function creditOf(log: SiteLog): string {
  const { lines, allLines, title, author, url, licence } = log;
  return `It comes with the program: the first ${count(lines)} of ${count(allLines)} lines (${percentOf(log)} %) of ${title} (${author}; ${url}; ${licence}).`;
}

function filters({ spec, data: { id, recipe, dropped, heldOut } }: RunRecord): Omit<ChecklistItem, 'topic'> {
  const excluded = dropped.map(({ reason, rows }) => `${count(rows)} ${rows === 1 ? 'row' : 'rows'} (${reason})`);
  const rest = [
    ...(excluded.length === 0 ? [] : [`Excluded: ${listed(excluded)}.`]),
    ...(spec.data.trainingUsers === 0 ? [] : [`Trained on the histories of ${count(spec.data.trainingUsers)} users.`]),
    ...(heldOut === undefined || heldOut.length === 0 ? [] : [`Categories held out of training: ${listed(heldOut)}.`]),
  ].join(' ');
  if (recipe === undefined) {
    const own = id === SAMPLE_LOG.id;
    return {
      answer: own ? `None beyond those of the log. ${rest}`.trim() : rest,
      missing: own ? null : 'how the files became the log',
    };
  }
  return { answer: `${filterWords(recipe.filters, { cores: true }).join('; ')}. ${rest}`.trim(), missing: null };
}

function split({ data: { recipe, targets, coldTargets } }: RunRecord): ChecklistItem {
  const kind = recipe?.split.kind ?? 'leave-last-out';
  const shares =
    recipe?.split.kind === 'time'
      ? `; ${compact(recipe.split.validation)} of the events in time for validation, ${compact(recipe.split.test)} for test`
      : '';
  const tested = targets === undefined ? '' : ` ${count(targets)} test targets, ${count(coldTargets)} of them cold.`;
  return {
    topic: 'Split',
    answer: `${kind}: ${SPLITS[kind]}${shares}.${tested}`,
    missing: kind === 'given' ? 'how whoever made the files split them' : null,
  };
}

function candidates(record: RunRecord): ChecklistItem {
  const { evaluation } = record.spec;
  const { protocol, maskHistory, ks, poolFrom, poolSeed } = evaluation;
  const masked = maskHistory ? ', the user’s own history left out' : ', the user’s own history included';
  const catalogue = `All ${count(record.data.items)} items${masked}; K = ${listed(ks.map(String))}; a tied target takes the mean rank of its ties.`;
  const pools =
    protocol === 'pre-ranking'
      ? ` Also in ${poolFrom === 'given' ? 'given' : 'sampled'} pools of ${poolSizes(record)}${poolFrom === 'given' ? ' from the files' : ` (${poolFrom}, seed ${poolSeed})`}.`
      : protocol === 'ranking'
        ? ' Also inside the lists that were shown.'
        : '';
  return {
    topic: 'Candidates in evaluation',
    answer: `${catalogue}${pools}`,
    missing: protocol === 'pre-ranking' && poolFrom === 'given' ? 'how the candidates of the files were drawn' : null,
  };
}

/** Runs on the same log and model. */
function siblings({ data, model }: RunRecord, entries: readonly RunEntry[]): RunEntry[] {
  return entries.filter((entry) => entry.data.hash === data.hash && entry.model.hash === model.hash);
}

const alone = (spec: RunSpec, arm: ArmSpec): RunSpec => ({
  ...spec,
  seed: 0,
  name: '',
  arms: [arm],
});

/** Distinct settings of an arm tried on this log and model, this run's first. */
function tried(record: RunRecord, id: string, entries: readonly RunEntry[]): RunSpec[] {
  const found = new Map<string, RunSpec>();
  for (const run of [record, ...siblings(record, entries)]) {
    const arm = run.spec.arms.find((one) => one.id === id);
    if (arm === undefined) continue;
    const key = seedlessKey(run, arm);
    if (!found.has(key)) found.set(key, alone(run.spec, arm));
  }
  return [...found.values()];
}

function budgets(record: RunRecord, entries: readonly RunEntry[]): ChecklistItem[] {
  const arms = record.spec.arms.map((arm) => ({ arm, settings: tried(record, arm.id, entries) }));
  const most = Math.max(...arms.map(({ settings }) => settings.length));
  return arms.map(({ arm, settings }) => budgetOf(arm, settings, most));
}

/** @param most settings that any arm was tried with */
function budgetOf(arm: ArmSpec, settings: readonly RunSpec[], most: number): ChecklistItem {
  const [first, ...others] = settings;
  // A change is `Learning rate 0.001 → 0.002`: the name of what changed precedes the first value.
  const varied = [...new Set(others.flatMap((other) => whatChanged(first!, other).map(fieldOfChange)))];
  const answer =
    settings.length === 1
      ? 'One setting on this log and model among the saved runs.'
      : `${count(settings.length)} settings on this log and model among the saved runs, which differ in ${listed(varied)}.`;
  return {
    topic: `Tuning of ${arm.label}`,
    answer,
    missing:
      settings.length === 1
        ? 'how the learning rate and λ were chosen'
        : settings.length < most
          ? `as many trials as the arm that had most, ${count(most)}`
          : null,
  };
}

/** `Learning rate 0.001 → 0.002` → `Learning rate`. */
function fieldOfChange(change: string): string {
  return change.includes(' → ') ? (/^(.*?)(?: \S+)? → /.exec(change)?.[1] ?? change) : change;
}

const OTHER_SETTINGS = {
  itemKnn: 'other numbers of neighbours and shrinkages',
  ease: 'other λ',
  popularity: 'shorter windows',
} as const;

function baselineBudget(record: RunRecord, id: RecordedBaseline, name: string): ChecklistItem {
  const topic = `Tuning of ${name}`;
  if (isTuned(id)) {
    const tuning = record.baselines[id]?.tuning;
    const setting = tuning?.tried[tuning.chosen]?.setting ?? { ...USUAL_SETTINGS[id] };
    const answer = settingWords(id, setting);
    return {
      topic,
      answer: `${sentenceCase(answer)}${tuning === undefined ? (id === 'popularity' ? '' : `, RecBole’s ${id === 'ease' ? 'default' : 'defaults'}`) : `, the best of ${count(tuning.tried.length)} settings by HR@${tuning.k} on ${count(tuning.targets)} validation targets`}.`,
      missing: tuning !== undefined ? null : `${OTHER_SETTINGS[id]}, tried on validation targets`,
    };
  }
  if (id === 'sasrec') {
    const { steps, learningRate, tuning } = record.baselines.sasrec!;
    const setting = `Peak learning rate ${compact(learningRate)}, ${count(steps)} steps`;
    if (tuning === undefined) return { topic, answer: `${setting}.`, missing: 'other settings, tried on validation targets' };
    const [rates, chosen] = [tuning.tried.length, `HR@${tuning.k} on ${count(tuning.targets)} validation targets`];
    const best = rates === 1 ? '' : ` and the best of ${count(rates)} rates`;
    return {
      topic,
      answer: `${setting} of at most ${count(record.spec.evaluation.sasrecSteps)}: the best state${best} by ${chosen}.`,
      missing: rates === 1 ? 'other learning rates, tried on validation targets' : null,
    };
  }
  return {
    topic,
    answer: 'Nothing to tune: it has no parameter.',
    missing: null,
  };
}

function watched({ spec: { evaluation } }: RunRecord): ChecklistItem {
  const validation = evaluation.watch === 'validation';
  return {
    topic: 'What settings were chosen by',
    answer: `The curves follow ${evaluation.watch} targets; the last evaluation is on the test targets.`,
    missing: validation ? null : 'curves on validation targets: whoever chooses settings by these has seen the test targets',
  };
}

/** Fewer say little about spread: t of two degrees of freedom is 4.3. */
const FEW_SEEDS = 3;

function seeds(record: RunRecord, entries: readonly RunEntry[]): ChecklistItem {
  const arms = armsOverSeeds(record, entries);
  const all =
    arms === null ? [record.spec.seed] : [...new Set(arms.flatMap(({ bySeed }) => [...bySeed.keys()]))].sort((a, b) => a - b);
  return {
    topic: 'Seeds',
    answer:
      all.length === 1
        ? `Seed ${record.spec.seed}. Intervals cover users, not seeds.`
        : `Seeds ${listed(all.map(String))} among the saved runs; paired t-tests over seeds, Holm’s correction.`,
    missing: all.length < FEW_SEEDS ? 'at least three seeds, so that differences can be tested over them' : null,
  };
}

function length({ spec, arms, complete }: RunRecord): ChecklistItem {
  const trained = arms.map(({ id, steps }) => {
    const label = spec.arms.find((arm) => arm.id === id)?.label ?? id;
    return `${label} ${count(steps.step.at(-1) ?? 0)} steps, ${count(steps.examples.at(-1) ?? 0)} examples, ${duration(steps.seconds.at(-1) ?? 0)}`;
  });
  return {
    topic: 'Training',
    answer: `${listed(trained)}, evaluation not included.`,
    missing: complete ? null : 'the end: the run was stopped, and not all users were evaluated',
  };
}

function hardware({ adapter }: RunRecord): ChecklistItem {
  const name = [adapter.vendor, adapter.architecture, adapter.device, adapter.description].filter(Boolean).join(' ');
  return {
    topic: 'Hardware',
    answer: `${name === '' ? 'An adapter without a name' : name}${adapter.fallback ? ', a software adapter' : ''}, in ${adapter.runtime === 'browser' ? 'a browser' : 'Node'}.`,
    missing: adapter.fallback
      ? 'which processor the software adapter ran on'
      : `the versions of ${adapter.runtime === 'browser' ? 'browser' : 'Node'} and driver`,
  };
}

function versions({ appVersion, model, createdAt, start }: RunRecord): ChecklistItem {
  const commit = model.version === undefined ? '' : `, commit ${short(model.version)}`;
  const from = start === undefined ? '' : ` Started from adapter ${start.name}, SHA-256 ${short(start.hash)}.`;
  return {
    topic: 'Versions',
    answer: `KARMA Playground ${appVersion}, ${createdAt.slice(0, 10)}; model ${model.id}${commit}, weights SHA-256 ${short(model.hash)}.${from}`,
    missing: null,
  };
}

function parity({ certificate, uncertified, checked }: RunRecord): ChecklistItem {
  const logits =
    certificate === null
      ? (uncertified ?? '')
      : `Logits over ${count(certificate.tokens)} tokens differ from ONNX Runtime’s by at most ${compact(Number(certificate.maxRelative.toPrecision(2)))} of the largest.`;
  return {
    topic: 'Model check',
    answer: [logits, ...(checked ? [productsChecked(checked)] : [])].join(' ').trim(),
    missing: certificate === null ? 'a comparison of the loaded model’s logits with ONNX Runtime’s' : null,
  };
}

function audit({ data: { audit: found } }: RunRecord): ChecklistItem {
  if (found === undefined)
    return {
      topic: 'Leak audit',
      answer: '',
      missing: 'an audit of log and split: the record is of an earlier version',
    };
  const said = found.filter(({ level }) => level !== 'green');
  const red = found.filter(({ level }) => level === 'red');
  const clean = `${count(found.length - said.length)} of ${count(found.length)} checks found nothing.`;
  return {
    topic: 'Leak audit',
    answer: [clean, ...said.map(({ message }) => `${message.replace(/\.$/, '')}.`)].join(' '),
    missing:
      red.length === 0
        ? null
        : `an answer to ${count(red.length)} ${red.length === 1 ? 'finding' : 'findings'} of a leak or trap`,
  };
}
