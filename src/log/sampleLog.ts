/**
 * The log that comes with the page: `data.id` of the run spec, its name, its files below the page's own
 * folder.
 */
export const SAMPLE_LOG = {
  id: 'sample',
  name: 'WordNet General Store',
  folder: 'datasets/wordnet-store',
  files: ['items.csv', 'interactions.csv'],
  /** Beside them: visual features of the items. */
  pictures: 'pictures.json',
  /** Of the embedded model. */
  features: 'features-wordnet-1m.safetensors',
} as const;
