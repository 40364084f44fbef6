/** Which log, and the texts that the model reads from it. */
import { z } from 'zod';
import { templateProblem, type TemplateKind } from '../template';
import { WORDS } from '../words';
import { boundedText, PATH, singleLine } from '../texts';

/** Characters of a template. */
const TEMPLATE = 5000;

/** A template whose fields are all known; the message says what is wrong. */
function templateSchema(kind: TemplateKind): z.ZodString {
  return boundedText(TEMPLATE).superRefine((template, context) => {
    const message = templateProblem(template, kind);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });
}

export const dataSchema = z.object({
  /** `sample` is the WordNet General Store; anything else names a log that the user opened. */
  id: singleLine(PATH).min(1).default('sample').register(WORDS, {
    label: 'Log',
    hint: 'sample is the WordNet General Store; any other value names a log that was opened.',
  }),
  trainingUsers: z.number().int().min(0).default(0).register(WORDS, {
    label: 'Training users',
    hint: 'Users whose histories are trained on, drawn at random; all are evaluated. 0: all of them.',
    stated: true,
  }),
  heldOutCategories: z.number().min(0).max(0.9).default(0).register(WORDS, {
    label: 'Held-out categories',
    hint: 'Share of the categories (the first part of each) whose items are left out of all training histories: targets among them are cold. 0: none.',
    stated: true,
  }),
  itemTemplate: templateSchema('item').default('{title}: {description}.').register(WORDS, {
    label: 'Item text y',
    hint: 'What is generated and reconstructed; item features are computed from it too. In templates, text is the newer name of description.',
  }),
  historyTemplate: templateSchema('history').default('{title}').register(WORDS, {
    label: 'Item in a history',
    hint: 'In the text interface, its tokens; in the token interface, the title feature of its token.',
  }),
  queryTemplate: templateSchema('query')
    .default('{query}')
    .register(WORDS, { label: 'Query in the prompt', hint: 'The search query, after the history.' }),
});
