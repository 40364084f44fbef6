/** Counts sessions of ONNX Runtime that are created and not yet released. */
import * as ort from 'onnxruntime-web/webgpu';

export function watchSessions(): { readonly open: () => number; readonly created: () => number } {
  const alive = new Set<ort.InferenceSession>();
  let created = 0;
  const factory = ort.InferenceSession as unknown as { create: (...given: unknown[]) => Promise<ort.InferenceSession> };
  const create = factory.create.bind(factory);
  factory.create = async (...given) => {
    const session = await create(...given);
    const release = session.release.bind(session);
    session.release = async () => {
      alive.delete(session);
      await release();
    };
    alive.add(session);
    created += 1;
    return session;
  };
  return { open: () => alive.size, created: () => created };
}
