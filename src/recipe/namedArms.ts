/**
 * Arms by a short name, as in command line and grid files: `action`, `gen`, `karma+item`, …, λ after a colon.
 */
import { armSchema, DEFAULT_ARMS, NO_LAYER, type ArmSpec } from './runSpec';

const USUAL_LAMBDA = 0.3;
/**
 * Updates per step with which Action takes no less time than KARMA, which takes three to four times as long.
 */
const LONGER = 4;
/** L_l2 is a sum over all weights: about 100 after a run of the embedded model. */
const USUAL_LAMBDA_L2 = 0.01;
/** Of squared log normalisers, as Wortsman et al. (arXiv 2309.14322) weigh them. */
const USUAL_LAMBDA_Z = 1e-4;
/** β₂ and warm-up that the same paper finds stable at higher rates. */
const SHORT_MEMORY = 0.95;
const LONG_WARMUP = 100;
/** λ where it is not USUAL_LAMBDA. */
const OWN_LAMBDA: Partial<Record<ArmName, number>> = { l2: USUAL_LAMBDA_L2, 'z-loss': USUAL_LAMBDA_Z };
/** The first adapted layer of `frozen`. */
const UPPER_LAYERS = 2;

export const ARM_NAMES = [
  'action',
  'gen',
  'rec',
  'item',
  'karma',
  'karma+item',
  'shuffled',
  'random-target',
  'action-longer',
  'img',
  'img-shuffled',
  'kl',
  'replay',
  'l2',
  'ent',
  'sink',
  'z-loss',
  'beta2',
  'frozen',
  'heads',
] as const;
export type ArmName = (typeof ARM_NAMES)[number];
/** Arms without a λ. */
const PLAIN: ReadonlySet<ArmName> = new Set(['action', 'random-target', 'action-longer', 'sink', 'beta2', 'frozen', 'heads']);
/** Whether an arm of that name has a term with a λ. */
export function hasLambda(name: ArmName): boolean {
  return !PLAIN.has(name);
}

/** KARMA beside what others do against the same illness: as many arms as a recipe can have. */
export const PLAIN_CURES = [
  'action',
  'karma',
  'kl',
  'l2',
  'ent',
  'sink',
  'frozen',
  'heads',
] as const satisfies readonly ArmName[];

/** @param lambda λ of the arm's terms */
export function namedArm(name: ArmName, lambda = OWN_LAMBDA[name] ?? USUAL_LAMBDA): ArmSpec {
  switch (name) {
    case 'action':
      return { ...DEFAULT_ARMS[0]! };
    case 'random-target':
      return armSchema.parse({ id: 'random-target', label: 'Random targets', shuffle: 'target' });
    case 'action-longer':
      return armSchema.parse({ id: 'action-longer', label: 'Action, as long as KARMA', updates: LONGER });
    case 'gen':
      return armSchema.parse({ id: 'gen', label: '+gen', lambdaGen: lambda });
    case 'rec':
      return armSchema.parse({ id: 'rec', label: '+rec', lambdaRec: lambda });
    case 'item':
      return armSchema.parse({ id: 'item', label: '+item', lambdaItem: lambda });
    case 'karma':
      return { ...DEFAULT_ARMS[1]!, lambdaGen: lambda, lambdaRec: lambda };
    case 'karma+item':
      return { ...namedArm('karma', lambda), id: 'karma+item', label: 'KARMA + item', lambdaItem: lambda };
    case 'img':
      return armSchema.parse({ id: 'img', label: '+img', lambdaImg: lambda });
    case 'img-shuffled':
      return armSchema.parse({ id: 'img-shuffled', label: 'Shuffled pictures', lambdaImg: lambda, shuffle: 'picture' });
    case 'kl':
      return armSchema.parse({ id: 'kl', label: '+KL', lambdaKl: lambda });
    case 'replay':
      return armSchema.parse({ id: 'replay', label: '+replay', lambdaReplay: lambda });
    case 'l2':
      return armSchema.parse({ id: 'l2', label: '+L2', lambdaL2: lambda });
    case 'ent':
      return armSchema.parse({ id: 'ent', label: '+entropy', lambdaEnt: lambda });
    case 'sink':
      return armSchema.parse({ id: 'sink', label: 'Sink token', sinkToken: true });
    case 'z-loss':
      return armSchema.parse({ id: 'z-loss', label: '+z-loss', lambdaZ: lambda });
    case 'beta2':
      return armSchema.parse({ id: 'beta2', label: 'β₂ 0.95, long warm-up', beta2: SHORT_MEMORY, warmupSteps: LONG_WARMUP });
    case 'frozen':
      return armSchema.parse({ id: 'frozen', label: 'Lower layers frozen', firstLayer: UPPER_LAYERS });
    case 'heads':
      return armSchema.parse({ id: 'heads', label: 'Heads alone', firstLayer: NO_LAYER });
    case 'shuffled':
      return armSchema.parse({
        id: 'shuffled',
        label: 'Shuffled text',
        lambdaGen: lambda,
        lambdaRec: lambda,
        shuffle: 'text',
      });
  }
}

/** `karma:0.5`. @throws RangeError with a message for the user */
export function readArm(text: string): ArmSpec {
  const [given = '', weight] = text.split(':');
  const name = ARM_NAMES.find((one) => one === given);
  if (name === undefined) throw new RangeError(`There is no arm ${given}; choose from ${ARM_NAMES.join(', ')}.`);
  const lambda = weight === undefined ? undefined : Number(weight);
  if (weight?.trim() === '' || (lambda !== undefined && !Number.isFinite(lambda)))
    throw new RangeError(`An arm's λ is a number, not ${weight ?? ''}.`);
  return namedArm(name, lambda);
}

/** Several λ of one arm in one experiment: `karma` keeps its name, others get their λ (`karma-0.1`). */
export function sweptArms(name: ArmName, lambdas: readonly number[]): ArmSpec[] {
  if (!hasLambda(name)) return [namedArm(name)];
  return lambdas.map((lambda) => {
    const arm = namedArm(name, lambda);
    return lambdas.length === 1 ? arm : { ...arm, id: `${arm.id}-${lambda}`, label: `${arm.label} λ ${lambda}` };
  });
}
