/** A contestant in a dedicated worker. */
import { httpSource } from '../src/model/source/httpSource';
import { memoryStore } from '../src/storage/memoryStore';
import { contestantIn, type Request } from './contestant';
import { modelFolder } from './modelFolder';

const answer = contestantIn({ runtime: 'browser', source: (model) => httpSource(modelFolder(model), memoryStore()) });

self.addEventListener('message', ({ data }: MessageEvent<Request>) => {
  void answer(data).then((reply) => {
    self.postMessage(reply);
  });
});
