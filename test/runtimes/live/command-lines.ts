import { startRequestSchema } from '../../../electron/contract/instance'
import type { Setting, SettingValues } from '../../../electron/contract/runtime'
import type { LaunchInput, Runtime } from '../../../electron/core/runtimes/runtime'
import { machineOf } from '../../unit/recommend/machines'

/** Values that reach the ends of what a person may set; texts in the shape that their help asks for. */
function valuesOf({ help, id, value }: Setting): SettingValues[string][] {
  if (value.kind === 'choice') return value.options
  if (value.kind === 'switch') return [true, false]
  if (value.kind === 'text') return [/JSON/.test(help) ? (/\{.*\}/.exec(help)?.[0] ?? '{}') : (parserNames[id] ?? '/models/other')]
  const middle = value.integer ? Math.round((value.least + Math.min(value.most, 4096)) / 2) : (value.least + value.most) / 2
  return [value.least, Math.min(Math.max(middle, value.least), value.most), value.most]
}

/** Names that a parser checks against its own list; every server here has these. */
const parserNames: Readonly<Record<string, string>> = {
  toolParser: 'llama3_json',
  reasoningParser: 'qwen3',
  attention: 'TRITON_ATTN',
  quantisation: 'awq',
}

type Build = LaunchInput['build']

/**
 * Every command line that the adapter can render, as far as each value of each setting and of the common fields comes up at
 * least once, alone and together with the others. Without the name of the program.
 */
export function commandLines(runtime: Runtime, build: Build, text: Readonly<Record<string, string>> = {}): string[][] {
  const settings = runtime.settings ?? []
  const alone = settings.flatMap(setting => valuesFor(setting, text).map(value => ({ [setting.id]: value })))
  const most = Math.max(1, ...settings.map(each => valuesFor(each, text).length))
  const together = Array.from({ length: most }, (_, turn) =>
    Object.fromEntries(
      settings.map(each => {
        const values = valuesFor(each, text)
        return [each.id, values[turn % values.length] ?? values[0] ?? '']
      }),
    ),
  )
  const requests: SettingValues[] = [{}, ...alone, ...together]
  const lines = requests.flatMap((values, index) =>
    shapes.map((shape, turn) => (index > 0 && turn > 0 ? [] : lineOf(runtime, build, { shape, values }))),
  )
  const drafting = runtime.launch?.refusesDraft ? [lineOf(runtime, build, { shape: shapes[0], values: {}, draft: true })] : []
  return [...lines, ...drafting].filter(line => line.length > 0)
}

const valuesFor = (setting: Setting, text: Readonly<Record<string, string>>) =>
  setting.value.kind === 'text' && text[setting.id] !== undefined ? [text[setting.id] ?? ''] : valuesOf(setting)

type Shape = Pick<LaunchInput, 'contextTokens' | 'slots' | 'kvQuantisation'>
const shapes: readonly [Shape, ...Shape[]] = [
  { contextTokens: 4096, slots: 2, kvQuantisation: 'f16' },
  { contextTokens: 128, slots: 1, kvQuantisation: 'q8_0' },
  { contextTokens: 1_048_576, slots: 64, kvQuantisation: 'q4_0' },
]

type Wanted = { shape: Shape; values: SettingValues; draft?: boolean }

function lineOf(runtime: Runtime, build: Build, { shape, values, draft = false }: Wanted): string[] {
  const input: LaunchInput = {
    ...shape,
    request: startRequestSchema.parse({ runtime: runtime.id, build: null, model: 'local/model:BF16', settings: values }),
    build,
    model: { id: 'local/model:BF16', title: 'Model', path: '/models/model', sha256: null, facts: null },
    draft: draft ? { id: 'local/draft:BF16', title: 'Draft', path: '/models/draft', tokens: 3 } : null,
    ...{ route: 'local/model:BF16', machine: machineOf(), threads: 4, gpuLayers: null, port: 8101, key: 'secret', folder: '/run/one' },
  }
  const plan = runtime.launch?.plan(input)
  return plan?.process.kind === 'spawn' ? asParsed(plan.process.args) : []
}

/** What the program parses when its interpreter runs it with the key put behind (`common-python.key.ts`): the words after the script. */
function asParsed(words: readonly string[]): string[] {
  const [first, script = '', , ...rest] = words
  if (first !== '-c') return [...words]
  const flag = /sys\.argv \+= \["([^"]+)"/.exec(script)?.[1]
  return flag === undefined ? rest : [...rest, flag, 'secret']
}
