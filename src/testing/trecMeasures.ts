/**
 * Ranking measures from a run and qrels of TREC alone, as trec_eval reads them: by falling score, whatever
 * the order of the lines.
 */
export function trecMeasures(run: string, qrels: string, ks: readonly number[]): Record<string, number> {
  const fields = (text: string): string[][] =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(/\s+/));
  const relevant = fields(qrels).map(([query, , document]) => `${query} ${document}`);
  const queries = new Map<string, { readonly hit: boolean; readonly score: number }[]>();
  for (const [query, , document, , score] of fields(run).reverse()) {
    const found = queries.get(query!) ?? [];
    found.push({ hit: relevant.includes(`${query} ${document}`), score: Number(score) });
    queries.set(query!, found);
  }
  const measures: Record<string, number> = {};
  const count = new Set(fields(qrels).map(([query]) => query)).size;
  for (const found of queries.values()) {
    const place = found.toSorted((a, b) => b.score - a.score).findIndex(({ hit }) => hit) + 1;
    for (const k of ks) {
      const gains =
        place > 0 && place <= k ? { hr: 1, ndcg: Math.LN2 / Math.log(place + 1), mrr: 1 / place } : { hr: 0, ndcg: 0, mrr: 0 };
      for (const [name, gain] of Object.entries(gains)) measures[`${name}@${k}`] = (measures[`${name}@${k}`] ?? 0) + gain / count;
    }
  }
  return measures;
}
