// The direction of docs/architecture.md: a room of src imports the rooms named here, itself, the words of the page's language, and packages.
const ROOMS = {
  words: [],
  recipe: [],
  record: ['recipe'],
  storage: [],
  log: ['recipe', 'record', 'storage'],
  statistics: ['log'],
  gpu: ['record'],
  model: ['recipe', 'record', 'storage', 'log', 'gpu'],
  profile: ['record', 'gpu'],
  engine: ['recipe', 'record', 'storage', 'log', 'statistics', 'gpu', 'model'],
  measures: ['recipe', 'record', 'log', 'statistics', 'engine/ranking/itemLists', 'engine/sinks/measuredSequences'],
  experiment: ['recipe', 'record', 'storage', 'log', 'statistics', 'gpu', 'model', 'profile', 'engine', 'measures'],
  runtime: ['recipe', 'record', 'storage', 'log', 'statistics', 'gpu', 'model', 'profile', 'engine', 'measures', 'experiment'],
  // A chart as marks on axes, whoever draws it.
  scene: ['recipe/numberText'],
  charts: ['recipe/numberText', 'record', 'log', 'statistics', 'measures', 'experiment', 'scene'],
  paper: ['recipe', 'record', 'storage', 'statistics', 'measures', 'experiment', 'scene', 'charts'],
  offline: [],
  // What a record says, in numbers, series, tables and sentences.
  readings: [
    ...[
      'recipe',
      'record',
      'storage/sha256',
      'log/sampleLog',
      'log/siteLogs',
      'statistics',
      'profile',
      'measures',
      'experiment',
      'scene',
      'charts',
      'paper/tables',
    ],
    ...['engine/losses/actionLosses', 'engine/objective/terms'],
  ],
  // The program's own files and links.
  files: [...['recipe', 'record', 'storage', 'log', 'measures', 'experiment', 'charts/export', 'readings'], 'engine/peft'],
  learn: [
    'recipe',
    'record',
    'statistics',
    'measures',
    'experiment',
    'charts/attention/attentionSlice',
    'charts/export/table',
    'readings',
  ],
  page: [
    ...['recipe', 'record', 'storage', 'log', 'statistics', 'model', 'profile', 'engine', 'measures', 'experiment', 'runtime'],
    ...['scene', 'charts', 'paper', 'offline', 'readings', 'files', 'learn'],
  ],
  cli: [
    ...['recipe', 'record', 'storage', 'log', 'statistics', 'gpu', 'model', 'profile', 'engine', 'measures', 'experiment'],
    ...['runtime', 'scene', 'charts', 'paper', 'readings'],
  ],
  // The engine for other programs.
  library: [
    ...['recipe', 'record', 'storage', 'log', 'statistics', 'gpu', 'model', 'engine', 'measures', 'experiment'],
    'cli/diskSource',
  ],
  verify: ['recipe', 'record', 'log', 'statistics', 'gpu', 'model', 'engine', 'cli'],
};

/** The page's own rooms, each of which imports itself, those to its right, and what the page may import. */
const PAGE = ['shell', 'features', 'state', 'ui'];

/** The experiment's rooms: each imports itself and those before it. `runExperiment.ts` and what survives a lost device are above them all. */
const EXPERIMENT = ['prepare', 'train', 'evaluate', 'forecast', 'inspect', 'operate', 'grid', 'job'];

/** Shared test code, and tests themselves, may import anything. */
const TESTS = '\\.test\\.tsx?$|\\.campaign\\.ts$|^src/testing/';

module.exports = {
  forbidden: [
    ...Object.entries(ROOMS).map(([room, allowed]) => ({
      name: `from ${room}`,
      severity: 'error',
      from: { path: `^src/${room}/`, pathNot: TESTS },
      to: { path: '^src/', pathNot: [room, 'words', ...allowed].map((one) => `^src/${one}[/.]`) },
    })),
    ...PAGE.map((room, place) => ({
      name: `from the page's ${room}`,
      severity: 'error',
      from: { path: `^src/page/${room}/`, pathNot: TESTS },
      to: { path: '^src/page/', pathNot: PAGE.slice(place).map((one) => `^src/page/${one}/`) },
    })),
    ...EXPERIMENT.map((room, place) => ({
      name: `from the experiment's ${room}`,
      severity: 'error',
      from: { path: `^src/experiment/${room}/`, pathNot: TESTS },
      to: { path: '^src/experiment/', pathNot: EXPERIMENT.slice(0, place + 1).map((one) => `^src/experiment/${one}/`) },
    })),
    {
      name: 'the experiment is its rooms',
      severity: 'error',
      from: {
        path: '^src/experiment/',
        pathNot: [
          TESTS,
          '^src/experiment/(runExperiment|throughLosses)\\.ts$',
          ...EXPERIMENT.map((room) => `^src/experiment/${room}/`),
        ],
      },
      to: {},
    },
    {
      name: 'a feature of the page imports no other',
      severity: 'error',
      from: { path: '^src/page/features/([^/]+)/', pathNot: TESTS },
      to: { path: '^src/page/features/', pathNot: '^src/page/features/$1/' },
    },
    {
      name: 'stores are made in one place',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/page/state/store\\.ts$' },
      to: { path: 'node_modules/zustand' },
    },
    {
      name: 'the page is its rooms',
      severity: 'error',
      from: { path: '^src/page/', pathNot: PAGE.map((room) => `^src/page/${room}/`) },
      to: {},
    },
    {
      name: 'a room that is not drawn',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: [...Object.keys(ROOMS), 'testing'].map((room) => `^src/${room}/`) },
      to: {},
    },
    { name: 'tests only', severity: 'error', from: { path: '^src/', pathNot: TESTS }, to: { path: TESTS } },
    { name: 'no cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(node_modules|dist|\\.cache)' },
  },
};
