/** What models are asked to read and to continue. */

/** Continued greedily; logits are compared on them. */
export const PROMPTS = [
  'The capital of France is',
  'red wine: a wine having a red color. kind of red wine:',
  'def add(a, b):\n    return',
] as const;

/** Plain prose on which perplexity is measured, 230 words. */
export const PROSE = [
  'Water expands when it freezes, which is why ice floats and why a full bottle left outside on a cold night may be broken in the morning. Most other liquids shrink.',
  'The library was built in 1904 with money that a merchant had left to the town. It has two reading rooms, one of which looks over the river, and about forty thousand books.',
  'To make the soup, cut two onions and a carrot into small pieces, fry them in butter until they are soft, and add a litre of stock. After twenty minutes, season it with salt and pepper.',
  'She had promised to call before the train left, but the line was busy, and by the time somebody answered the platform was empty. He walked home through the rain without his umbrella.',
  'A triangle whose sides are three, four and five units long has a right angle. Builders have used a rope with twelve equal parts to mark corners since antiquity.',
  'The committee will meet on Tuesday to decide whether the old bridge should be repaired or replaced. Repairing it costs less now, but engineers expect that it would have to be closed again within ten years.',
] as const;

/** Titles and texts of the items of the batch whose gradients are compared. */
export const GRADIENT_ITEMS = [
  ['red wine', 'red wine: a wine having a red color'],
  ['umbrella', 'umbrella: a portable canopy that keeps off the rain'],
  ['carrot', 'carrot: a long orange root that is eaten'],
  ['bridge', 'bridge: a structure that carries a road over a river'],
  ['onion', 'onion: a bulb with a strong smell'],
  ['rope', 'rope: a strong line of twisted fibres'],
  ['bottle', 'bottle: a vessel with a narrow neck'],
  ['train', 'train: railway cars that are pulled by an engine'],
] as const;
