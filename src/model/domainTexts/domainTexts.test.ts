import { expect, it } from 'vitest';
import { runSpecSchema } from '../../recipe/runSpec';
import { domainTextsOf, replayTextsOf } from './domainTexts';

it('never replays a text that measures domain drift, whatever number is measured', () => {
  const own = Array.from({ length: 100 }, (_, index) => `text ${index}`);
  for (const domainTexts of [[], own])
    for (const texts of [1, 12, 64]) {
      const spec = runSpecSchema.parse({ evaluation: { domainTexts, texts } });
      const [measured, replayed] = [domainTextsOf(spec), replayTextsOf(spec)];
      expect(measured).toHaveLength(texts);
      expect(replayed).toHaveLength(domainTexts.length > 0 ? 36 : 512);
      expect(new Set([...measured, ...replayed]).size).toBe(measured.length + replayed.length);
    }
  expect(replayTextsOf(runSpecSchema.parse({ evaluation: { domainTexts: own.slice(0, 64) } }))).toEqual([]);
});
