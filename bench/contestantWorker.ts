/** A contestant in a dedicated worker. */
import { contestantIn, type Request } from './contestant';
import { ORT_WASM_URL } from '../src/model/ortAssets';
import { siteFile, siteModel } from './siteFiles';

const answer = contestantIn({
  runtime: 'browser',
  source: siteModel,
  asset: async (path) => {
    const response = await fetch(siteFile(path));
    if (!response.ok) throw new Error(`${path}: the server answered ${response.status}`);
    return response.arrayBuffer();
  },
  ort: { wasmUrl: ORT_WASM_URL },
});

self.addEventListener('message', ({ data }: MessageEvent<Request>) => {
  void answer(data).then((reply) => {
    self.postMessage(reply);
  });
});
