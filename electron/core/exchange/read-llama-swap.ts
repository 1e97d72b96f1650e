import * as z from 'zod'
import { Failure } from '../../contract/failure'
import type { Imported, ImportedModel } from '../../contract/exchange'
import type { Runtime } from '../runtimes/runtime'
import { shellWords } from './shell-words'
import { startOf } from './start-of-command'
import { readYaml } from './yaml'

const macrosSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish()
const groupsSchema = z.record(z.string(), z.looseObject({ members: z.array(z.string()).nullish() })).nullish()

/** What is read of a llama-swap file (config-schema.json of mostlygeek/llama-swap); the rest is kept out and said so. */
const fileSchema = z.looseObject({
  macros: macrosSchema,
  globalTTL: z.number().nullish(),
  models: z.record(
    z.string(),
    z.looseObject({
      cmd: z.string(),
      name: z.string().nullish(),
      description: z.string().nullish(),
      env: z.array(z.string()).nullish(),
      aliases: z.array(z.string()).nullish(),
      ttl: z.number().nullish(),
      macros: macrosSchema,
    }),
  ),
  groups: groupsSchema,
  routing: z.looseObject({ router: z.looseObject({ settings: z.looseObject({ groups: groupsSchema }).nullish() }).nullish() }).nullish(),
})
type SwapFile = z.infer<typeof fileSchema>

/**
 * A llama-swap configuration as models that we could start. Macros are replaced; commands of runtimes that we know become start
 * requests, others stay commands. Throws Failure `bad-input` when it is no such file.
 */
export function readLlamaSwap(text: string, runtimes: readonly Runtime[]): Imported {
  const parsed = fileSchema.safeParse(readYaml(text))
  if (!parsed.success) throw new Failure('bad-input', `This is no llama-swap file: ${z.prettifyError(parsed.error).split('\n')[0] ?? ''}`)
  const file = parsed.data
  const groupOf = groupsOf(file)
  const models = Object.entries(file.models).map(([name, model]) => readModel({ name, model, file, groupOf, runtimes }))
  return { models, notes: fileNotes(file) }
}

type ModelInput = {
  name: string
  model: SwapFile['models'][string]
  file: SwapFile
  groupOf: ReadonlyMap<string, string>
  runtimes: readonly Runtime[]
}

function readModel({ name, model, file, groupOf, runtimes }: ModelInput): ImportedModel {
  const macros = new Map([...textsOf(file.macros), ...textsOf(model.macros), ['MODEL_ID', name]])
  const command = shellWords(expand(model.cmd, macros))
  const environment = (model.env ?? []).map(each => expand(each, macros))
  const ttl = model.ttl ?? file.globalTTL ?? 0
  const start = startOf({ command, environment }, runtimes)
  return {
    name,
    description: model.description ?? model.name ?? null,
    command,
    ...start,
    notes: [...unknownMacros(command), ...start.notes, ...leftOut(model)],
    aliases: model.aliases ?? [],
    idleSeconds: ttl > 0 ? ttl : null,
    group: groupOf.get(name) ?? null,
  }
}

const textsOf = (macros: SwapFile['macros']) => Object.entries(macros ?? {}).map(([key, value]): [string, string] => [key, String(value)])

function unknownMacros(command: readonly string[]): string[] {
  const unknown = [...new Set(command.join(' ').match(/\$\{(?!PORT\}|PID\})[^}]*\}/g) ?? [])]
  return unknown.length > 0 ? [`These macros are not known: ${unknown.join(', ')}.`] : []
}

/** What of a model is read, and what is llama-swap's own way to reach it, which we have ourselves. */
const readKeys = new Set([
  'cmd',
  'name',
  'description',
  'env',
  'aliases',
  'ttl',
  'macros',
  'proxy',
  'checkEndpoint',
  'useModelName',
  'metadata',
])

/** Every further line of a model, by its name and text. */
const leftOut = (model: SwapFile['models'][string]): string[] =>
  Object.entries(model)
    .filter(([key, value]) => !readKeys.has(key) && value !== null && value !== undefined)
    .map(([key, value]) => `"${key}" is not taken over: ${shown(value)}`)

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

/** Macros may stand in macros; one that stands in itself is left after a few rounds. */
function expand(text: string, macros: ReadonlyMap<string, string>): string {
  let now = text
  for (let round = 0; round < 8; round += 1) {
    const next = now.replaceAll(/\$\{([\w-]+)\}/g, (whole, key: string) => macros.get(key) ?? whole)
    if (next === now || next.length > 100_000) break
    now = next
  }
  return now
}

/** Older files name groups at the top, newer ones in the settings of the router. */
function groupsOf({ groups, routing }: SwapFile): Map<string, string> {
  const all = { ...groups, ...routing?.router?.settings?.groups }
  return new Map(Object.entries(all).flatMap(([group, { members }]) => (members ?? []).map((member): [string, string] => [member, group])))
}

const understood = new Set([
  'macros',
  'globalTTL',
  'models',
  'groups',
  'routing',
  'startPort',
  'healthCheckTimeout',
  'logLevel',
  'logToStdout',
])

const fileNotes = (file: SwapFile) =>
  Object.entries(file)
    .filter(([key]) => !understood.has(key))
    .map(([key, value]) => `"${key}" of the file is not taken over: ${shown(value)}`)
