/**
 * What a run did, as a paragraph for a paper: every name and number is from its record, and each statement is
 * followed by the source of the choice, with the tags of docs/method.md. Pure.
 */
import { evaluationSteps } from '../../experiment/evaluate/evaluationSteps';
import { ACTION_LOSSES } from '../../engine/losses/actionLosses';
import { baselineName, easeLeftOutSentence } from '../../measures/ranking/baselineNames';
import { settingWords, TUNED_BASELINES } from '../../measures/ranking/baselineSettings';
import { objectiveFormula, readsText, TERMS } from '../../engine/objective/terms';
import { numbersText } from '../../record/fileStorage';
import { cutSentence } from '../../record/measuringCut';
import { poolSizes } from '../../record/poolSizes';
import { comparedEvaluations, oneOf } from '../../record/comparedEvaluations';
import type { Evaluation, RunRecord } from '../../record/runRecord';
import { armHeadStart, armLora, armTraining } from '../../recipe/armRecipe';
import { codeSizes } from '../../recipe/codeIndex';
import { FIELDS } from '../../recipe/fields';
import { leavesOut, runSpecSchema, shufflesText, WHITENING, type ArmSpec, type RunSpec } from '../../recipe/runSpec';
import { readField, sameValue } from '../../recipe/specPath';
import { fieldValueText, imageWords } from '../../recipe/whatChanged';
import { inSentence } from '../../recipe/words';
import { lambdaOf, TERM_IDS, type TermId } from '../../recipe/terms';
import type { SplitRecipe } from '../../recipe/logRecipe';
import { decodability } from '../../measures/entries/decodability';
import { FIDELITY_ENTRIES } from '../../measures/entries';
import { entries, entry, measureName, rankingMeasure } from '../../measures/measures';
import { compact, count, listed, sentenceCase } from '../format';
import { filterWords } from './filterWords';
import { verdictText, type RunVerdict } from '../verdict/verdict';
import { productsChecked } from './productsChecked';

/** Candidates in records of earlier versions. */
export const SHOWN_NEGATIVES = ' and of items shown and not clicked';
/** L_exp. */
export const EXPOSED_LOSS =
  'the mean of −log σ(score of the item chosen − score of an item shown with it and not clicked) at every position that predicts';

/** Digits of a SHA-256, enough to distinguish files. */
const HASH_DIGITS = 12;

const TAGS =
  'Tags: [A] stated in the abstract of KARMA (arXiv 2603.22779); [R] after a reader’s transcription of the full paper; [O] our own choice, not the paper’s.';

/** @param unsettled what the run leaves open according to its checklist; null if nothing */
export function methodsParagraph(record: RunRecord, unsettled: string | null = null): string {
  return [
    modelPart(record),
    dataPart(record),
    inputPart(record.spec),
    objectivePart(record),
    ...startPart(record),
    ...headsPart(record),
    trainingPart(record),
    ...statedPart(record.spec),
    evaluationPart(record),
    placePart(record),
    ...(unsettled === null ? [] : [unsettled]),
    TAGS,
  ].join(' ');
}

/** A hash with enough digits to distinguish files. */
export function short(hash: string): string {
  return hash.slice(0, HASH_DIGITS);
}

/** Three significant digits. */
function rounded(value: number): string {
  return compact(Number(value.toPrecision(3)));
}

function modelPart({ spec, model, certificate, checked, base }: RunRecord): string {
  const { rank, alpha, targets, firstLayer, trainInputs } = spec.lora;
  const version = model.version === undefined ? '' : `, commit ${short(model.version)}`;
  const layers = firstLayer === 0 ? 'in every layer' : `in the layers from index ${firstLayer} on`;
  const inputs = trainInputs ? '' : '; parameters that enter below the first layer are not trained';
  return [
    `We fine-tune ${model.id} (${model.architecture}, ${count(model.parameters)} parameters, ${count(model.layers)} layers with ${count(model.heads)} heads, hidden size ${count(model.hidden)}${version}, weights SHA-256 ${short(model.hash)}) with frozen weights in ${numbersText(spec.model, base.fileStorage)} by LoRA of rank ${rank} and α = ${compact(alpha)} on ${listed(targets)} ${layers}${inputs} [O].`,
    ...(base.storage === undefined
      ? []
      : [
          `Weights in ${numbersText(base.storage, base.fileStorage)} change the NLL of held-out item texts from ${rounded(base.storage.nll.f32)} to ${rounded(base.storage.nll.stored)} nats per token.`,
        ]),
    ...(certificate === null
      ? []
      : [
          `Before training, its logits over ${count(certificate.tokens)} tokens differed from ONNX Runtime’s by at most ${rounded(certificate.maxRelative)} of the largest.`,
        ]),
    ...(checked === undefined ? [] : [productsChecked(checked)]),
  ].join(' ');
}

export const SPLITS: Readonly<Record<SplitRecipe['kind'], string>> = {
  'leave-last-out': 'the last event of a user is the test target and the one before it the validation target',
  'last-basket': 'all events at a user’s last time are test targets and those at the time before are validation targets',
  time: 'the same cut-off times for all users separate training, validation and test',
  given: 'training, validation and test are as given in the files',
};

/**
 * The audit's findings to report with a result: all checks that are not green, and the leaks that were
 * checked for.
 */
function auditPart({ audit }: RunRecord['data']): string[] {
  if (audit === undefined) return [];
  const said = audit.filter(({ level }) => level !== 'green').map(({ message }) => inSentence(message));
  const leaks = audit.filter(({ id, level }) => (id === 'later-events' || id === 'shared-events') && level === 'green');
  return [
    ...(leaks.length === 0
      ? []
      : [
          'The audit found no target with simultaneous or later events in its history or training data, and no target among the training events [O].',
        ]),
    ...(said.length === 0 ? [] : [`Caveats: ${listed(said)} [O].`]),
  ];
}

function dataPart({ data }: RunRecord): string {
  const { recipe, dropped, targets } = data;
  const more = [
    ...(data.queries === 0 ? [] : [`${count(data.queries)} of them have a search query`]),
    ...(data.exposures === 0 ? [] : [`${count(data.exposures)} items were shown with them and not clicked`]),
  ];
  const left = dropped.map(({ reason, rows }) => `${count(rows)} ${rows === 1 ? 'row' : 'rows'} (${reason})`);
  const further = recipe === undefined ? [] : filterWords(recipe.filters, { cores: false });
  const split = recipe?.split;
  const shares =
    split?.kind === 'time'
      ? `; the last ${compact(split.test)} of the events in time are for test and ${compact(split.validation)} before them for validation`
      : '';
  const tested = targets === undefined ? '' : `, ${count(targets)} test targets`;
  return [
    `The log ${data.name} (SHA-256 ${short(data.hash)}) has ${count(data.interactions)} interactions of ${count(data.users)} users with ${count(data.items)} items${more.length === 0 ? '' : `; ${listed(more)}`}.`,
    ...(left.length === 0 ? [] : [`Excluded: ${listed(left)}.`]),
    ...(recipe === undefined ? [] : [`Users need ${recipe.filters.userCore} events and items ${recipe.filters.itemCore}.`]),
    ...(further.length === 0 ? [] : [`Further filters: ${further.join('; ')} [O].`]),
    `Split: ${SPLITS[split?.kind ?? 'leave-last-out']}${shares}${tested}, ${count(data.coldTargets)} of them cold (items without a training event) [O].`,
    ...auditPart(data),
  ].join(' ');
}

function inputPart({ objective, features, data }: RunSpec): string {
  const { itemInterface, itemInput, itemOutput, maxHistory, maxTitleTokens, useQuery, embeddingSize } = objective;
  const title = data.historyTemplate === '{title}' ? 'its title' : `“${data.historyTemplate}”`;
  const from = {
    'title+hidden': `the mean token embedding of ${title} plus a projection of its features that starts at zero`,
    title: `a projection of the mean token embedding of ${title} that starts as the identity`,
    hidden: 'a projection of its features that starts at random',
    id: 'a free embedding that each arm trains',
    'title+hidden+id': `the mean token embedding of ${title} plus a projection of its features and a free embedding, which both start at zero`,
  }[itemInput];
  const written = data.queryTemplate === '{query}' ? '' : `, written “${data.queryTemplate}”,`;
  const query = useQuery ? `, the query of the next event if there is one${written}` : '';
  const prompt = `The prompt holds up to ${maxHistory} items of the history, oldest first${query}${useQuery && written !== '' ? '' : ','} and a token [EMB], whose last hidden state gives the interest embedding h of size ${embeddingSize} [O, consistent with R].`;
  if (itemInterface === 'semantic') return `${prompt} ${codesPart(objective)}`;
  const enters =
    itemInterface === 'token'
      ? `one continuous token, ${from}`
      : `the first ${maxTitleTokens} tokens of its text, written “${data.historyTemplate}”`;
  const x = {
    lm: 'hidden states of the frozen model over its text, mean-pooled and standardised',
    own: 'the embeddings supplied with the log, standardised',
    visual: 'visual features of the item, standardised',
    'lm+visual':
      'hidden states of the frozen model over its text concatenated with visual features of the item, each standardised',
    'lm+words':
      'hidden states of the frozen model over its text, standardised, concatenated with the TF-IDF weights of the text’s words',
    'lm+own':
      'hidden states of the frozen model over its text concatenated with the embeddings supplied with the log, each standardised',
  }[features.source];
  const e = {
    content: 'their projection',
    'content+id': 'their projection plus a free embedding that starts at zero',
    id: 'a free embedding',
    tied: 'the free embedding that it enters as',
  }[itemOutput];
  const axes = features.axes > 0 ? ` ${axesPart(features)}` : '';
  const own = objective.headStart === 'identity' ? e.replace('their projection', 'these features themselves') : e;
  const parts = [`${prompt} An item enters as ${enters}; its features are ${x}${axes}; its embedding e is ${own} [O].`];
  return [...parts, ...skipPart(objective)].join(' ');
}

/** What becomes of the parts of the features. */
function axesPart({ axes, collaborative }: RunSpec['features']): string {
  const factors =
    collaborative > 0
      ? `; beside them as many factors of the normalised matrix of training users and items, ${compact(collaborative)} times as long`
      : '';
  return `(columns of categories and embeddings as they are), in parts of equal mean square length, centred and along their ${axes} leading principal axes, each divided by its variance to the power ${compact(WHITENING / 2)}, rows of length 1${factors}`;
}

/** What is added to W_o·hidden in h. */
function skipPart({ interestSkip, skipItems, skipLast, headStart }: RunSpec['objective']): string[] {
  if (interestSkip === 'none') return [];
  const items = skipItems === 0 ? 'all items' : `the last ${count(skipItems)} items`;
  const last = skipLast > 0 ? `, to which those of the last one are added ${compact(skipLast)} times,` : '';
  const projected = headStart === 'identity' ? '' : ' a projection of';
  return [
    `Added to the projected hidden state in h is${projected} the mean of the features of ${items} of the history${last} [O].`,
  ];
}

/** How items become semantic IDs, and what is predicted of them. */
function codesPart(objective: RunSpec['objective']): string {
  const { codeIndex } = objective;
  const sizes = codeSizes(objective);
  const from =
    codeIndex.length > 0
      ? `codes given in a file, of ${listed(sizes.map(String))} values`
      : `${sizes.length} codes of ${sizes[0]} values each, by residual k-means on its features (after Rajput et al., arXiv 2305.05065, with k-means in place of an RQ-VAE)`;
  return `An item enters, and is predicted, as its semantic ID: ${from}; every code is a new token with a trained row at the input and one at the output, with which h is compared [O]. [EMB] predicts the next item’s first code, and each of its codes the one after it [O].`;
}

/** What predicts what. */
const PREDICTING: Readonly<Record<RunSpec['objective']['positions'], string>> = {
  all: 'every item position and [EMB] predict a next item',
  baskets:
    'the last item of each basket (events of one user at one time) and [EMB] predict an item of the whole next basket, drawn at every step',
  last: '[EMB] alone predicts a next item',
};

function objectivePart(record: RunRecord): string {
  const { arms, objective, data } = record.spec;
  const { similarity, temperature, positions, lambdaExp, maxTextTokens } = objective;
  const shown = record.exposedNegatives === undefined ? '' : SHOWN_NEGATIVES;
  const exposed = lambdaExp > 0 ? `, plus λ_exp = ${compact(lambdaExp)} times ${EXPOSED_LOSS} [O]` : '';
  const { words } = ACTION_LOSSES[objective.actionLoss];
  const action =
    objective.itemInterface === 'semantic'
      ? 'the cross-entropy of the codes over the codes of all levels [O]'
      : `${words.sentence(shown)} [${words.tag}]`;
  const scores =
    similarity === 'cosine'
      ? `cosines over a learned temperature that starts at ${compact(temperature)} [O]`
      : 'dot products [O]';
  const popular =
    objective.popularity > 0
      ? `, plus ${compact(objective.popularity)} times the centred logarithm of 1 + the item’s training events, in loss and ranking [O]`
      : '';
  const over = leavesOut(objective) ? ', without cold items and those of the history so far [O]' : '';
  const semantic = objective.itemInterface === 'semantic';
  const rows = PREDICTING[positions];
  const used = TERM_IDS.filter((term) => arms.some((arm) => lambdaOf(arm, term) > 0));
  const said = saidTerms(arms);
  const parts = [
    `The objective is ${objectiveFormula(said)}. L_act is ${action}${over}${exposed}; scores are ${scores}${popular}; ${rows}${semantic ? ', code by code' : ''} [O].`,
  ];
  parts.push(...used.map((term) => TERMS[term].words.sentence(objective)));
  if (arms.some(readsText)) parts.push(`y is written “${data.itemTemplate}” and has up to ${maxTextTokens} tokens [O].`);
  parts.push(
    `Arms: ${listed(arms.map((arm) => armText(arm, said, ownSettings(record, arm))))}; all start from the same parameters and see the same batches [O].`,
  );
  return parts.join(' ');
}

function startPart({ start }: RunRecord): string[] {
  if (start === undefined) return [];
  const heads = start.heads ? 'and its projection heads' : 'while projection heads start from the seed';
  return [`They start from the LoRA adapter ${start.name} (SHA-256 ${short(start.hash)}) ${heads}, with a fresh optimiser [O].`];
}

/** The terms of the paper's abstract, and those that an arm has. */
function saidTerms(arms: readonly ArmSpec[]): TermId[] {
  return TERM_IDS.filter((term) => TERMS[term].words.tag === 'A' || arms.some((arm) => lambdaOf(arm, term) > 0));
}

function armText(arm: ArmSpec, said: readonly TermId[], own: readonly string[]): string {
  const shuffled = shufflesText(arm) && readsText(arm) ? ', the text of a random item' : '';
  const targets = arm.shuffle === 'target' ? ', the targets of L_act permuted within each batch' : '';
  const picture =
    arm.lambdaImg > 0
      ? imageWords(arm)
          .map((words) => `, ${words}`)
          .join('')
      : '';
  const updates =
    arm.updates > 1 ? `, ${count(arm.updates)} updates per step, the further ones on batches that follow the last step’s` : '';
  const sink = arm.sinkToken ? ', with a trained sink token after [BOS]' : '';
  const weights = said.map((term) => `${TERMS[term].words.lambda} = ${compact(lambdaOf(arm, term))}`);
  return `${arm.label} (${[...weights, ...own].join(', ')}${shuffled}${targets}${picture}${updates}${sink})`;
}

/** What an arm has otherwise than the recipe. */
function ownSettings({ spec, model }: RunRecord, arm: ArmSpec): string[] {
  const [lora, training] = [armLora(spec, arm), armTraining(spec, arm)];
  const heads = armHeadStart(spec, arm);
  const settings: readonly (readonly [differs: boolean, words: string])[] = [
    [lora.rank !== spec.lora.rank && lora.firstLayer < model.layers, `LoRA of rank ${lora.rank}`],
    [
      lora.firstLayer !== spec.lora.firstLayer,
      lora.firstLayer < model.layers
        ? `LoRA in the layers from index ${lora.firstLayer} on alone`
        : 'the language model unchanged',
    ],
    [training.learningRate !== spec.training.learningRate, `a learning rate of ${compact(training.learningRate)}`],
    [training.warmupSteps !== spec.training.warmupSteps, `${count(training.warmupSteps)} steps of warm-up`],
    [training.beta2 !== spec.training.beta2, `β₂ = ${compact(training.beta2)}`],
    [heads !== spec.objective.headStart, heads === 'fitted' ? 'with fitted heads' : 'heads that start at random'],
  ];
  return settings.flatMap(([differs, words]) => (differs ? [words] : []));
}

/** How the projection heads started in runs of earlier versions, which fitted them. */
function headsPart({ spec, headStart }: RunRecord): string[] {
  const { similarity } = spec.objective;
  if (spec.arms.every((arm) => armHeadStart(spec, arm) !== 'fitted')) return [];
  if (headStart?.fitted === false) return [`${headStart.reason.replace(/\.$/, '')} [O].`];
  const fitted = similarity === 'cosine' ? 'W_o, W_e and the temperature' : 'W_o and W_e';
  const how =
    headStart === undefined
      ? ''
      : ` with ${count(headStart.steps)} steps of AdamW on ${count(headStart.rows)} prediction rows of ${count(headStart.users)} users`;
  return [
    `Before the first step ${fitted} are fitted to the softmax over the whole catalogue on the model as it is, once for all arms${how} [O].`,
  ];
}

function trainingPart({ spec, arms, complete }: RunRecord): string {
  const { training, seed } = spec;
  const { beta1, beta2, epsilon, weightDecay, clipNorm } = training;
  const clip = clipNorm === 0 ? 'no gradient clipping' : `gradients clipped to norm ${compact(clipNorm)}`;
  const peak = `${compact(training.learningRate)} after ${count(training.warmupSteps)} steps of warm-up`;
  // The decay begins at the first step, so a warm-up that is not over leaves the rate below its peak.
  const rate =
    training.warmupSteps > training.steps
      ? `that would be ${peak}, more than there are`
      : `of ${peak}, falling to ${compact(training.finalLearningRateShare)} of it`;
  const taken = arms.map(({ steps }) => steps.step.at(-1) ?? 0);
  const stopped = complete ? '' : ` The run was stopped; the arms had completed ${listed(taken.map(String))} of these steps.`;
  return `Each arm takes ${count(training.steps)} steps of ${count(training.batchSize)} users with AdamW (β₁ = ${compact(beta1)}, β₂ = ${compact(beta2)}, ε = ${compact(epsilon)}, weight decay ${compact(weightDecay)}), a learning rate ${rate}, and ${clip}; seed ${seed} [O].${stopped}`;
}

/**
 * Fields without a sentence of their own, if they are not at the plain values of the first recipes, which
 * readers take for granted.
 */
function statedPart(spec: RunSpec): string[] {
  const defaults = runSpecSchema.parse({ version: 1 });
  const stated = FIELDS.flatMap((field) => {
    const value = readField(spec, field.path);
    if (field.stated !== true || sameValue(value, readField(defaults, field.path))) return [];
    return [`${field.label}: ${fieldValueText(field, value)}`];
  });
  return stated.length === 0 ? [] : [`Further settings: ${stated.join('; ')} [O].`];
}

const POOLS = {
  retrieved: 'up to a quarter by item-kNN and a quarter by popularity, the rest uniformly',
  uniform: 'uniformly',
  exposed: 'the items shown with the click, the rest uniformly',
} as const;

const SAMPLED =
  'Numbers in a pool are higher than over the catalogue and may order models differently (Krichene & Rendle, KDD 2020).';

/** Where the candidates of the pre-ranking protocol come from. */
function poolPart(record: RunRecord): string {
  const { poolFrom, poolSeed } = record.spec.evaluation;
  const sizes = poolSizes(record);
  if (poolFrom === 'given') {
    return `Pre-ranking: candidate-pool HR@K is measured in the given pool of ${sizes} for each target, itself included, as the log’s files have it and the same for all arms; only targets that have one are evaluated, in both ways, and no history is left out of a pool [O]. ${SAMPLED}`;
  }
  return `Pre-ranking: candidate-pool HR@K is measured in a sampled pool of ${sizes} for each target, itself included, drawn once (${POOLS[poolFrom]}; seed ${poolSeed}) and the same for all arms [O]. ${SAMPLED}`;
}

function closedFormParts({ baselines, easeLeftOut }: RunRecord): string[] {
  return [
    ...(baselines.tfidf
      ? ['TF-IDF ranks by the cosines of TF-IDF weights of the item texts, summed over the whole history, without training [O].']
      : []),
    ...(baselines.ease ? ['EASE (Steck, arXiv 1905.03375) is solved in closed form on the training events [O].'] : []),
    ...(easeLeftOut ? [`${easeLeftOutSentence(easeLeftOut)} [O]`] : []),
  ];
}

function tuningParts({ baselines }: RunRecord): string[] {
  const tuned = TUNED_BASELINES.flatMap((id) => {
    const tuning = baselines[id]?.tuning;
    return tuning === undefined
      ? []
      : [{ tuning, words: `${baselineName(id)} ${settingWords(id, tuning.tried[tuning.chosen]!.setting)}` }];
  });
  if (tuned.length === 0) return [];
  const { tried, k, targets } = tuned[0]!.tuning;
  return [
    `Baselines have the best of ${count(tried.length)} settings each, by HR@${k} on ${count(targets)} validation targets: ${listed(tuned.map(({ words }) => words))} [O].`,
  ];
}

function sasrecParts({ baselines: { sasrec }, spec: { evaluation } }: RunRecord): string[] {
  if (sasrec === undefined) return [];
  const { parameters, steps, learningRate, tuning } = sasrec;
  const rates = tuning?.tried.length ?? 1;
  const most = `${count(evaluation.sasrecSteps)} steps${rates > 1 ? ` at each of ${count(rates)} rates` : ''}`;
  const chosen =
    tuning && `; of at most ${most}, these have the best HR@${tuning.k} on ${count(tuning.targets)} validation targets`;
  return [
    `A baseline of SASRec’s size (Kang & McAuley, arXiv 1808.09781) knows items by their IDs alone: ${count(parameters)} parameters, trained from random weights for ${count(steps)} steps on the same batches at a peak learning rate of ${compact(learningRate)}${chosen ?? ''} [O].`,
  ];
}

function evaluationPart(record: RunRecord): string {
  const { spec, base, arms } = record;
  const { evaluation } = spec;
  const { ks, maskHistory, probes, sinkThreshold, watch, protocol } = evaluation;
  const semantic = record.spec.objective.itemInterface === 'semantic';
  const measured = arms[0]?.evaluations ?? [];
  const sampled = measured.find(({ population }) => population === 'sample')?.targets.all;
  const taken = arms[0]?.steps.step.at(-1) ?? 0;
  // Fewer than the recipe's if there were fewer steps, if a large model was measured less often, or if the
  // run was stopped.
  const times = [...evaluationSteps(record)].filter((step) => step <= taken).length;
  const shown = oneOf(comparedEvaluations(arms, null));
  const final = shown?.population === 'all' ? shown : undefined;
  const stage = {
    recall: [],
    'pre-ranking': [poolPart(record)],
    ranking: ['Ranking: gAUC is the impression-weighted mean over requests of the AUC inside the list that was shown [O].'],
  }[protocol];
  const masked = maskHistory ? ', the user’s own history left out' : '';
  return [
    `${listed((['hr', 'ndcg'] as const).map((id) => measureName(rankingMeasure(id), 'K')))} for K = ${listed(ks.map(String))} and ${entry('mrr').name} come from ${semantic ? `the items that beam search of width ${evaluation.beamWidth} finds over codes that lead to an item` : 'ranking the whole catalogue'}${masked}; a tied target takes the mean rank of its ties${semantic ? ', one that no beam names the last' : ''} [O].`,
    ...stage,
    ...(sampled === undefined || times === 0
      ? []
      : [`While training, ${count(sampled)} ${watch} targets are ranked ${times === 1 ? 'once' : `${count(times)} times`}.`]),
    ...(final === undefined
      ? []
      : [`The final figures cover ${count(final.targets.all)} test targets, with bootstrap intervals over users [O].`]),
    ...(record.cut ? [`${cutSentence(record.cut)} [O]`] : []),
    ...closedFormParts(record),
    ...tuningParts(record),
    ...sasrecParts(record),
    ...(evaluation.probeSteps === 0 || final === undefined
      ? []
      : [
          `After training, a probe decoder is trained for ${count(evaluation.probeSteps)} steps on every arm${base.control ? ', the untrained model and, as a control, the targets’ own item embeddings' : ' and the untrained model'} alike, to tell how well h can be read as text [O].`,
        ]),
    `Attention maps show ${count(probes)} probe histories; a position is a sink if its importance α, the mean attention that it receives, exceeds ε = ${compact(sinkThreshold)} (Gu et al., arXiv 2410.10781).`,
    ...definitions(final),
    ...fidelityParts(final),
  ].join(' ');
}

/**
 * Definitions of the measures that tables show, from their entries; measures of texts include how texts are
 * read.
 */
function definitions(final: Evaluation | undefined): string[] {
  if (final === undefined) return [];
  return entries()
    .filter(({ topic, main, of }) => main && topic !== 'text' && of(final) !== null)
    .map(({ name, definition, tag }) => `${sentenceCase(name)}: ${definition.slice(0, -1)} [${tag}].`);
}

function fidelityParts(final: Evaluation | undefined): string[] {
  const { fidelity, overlapTargets } = final ?? {};
  return [
    ...(fidelity === undefined
      ? []
      : [
          `${sentenceCase(entry('decodability').name)} is NLL(y | ∅) − NLL(y | h) per token over ${count(fidelity.counts.decodability ?? 0)} targets, read by a probe decoder that is trained afterwards on every arm alike for ${count(fidelity.steps)} steps on ${count(fidelity.pairs)} pairs: the base model with one soft token, whose projection alone is trained (Xu et al., arXiv 2002.10689) [O].`,
        ]),
    // The gain's sentence says more than its definition.
    ...FIDELITY_ENTRIES.filter(({ at }) => at !== decodability.at && fidelity !== undefined && at(fidelity, 'all') !== null).map(
      ({ all: { name, definition, tag } }) => `${sentenceCase(name)}: ${definition.slice(0, -1)} [${tag}].`,
    ),
    ...(overlapTargets === undefined
      ? []
      : [
          `JS@50 over ${count(overlapTargets)} targets is read in two ways: Jaccard of the items retrieved with those nearest to the target in the frozen feature space, and mean Jaccard of their tokens with the target’s [O].`,
        ]),
  ];
}

function placePart({ adapter, appVersion, createdAt }: RunRecord): string {
  const name = adapter.description || adapter.device || adapter.architecture || adapter.vendor;
  const software = adapter.fallback ? ', a software adapter' : '';
  const place = adapter.runtime === 'browser' ? 'in a browser' : 'in Node';
  return `Computed with KARMA Playground ${appVersion} ${place} on ${name}${software}, started on ${createdAt.slice(0, 10)}.`;
}

/** BibTeX of the paper and of this program. Only what is known to us; the paper's authors are at its URL. */
export function bibtex({ appVersion, createdAt }: Pick<RunRecord, 'appVersion' | 'createdAt'>): string {
  return `% Authors are omitted here: copy them from https://arxiv.org/abs/2603.22779
@misc{karma2026,
  key           = {KARMA},
  title         = {{KARMA}: Knowledge-Action Regularized Multimodal Alignment for Personalized Search at {Taobao}},
  year          = {2026},
  eprint        = {2603.22779},
  archivePrefix = {arXiv},
  primaryClass  = {cs.IR},
  url           = {https://arxiv.org/abs/2603.22779}
}

@software{karmaPlayground,
  key     = {KARMA Playground},
  author  = {{The KARMA Playground authors}},
  title   = {{KARMA} Playground},
  version = {${appVersion}},
  year    = {${createdAt.slice(0, 4)}},
  note    = {Computed with this version on ${createdAt.slice(0, 10)}}
}
`;
}

/**
 * What was found, the paragraph and its references as one Markdown file.
 * @param verdict what the page says was found
 * @param unsettled as in the paragraph
 */
export function methodsFile(record: RunRecord, verdict: RunVerdict | null, unsettled: string | null = null): string {
  const found = verdict === null ? '' : `## What was found\n\n${verdictText(verdict)}\n\n## Methods\n\n`;
  return `# “${record.spec.name}”\n\n${found}${methodsParagraph(record, unsettled)}\n\n\`\`\`bibtex\n${bibtex(record)}\`\`\`\n`;
}
