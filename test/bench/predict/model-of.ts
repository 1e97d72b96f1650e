import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { catalogueModelSchema, type ModelShape } from '../../../electron/contract/model'
import { guessShape, type ModelSize } from '../../../electron/core/recommend/model-size'
import { knownShapes } from './known-shapes'
import type { PerfRow } from './rows'

const file = join(process.cwd(), 'resources', 'knowledge', 'models.json')
const catalogue = z.object({ models: z.array(catalogueModelSchema) }).parse(JSON.parse(readFileSync(file, 'utf8'))).models

/**
 * What a name says of a model: size, shape and weights. Columns win over the name; a shape comes from the catalogue or
 * `known-shapes.ts`, else an ordinary one of that size is taken. Null when not even the number of parameters is known.
 */
export function modelOf(row: PerfRow): ModelSize | null {
  const known = shapeOf(row.model)
  const counts = countsOf(row, known)
  if (counts === null) return null
  const { parameters, active } = counts
  const bytes = row.weightsGiB !== null ? row.weightsGiB * 1024 ** 3 : (bytesInNotes(row.notes) ?? (parameters * bitsOf(row)) / 8)
  return {
    shape: known?.shape ?? guessed(parameters, active),
    shapeKnown: known !== null,
    parameters,
    activeParameters: Math.min(parameters, active),
    weightsBytes: bytes,
    layerBytes: null,
    basis: 'shape',
    quantisation: quantisationOf(row),
  }
}

/** A column that contradicts a known model is taken for a rounded name (`2B` of an E2B) and not believed. */
function countsOf(row: PerfRow, known: Known | null): { parameters: number; active: number } | null {
  const named = parametersInName(row.model)
  const contradicts = known !== null && row.parametersB !== null && Math.abs(row.parametersB / known.billions - 1) > 0.15
  const told = contradicts ? null : row.parametersB
  const total = told ?? known?.billions ?? named.total
  if (total === null || total <= 0) return null
  const active = row.activeB ?? known?.activeBillions ?? named.active ?? total
  return { parameters: total * 1e9, active: active * 1e9 }
}

/** A mixture of unknown shape has the depth of a dense model of the geometric mean of both counts. */
function guessed(parameters: number, active: number): ModelShape {
  if (active >= parameters) return guessShape(parameters)
  return { ...guessShape(Math.sqrt(parameters * active)), experts: 64, expertsUsed: Math.max(1, Math.round((64 * active) / parameters)) }
}

const bytesInNotes = (notes: string) => {
  const found = /([\d.]+) GB file/.exec(notes)
  return found ? Number(found[1]) * 1e9 : null
}

/** `Qwen3-30B-A3B` -> 30 and 3, `gpt-oss:20b` -> 20, `Mixtral-8x7B` -> 46.7 and 12.9, `LFM2.5-350M` -> 0.35. */
export function parametersInName(name: string): { total: number | null; active: number | null } {
  const many = /(\d+)x(\d+(?:\.\d+)?)b/i.exec(name)
  if (many) return { total: Number(many[1]) * Number(many[2]) * 0.83, active: Number(many[2]) * 1.84 }
  const active = /a(\d+(?:\.\d+)?)(b|m)(?![a-z])/i.exec(name)
  const total = /(?<![a-z\d.])e?(\d+(?:[._]\d+)?)(b|m)(?![a-z]{2})/i.exec(name)
  const billions = (found: RegExpExecArray | null) =>
    found ? Number((found[1] ?? '').replace('_', '.')) / (found[2]?.toLowerCase() === 'm' ? 1000 : 1) : null
  return { total: billions(total), active: billions(active) }
}

/** Mean bits per weight of the usual quantisations (llama.cpp, tools/quantize/README.md, Llama 3.1 8B; MLX groups of 64; AWQ of 128). */
const bits: readonly (readonly [RegExp, number])[] = [
  [/^(b?f16|fp16|)$/, 16],
  [/^(fp8|f8)/, 8.3],
  [/mxfp4/, 4.35],
  [/nvfp4/, 4.7],
  [/^(q8|8bit|8-bit|int8)/, 8.5],
  [/^q6/, 6.56],
  [/^q5_k_s|^q5_0/, 5.57],
  [/^q5/, 5.7],
  [/^q4_k_s|^q4_0|^iq4_nl/, 4.66],
  [/^iq4_xs/, 4.46],
  [/^(q4|4bit|4-bit|awq|gptq|int4|mq4)/, 4.89],
  [/^iq3_xxs/, 3.25],
  [/^(q3|iq3)/, 4],
  [/^(q2|iq2)/, 3.16],
  [/^iq1/, 2],
]

/** As the row or the name says; Ollama's tags without one are Q4_K_M, as its library says. */
function quantisationOf({ quantisation, model, runtime }: PerfRow): string {
  const inName = /(?:^|[-_.:])((?:iq|q)\d[a-z0-9_]*|[bf]p?f?16|fp8|mxfp4|nvfp4|awq|gptq|[48]bit)/i.exec(model)?.[1] ?? ''
  const text = (quantisation || inName).toLowerCase().replace(/^ud-/, '')
  if (text !== '') return text
  return /ollama/i.test(runtime) || /:/.test(model) ? 'q4_k_m' : /mlx/i.test(runtime) ? '4bit' : 'f16'
}

const bitsOf = (row: PerfRow): number => bits.find(([pattern]) => pattern.test(quantisationOf(row)))?.[1] ?? 4.89

type Known = { billions: number; activeBillions: number | null; shape: ModelShape }

/** The catalogue's entry whose name is contained in this name, the longest first. */
function shapeOf(name: string): Known | null {
  const asked = plain(name)
  const entries = [
    ...catalogue.map(each => ({
      key: plain(each.id.split('/')[1] ?? each.id).replace(/ (instruct|it|2507|2512|base)\b/g, ''),
      known: {
        billions: each.parameters / 1e9,
        activeBillions: each.activeParameters < each.parameters ? each.activeParameters / 1e9 : null,
        shape: each.shape,
      },
    })),
    ...knownShapes.map(each => ({ key: each.name, known: { billions: each.billions, activeBillions: null, shape: each.shape } })),
  ]
  const found = entries.filter(({ key }) => ` ${asked} `.includes(` ${key} `)).sort((a, b) => b.key.length - a.key.length)[0]
  return found?.known ?? null
}

const plain = (name: string) =>
  name
    .toLowerCase()
    .replace(/^[^/]*\//, '')
    .replace(/\.gguf$/, '')
    .replace(/[^a-z0-9.]+/g, ' ')
    .trim()
