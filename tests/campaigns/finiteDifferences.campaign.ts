/** PyTorch's gradients of every fixture case against finite differences. */
import type { Campaign, Figures } from '../../src/testing/campaign';
import { evaluatePython, hasModules, runPython, type PythonAnswer } from '../../src/testing/python';

const campaign: Campaign = {
  claim: 'the gradients of PyTorch agree with finite differences to 1e-5, and padding changes no tensor by more than 1e-6',
  cases: 100,
  sample: 1,
  missing: async () => ((await hasModules('torch', 'safetensors')) ? null : 'there is no PyTorch here'),
  open: async () => ({
    cases: JSON.parse(printed(await evaluatePython('from oracle.fixture_cases import CASES; print(len(CASES))'))) as number,
    run: async (index) => JSON.parse(printed(await runPython('oracle.check_case', [String(index)]))) as Figures,
  }),
};
export default campaign;

function printed({ status, stdout, stderr }: PythonAnswer): string {
  if (status !== 0) throw new Error(stderr);
  return stdout.toString();
}
