/** jax-js on WebGPU, in its own idiom: one `jit` over `valueAndGrad`. */
import { blockUntilReady, defaultDevice, init, jit, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { norm, productOutcome, type Library, type Work } from '../../library';
import { loraPairs } from '../lora';
import { floatsOf, matrix } from './arrays';
import { attention, decoder, freeze, project, rotations, type Frozen, type LoraLayer, type Rotations } from './decoder';
import { crossEntropy } from './losses';
import { stepWork } from './step';

/** Texts in a batch. */
const EMBEDDED = 128;

/** @throws Error when jax-js finds no adapter. */
export async function openJax(): Promise<Library> {
  if (!(await init('webgpu')).includes('webgpu')) throw new Error('jax-js has no WebGPU device here');
  defaultDevice('webgpu');
  return {
    matmul({ rows, depth }, inputs, times) {
      const a = matrix(inputs.a, rows);
      const b = matrix(inputs.b, depth);
      const product = jit((x: np.Array, y: np.Array) => np.matmul(x, y));
      let c: np.Array[] = [];
      return Promise.resolve({
        async run() {
          tree.dispose(c);
          c = Array.from({ length: times }, () => product(a.ref, b.ref));
          await blockUntilReady(c);
        },
        async outcome() {
          return productOutcome(await floatsOf(c[0]!.ref));
        },
      });
    },

    block({ config, sequences, length }, { weights, parameters, x, upstream }) {
      const { layers, finalNorm } = freeze(config, weights);
      type Constants = { frozen: Omit<Frozen, 'embedding'>; positions: Rotations; g: np.Array };
      type Trained = { x: np.Array; lora: LoraLayer[] };
      const rows = sequences * length;
      const constants: Constants = {
        frozen: { layers, finalNorm },
        positions: rotations(config, length),
        g: matrix(upstream, rows),
      };
      const trained: Trained = { x: matrix(x, rows), lora: loraPairs(parameters, ({ values, rows: n }) => matrix(values, n)) };
      const loss = ({ x: input, lora }: Trained, { frozen, positions, g }: Constants): np.Array => {
        const y = decoder(config, input, frozen, lora, positions, parameters.layout.loraScale);
        tree.dispose([lora, frozen, positions]);
        return y.mul(g).sum();
      };
      const differentiated = jit(valueAndGrad(loss));
      return Promise.resolve(gradientWork(() => differentiated(tree.ref(trained), tree.ref(constants))));
    },

    crossEntropy({ rows, columns }, inputs) {
      const h = matrix(inputs.h, rows);
      const e = matrix(inputs.e, columns);
      const targets = np.array(Int32Array.from(inputs.targets));
      const loss = (given: np.Array, weight: np.Array, target: np.Array): np.Array => {
        const logits = project(given, weight);
        weight.dispose();
        return crossEntropy(logits, target);
      };
      const differentiated = jit(valueAndGrad(loss));
      return Promise.resolve(gradientWork(() => differentiated(h.ref, e.ref, targets.ref)));
    },

    attention({ heads, kvHeads, headSize, sequences, length }, inputs) {
      const [first, last] = [heads * headSize, (heads + kvHeads) * headSize];
      const rows = matrix(inputs.qkv, sequences * length);
      const split = (x: np.Array, count: number): np.Array => x.reshape([sequences, length, count, headSize]);
      const trained = {
        q: split(rows.ref.slice([], [0, first]), heads),
        k: split(rows.ref.slice([], [first, last]), kvHeads),
        v: split(rows.slice([], [last]), kvHeads),
      };
      const g = matrix(inputs.upstream, sequences * length);
      const loss = ({ q, k, v }: typeof trained, upstream: np.Array): np.Array => attention(q, k, v).mul(upstream).sum();
      const differentiated = jit(valueAndGrad(loss));
      return Promise.resolve(gradientWork(() => differentiated(tree.ref(trained), g.ref)));
    },

    embed({ tokens }, { config, weights, texts }) {
      const { embedding, ...frozen } = freeze(config, weights);
      const constants = { embedding, frozen, positions: rotations(config, tokens) };
      const means = jit((ids: np.Array, { embedding: table, frozen: layers, positions }: typeof constants): np.Array => {
        const hidden = decoder(config, np.take(table, ids, 0), layers, null, positions, 0);
        tree.dispose([layers, positions]);
        return hidden.reshape([-1, tokens, config.hidden]).mean(1);
      });
      let found: Float32Array[] = [];
      return Promise.resolve({
        async run() {
          found = [];
          // All batches have one shape, which is compiled once.
          for (let first = 0; first < texts.length; first += EMBEDDED) {
            const batch = texts.slice(first, first + EMBEDDED);
            const ids = new Int32Array(EMBEDDED * tokens);
            ids.set(batch.flat());
            const values = await floatsOf(means(np.array(ids), tree.ref(constants)));
            found.push(values.slice(0, batch.length * config.hidden));
          }
        },
        outcome: () => Promise.resolve(productOutcome(found.flatMap((values) => [...values]))),
      });
    },

    step: (benchCase, inputs) => Promise.resolve(stepWork(benchCase, inputs)),
  };
}

function gradientWork<Gradients>(differentiated: () => [np.Array, Gradients]): Work {
  let gradients: Gradients | null = null;
  let loss = NaN;
  return {
    async run() {
      tree.dispose(gradients as never);
      const [value, next] = differentiated();
      gradients = next;
      // All results of a jitted call are queued together, so when the loss is ready, they are too.
      [loss = NaN] = await floatsOf(value);
    },
    async outcome() {
      const leaves = tree.leaves(tree.ref(gradients as never)) as np.Array[];
      return { loss, gradNorm: norm(await Promise.all(leaves.map(floatsOf))) };
    },
  };
}
