import type { PerfRow } from './rows'

/** Mean bits per weight of the usual quantisations (llama.cpp, tools/quantize/README.md, Llama 3.1 8B; MLX groups of 64; AWQ of 128). */
const bits: readonly (readonly [RegExp, number])[] = [
  [/^(f32|fp32)/, 32],
  [/^(b?f16|fp16|)$/, 16],
  [/^(fp8|f8|w8a8|e4m3)/, 8.3],
  [/^mxfp4/, 4.35],
  [/^(nvfp4|fp4)/, 4.7],
  [/^(q8|8bit|int8|w8a16)/, 8.5],
  [/^(q6|6bit)/, 6.56],
  [/^q5_k_s|^q5_0/, 5.57],
  [/^(q5|5bit)/, 5.7],
  [/^q4_1/, 5.2],
  [/^q4_k_s|^q4_0|^iq4_nl/, 4.66],
  [/^iq4_xs/, 4.46],
  [/^(q4|iq4|4bit|awq|gptq|int4|mq4|nf4|w4a16|hqq)/, 4.89],
  [/^iq3_xxs/, 3.25],
  [/^(q3|iq3|3bit)/, 4],
  [/^iq2_xx?s/, 2.4],
  [/^(q2|iq2|2bit)/, 3.16],
  [/^tq2/, 2.1],
  [/^(iq1|tq1)/, 2],
]

const inNamePattern = /(?:^|[-_.: ])((?:iq|tq|q)\d[a-z0-9_]*|[bf]p?f?16|fp8|mxfp4|nvfp4|awq|gptq|w4a16|w8a8|int[48]|[2-8][- ]?bit)/i

/** As the row or the name says, in lower case; Ollama's tags without one are Q4_K_M, as its library says. */
export function quantisationOf({ quantisation, model, runtime }: PerfRow): string {
  const inName = inNamePattern.exec(model)?.[1] ?? ''
  const text = plainName(quantisation || inName)
  if (text !== '') return text
  return /ollama/i.test(runtime) || /:/.test(model) ? 'q4_k_m' : /mlx/i.test(runtime) ? '4bit' : 'f16'
}

/** `UD-Q4_K_XL`, `MLX 4-bit`, `GPTQ-Int8`, `EXL2 4.0bpw`: the part that tells how many bits. */
function plainName(text: string): string {
  const lower = text.trim().toLowerCase().replace(/^ud-/, '')
  const perWeight = /(\d+(?:\.\d+)?) ?bpw/.exec(lower)
  if (perWeight) return `${perWeight[1]}bpw`
  const stripped = lower
    .replace(/^(mlx|gguf|exl[23]|bnb|bitsandbytes|hqq|autoround|gptq|awq|torchao)[-_ ]+(?=\S)/, '')
    .replace(/(\d)[- ]bits?$/, '$1bit')
  return stripped.replace(/ /g, '_')
}

/** Mean bits per weight; what is not known is taken as a quantisation of four bits. */
export function bitsOf(quantisation: string): number {
  const told = /^(\d+(?:\.\d+)?)bpw$/.exec(quantisation)
  if (told) return Number(told[1])
  return bits.find(([pattern]) => pattern.test(quantisation))?.[1] ?? 4.89
}
