/**
 * What recipes of version 1 mean: what they leave out had other defaults. `earlierPresets.ts` has the presets
 * of links.
 */

/** The defaults of version 1 that are not those of today. */
const VERSION_1: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  model: { precision: 'f32' },
  features: { source: 'lm', visual: 'images', axes: 0, collaborative: 0 },
  objective: {
    headStart: 'random',
    embeddingSize: 64,
    embToken: 'learned',
    interestSkip: 'none',
    skipItems: 5,
    skipLast: 0,
    popularity: 0,
    candidates: 'all',
    maxHistory: 16,
    maxTextTokens: 20,
    useQuery: true,
  },
  training: { steps: 400, batchSize: 64, crop: 'random', learningRate: 2e-3, decay: 'linear' },
  evaluation: { evaluations: 10, sampleUsers: 'auto', watch: 'test', probes: 8 },
};

/**
 * A recipe of version 1 as one of today's, with the defaults of its time written out; any other value as it
 * is.
 */
export function migrateRecipe(given: unknown): unknown {
  if (!isObject(given) || given.version !== 1) return given;
  const { version: _, ...recipe } = given;
  const sections = Object.entries(VERSION_1).map(([name, usual]) => {
    const own = recipe[name] ?? {};
    return [name, isObject(own) ? { ...usual, ...withoutGaps(own) } : own];
  });
  return { ...recipe, ...Object.fromEntries(sections) };
}

/** Fields that are undefined are left out, as in JSON. */
function withoutGaps(section: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(section).filter(([, value]) => value !== undefined));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
