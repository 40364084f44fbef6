/** A contestant in a process of its own: answers the requests of `node.ts` until its parent lets go. */
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
