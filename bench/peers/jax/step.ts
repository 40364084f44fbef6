/** A training step of docs/method.md in jax-js: loss, gradients, clipping and AdamW in one `jit`. */
import { jit, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import type { StepCase } from '../../cases';
import { named, type StepInputs } from '../../inputs';
import type { Work } from '../../library';
import { loraPairs } from '../lora';
import { batchIndices, headNames, isDecayed } from '../step';
import { floatsOf, matrix } from './arrays';
import { adamW, corrections, type AdamState, type Arrays, type Corrections } from './adamW';
import { decoder, freeze, project, rotations, type Frozen, type Rotations } from './decoder';
import { crossEntropy, normalised } from './losses';

type Constants = { frozen: Frozen; hidden: np.Array; title: np.Array; whole: Rotations; texts: Rotations };
type Indices = { items: np.Array; targets: np.Array; tokens: np.Array };

export function stepWork(benchCase: StepCase, { config, weights, features, parameters, batch }: StepInputs): Work {
  const { spec, items, history, text, lambdaGen, lambdaRec } = benchCase;
  const { training } = spec;
  const { hidden } = config;
  const users = batch.length;
  const length = history + 2 + (lambdaGen > 0 ? text - 1 : 0);

  /** L_act + λ_gen·L_gen + λ_rec·L_rec of a batch. All arguments are borrowed. */
  const objective = (trained: Arrays, { frozen, ...constants }: Constants, indices: Indices): np.Array => {
    const lora = loraPairs(parameters, (_, name) => trained[name]!);
    const affine = (x: np.Array, weight: string, bias: string): np.Array => project(x, trained[weight]!).add(trained[bias]!.ref);
    const bySequence = (x: np.Array): np.Array => x.reshape([users, -1, hidden]);
    const asRows = (x: np.Array): np.Array => x.reshape([-1, x.shape.at(-1)!]);
    const repeated = (row: np.Array): np.Array => np.broadcastTo(row.reshape([1, 1, hidden]), [users, 1, hidden]);
    const rowsOf = (table: np.Array, index: np.Array): np.Array => np.take(table.ref, index.ref, 0);
    const textInput = (): np.Array => bySequence(rowsOf(frozen.embedding, indices.tokens)).slice([], [0, text - 1]);
    const textLoss = (rows: np.Array): np.Array => crossEntropy(project(rows, frozen.embedding), indices.tokens.ref);
    const pass = (parts: np.Array[], positions: Rotations): np.Array =>
      decoder(config, asRows(np.concatenate(parts, 1)), frozen, lora, positions, parameters.layout.loraScale);

    const itemTokens = affine(rowsOf(constants.hidden, indices.items), 'w_in', 'b_in').add(
      rowsOf(constants.title, indices.items),
    );
    const bos = frozen.embedding.ref.slice([config.bosId, config.bosId + 1]);
    const parts = [repeated(bos), bySequence(itemTokens), repeated(trained.emb!.ref)];
    if (lambdaGen > 0) parts.push(textInput());
    const states = bySequence(pass(parts, constants.whole));

    // Item rows but the last one, then [EMB].
    const predicting = [states.ref.slice([], [1, history]), states.ref.slice([], [history + 1, history + 2])];
    const h = normalised(project(asRows(np.concatenate(predicting, 1)), trained.w_o!));
    const e = normalised(project(constants.hidden.ref, trained.w_e!));
    const scores = project(h.ref, e).mul(np.exp(trained.log_scale!.ref));
    e.dispose();
    let total = crossEntropy(scores, indices.targets.ref);
    if (lambdaGen > 0) {
      const rows = asRows(states.ref.slice([], [history + 1, history + 1 + text]));
      total = total.add(textLoss(rows).mul(lambdaGen));
    }
    if (lambdaRec > 0) {
      const interest = h.ref.reshape([users, history, -1]).slice([], history - 1);
      const soft = bySequence(affine(interest, 'w_d', 'b_d'));
      total = total.add(textLoss(pass([soft, textInput()], constants.texts)).mul(lambdaRec));
    }
    tree.dispose([states, h]);
    return total;
  };

  const loss = (trained: Arrays, constants: Constants, indices: Indices): np.Array => {
    const total = objective(trained, constants, indices);
    tree.dispose([trained, constants, indices]);
    return total;
  };

  const update = jit(
    (state: AdamState, constants: Constants, indices: Indices, correction: Corrections): [AdamState, np.Array, np.Array] => {
      const [value, gradients] = valueAndGrad(loss)(tree.ref(state.trained), constants, indices);
      const squares = Object.values(gradients).map((gradient) => np.square(gradient.ref).sum());
      const gradNorm = np.sqrt(squares.reduce((sum, one) => sum.add(one)));
      const factor = np.minimum(np.reciprocal(gradNorm.ref.add(1e-6)).mul(training.clipNorm), 1);
      return [adamW(state, gradients, factor, correction, training, isDecayed), value, gradNorm];
    },
  );

  const trained: Arrays = {};
  const add = (name: string): void => {
    const { values, rows } = named(parameters, name);
    trained[name] = matrix(values, rows);
  };
  loraPairs(parameters, (_, name) => {
    add(name);
  });
  headNames(benchCase).forEach(add);
  const zeros = (): Arrays => tree.map((parameter: np.Array) => np.zerosLike(parameter), tree.ref(trained));
  const constants: Constants = {
    frozen: freeze(config, weights),
    hidden: matrix(features.hidden, items),
    title: matrix(features.title, items),
    whole: rotations(config, length),
    texts: rotations(config, text),
  };
  let state: AdamState = { trained, m: zeros(), v: zeros() };
  let step = 0;
  let last = { loss: NaN, gradNorm: NaN };
  return {
    async run() {
      const drawn = batchIndices(batch);
      const indices = { items: np.array(drawn.items), targets: np.array(drawn.targets), tokens: np.array(drawn.tokens) };
      step += 1;
      const [next, value, gradNorm] = update(state, tree.ref(constants), indices, corrections(step, training));
      state = next;
      const [[loss = NaN], [norm = NaN]] = await Promise.all([floatsOf(value), floatsOf(gradNorm)]);
      last = { loss, gradNorm: norm };
    },
    outcome: () => Promise.resolve(last),
  };
}
