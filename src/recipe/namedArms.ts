/** Arms by a short name, as in command line and grid files: `action`, `gen`, `karma+item`, …, λ after a colon. */
import { armSchema, DEFAULT_ARMS, type ArmSpec } from './runSpec';

const USUAL_LAMBDA = 0.3;

export const ARM_NAMES = [
  'action',
  'gen',
  'rec',
  'item',
  'karma',
  'karma+item',
  'shuffled',
  'img',
  'img-history',
  'img-mse',
  'img-shuffled',
  'karma+img',
] as const;
export type ArmName = (typeof ARM_NAMES)[number];

/** @param lambda λ of the arm's text losses */
export function namedArm(name: ArmName, lambda = USUAL_LAMBDA): ArmSpec {
  switch (name) {
    case 'action':
      return { ...DEFAULT_ARMS[0]!, lambdaGen: 0, lambdaRec: 0, lambdaItem: 0, lambdaImg: 0 };
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
    case 'img-history':
      return armSchema.parse({ id: 'img-history', label: '+img(H)', lambdaImg: lambda, imageContext: 'history' });
    case 'img-mse':
      return armSchema.parse({ id: 'img-mse', label: '+img, regression', lambdaImg: lambda, imageLoss: 'mse' });
    case 'img-shuffled':
      return armSchema.parse({ id: 'img-shuffled', label: 'Shuffled pictures', lambdaImg: lambda, shuffledImages: true });
    case 'karma+img':
      return { ...namedArm('karma', lambda), id: 'karma+img', label: 'KARMA + img', lambdaImg: lambda };
    case 'shuffled':
      return armSchema.parse({
        id: 'shuffled',
        label: 'Shuffled text',
        lambdaGen: lambda,
        lambdaRec: lambda,
        shuffledText: true,
      });
  }
}

/** `karma:0.5`. @throws RangeError with a message for the user */
export function readArm(text: string): ArmSpec {
  const [given = '', weight] = text.split(':');
  const name = ARM_NAMES.find((one) => one === given);
  if (name === undefined) throw new RangeError(`There is no arm ${given}; choose from ${ARM_NAMES.join(', ')}.`);
  const lambda = weight === undefined ? USUAL_LAMBDA : Number(weight);
  if (weight?.trim() === '' || !Number.isFinite(lambda)) throw new RangeError(`An arm's λ is a number, not ${weight ?? ''}.`);
  return namedArm(name, lambda);
}

/** Several λ of one arm in one experiment: `karma` keeps its name, others get their λ (`karma-0.1`). */
export function sweptArms(name: ArmName, lambdas: readonly number[]): ArmSpec[] {
  if (name === 'action') return [namedArm(name)];
  return lambdas.map((lambda) => {
    const arm = namedArm(name, lambda);
    return lambdas.length === 1 ? arm : { ...arm, id: `${arm.id}-${lambda}`, label: `${arm.label} λ ${lambda}` };
  });
}
