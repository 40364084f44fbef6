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
  charts: ['recipe/numberText', 'record', 'log', 'statistics', 'measures', 'experiment'],
  paper: ['recipe', 'record', 'storage', 'statistics', 'measures', 'experiment', 'charts'],
  offline: [],
  // The pure parts of the page: number formats, and how its figures read a record.
  learn: [
    ...['recipe', 'record', 'statistics', 'measures', 'experiment', 'charts/attention/attentionSlice'],
    'charts/export/table',
    ...['page/format', 'page/glossary/terms', 'page/figure/armsOf', 'page/figure/ranking/rankingData'],
  ],
  page: [
    ...['recipe', 'record', 'storage', 'log', 'statistics', 'model', 'profile', 'engine', 'measures', 'experiment', 'runtime'],
    ...['charts', 'paper', 'learn'],
  ],
  cli: [
    ...['recipe', 'record', 'storage', 'log', 'statistics', 'gpu', 'model', 'profile', 'engine', 'measures', 'experiment'],
    ...['runtime', 'charts', 'paper', 'page/verdict/writtenTexts'],
  ],
  verify: ['recipe', 'record', 'log', 'statistics', 'gpu', 'model', 'engine', 'cli'],
};

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
