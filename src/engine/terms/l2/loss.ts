/**
 * L_l2 on the GPU, through products of rank × rank: ‖B·A‖² = Σ (BᵀB)∘(AAᵀ), with gradients B·(AAᵀ) and
 * (BᵀB)·A.
 */
import type { Tensor } from '../../../gpu/tensor';
import type { Matrix } from '../../gemm/gemm';
import type { LoraGroup, LoraTarget } from '../../parameters';
import { addInnerProduct } from '../../rows/rows';
import type { TermLoss, TermParts, TermStep } from '../termLoss';

export function distanceOfWeights({ context, layout }: TermParts): TermLoss {
  const square = layout.loraRank ** 2;
  const ofA = context.memory.tensor(square, 'A·Aᵀ of a projection');
  const ofB = context.memory.tensor(square, 'Bᵀ·B of a projection');
  return {
    scope: 'distance of weights',
    into: 'interest',
    load: () => undefined,
    add: (step) => {
      for (const groups of layout.lora) {
        for (const group of Object.values(groups)) {
          for (const target of group.targets) addTarget({ context, ofA, ofB }, group, target, step);
        }
      }
    },
  };
}

function addTarget(
  { context, ofA, ofB }: Pick<TermParts, 'context'> & Readonly<Record<'ofA' | 'ofB', Tensor>>,
  { a, inputSize }: LoraGroup,
  { b, firstColumn }: LoraTarget,
  { arm, views, gradients, share, weight, report, slot }: TermStep,
): void {
  if (a === null) return;
  const { gemm } = context;
  const { rows: outputs, columns: rank } = b;
  const squares = share * arm.loraScale ** 2;
  const inA = (tensor: Tensor): Matrix => ({ tensor, stride: inputSize, offset: firstColumn * inputSize });
  const inB = (tensor: Tensor): Matrix => ({ tensor, stride: rank });
  const [matrixA, matrixB] = [inA(views.parameters.slot(a)), inB(views.parameters.slot(b))];
  const [productA, productB] = [inB(ofA), inB(ofB)];
  gemm.run({ kind: 'NT', rows: rank, columns: rank, depth: inputSize, a: matrixA, b: matrixA, out: productA });
  gemm.run({ kind: 'TN', rows: rank, columns: rank, depth: outputs, a: matrixB, b: matrixB, out: productB });
  addInnerProduct(context, rank * rank, { x: ofA, y: ofB, out: report, slot, factor: squares / 2 });
  const added = { depth: rank, alpha: weight * squares, accumulate: true } as const;
  const dA = inA(gradients.slot(a));
  const dB = inB(gradients.slot(b));
  gemm.run({ kind: 'NN', rows: outputs, columns: rank, a: matrixB, b: productA, out: dB, ...added });
  gemm.run({ kind: 'NN', rows: rank, columns: inputSize, a: productB, b: matrixA, out: dA, ...added });
}
