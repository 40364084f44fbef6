/** A contestant in its own process: answers the requests of `node.ts` until its parent disconnects. */
import { contestantIn, type Request } from './contestant';
import { nodeRealm } from './nodeRealm';

/** @param root the repository's folder */
export async function answerParent(root: string): Promise<void> {
  const answer = contestantIn(await nodeRealm(root));
  process.on('message', (request: Request) => {
    void answer(request).then((reply) => process.send!(reply));
  });
  await new Promise<void>((resolve) => {
    process.once('disconnect', resolve);
  });
}
