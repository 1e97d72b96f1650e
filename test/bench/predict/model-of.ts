import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { catalogueModelSchema, type ModelShape } from '../../../electron/contract/model'
import { guessShape, type ModelSize } from '../../../electron/core/recommend/model-size'
import { knownMixtures, knownShapes } from './known-shapes'
import { bitsOf, quantisationOf } from './quantisations'
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
  const bytes =
    row.weightsGiB !== null && row.weightsGiB > 0
      ? row.weightsGiB * 1024 ** 3
      : (bytesInNotes(row.notes) ?? (parameters * bitsOf(quantisationOf(row))) / 8)
  return {
    shape: known?.shape ?? guessed(parameters, active, mixtureNamed(row.model)?.layers ?? null),
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
function countsOf({ model, parametersB, activeB }: PerfRow, known: Known | null): { parameters: number; active: number } | null {
  const named = mixtureNamed(model) ?? parametersInName(model)
  const total = believed(parametersB, known) ?? known?.billions ?? named.total
  if (total === null || total <= 0) return null
  const active = activeB ?? known?.activeBillions ?? named.active ?? total
  return active <= 0 ? null : { parameters: total * 1e9, active: active * 1e9 }
}

const believed = (parametersB: number | null, known: Known | null) =>
  known !== null && parametersB !== null && Math.abs(parametersB / known.billions - 1) > 0.15 ? null : parametersB

/** A mixture of unknown shape has the depth of a dense model of the geometric mean of both counts. */
function guessed(parameters: number, active: number, layers: number | null): ModelShape {
  if (active >= parameters) return guessShape(parameters)
  const shape = guessShape(Math.sqrt(parameters * active))
  const depth = layers === null ? {} : { layers, fullAttentionLayers: layers }
  return { ...shape, ...depth, experts: 64, expertsUsed: Math.max(1, Math.round((64 * active) / parameters)) }
}

/** What is known of a mixture by its name, the longest that fits; a distilled model has the size its own name tells. */
function mixtureNamed(name: string): { total: number; active: number; layers: number } | null {
  const asked = ` ${plain(name)} `
  const found = knownMixtures.filter(each => asked.includes(` ${each.name} `)).sort((a, b) => b.name.length - a.name.length)[0]
  if (!found || (parametersInName(name).total !== null && !/\db\b/.test(found.name))) return null
  return { total: found.billions, active: found.activeBillions, layers: found.layers }
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
    .replace(/\b(llama|gemma|phi|yi)(\d)/g, '$1 $2')
    .trim()
