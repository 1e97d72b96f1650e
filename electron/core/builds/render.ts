import { Failure } from '../../contract/failure'
import type { Rendered } from '../../contract/install'
import type { StartRequest } from '../../contract/instance'
import type { Machine } from '../../contract/machine'
import type { LibraryModel } from '../../contract/model'
import type { Build, SettingValues } from '../../contract/runtime'
import type { LaunchInput, LaunchPlan, Runtime } from '../runtimes/runtime'
import { checkSettings, settingsToArguments } from '../runtimes/settings'

export type RenderInput = {
  runtime: Runtime
  build: Build | null
  request: StartRequest
  /** Null when the model is not here: its name stands where its path will. */
  model: LibraryModel | null
  machine: Machine
  knownFlags: ReadonlySet<string> | null
}

/** What a start takes where the person named nothing. */
const usual = { contextTokens: 4096, slots: 2 }
const hidden = '••••'
/** Roundhouse takes a free port for each start. */
const anyPort = 8080

/** The command line that a start would run, with the key hidden, and what had to be left out of it. Pure; nothing is started. */
export function renderCommand(input: RenderInput): Rendered {
  const { runtime, build, knownFlags } = input
  const { kept, problems } = usableSettings(runtime, input.request.settings ?? {})
  const takes = settingFlagsOf(runtime, { build, knownFlags })
  const dropped = settingsToArguments(runtime.settings ?? [], kept, takes).dropped
  const notOffered = build && takes ? settingsWithout(runtime, { build, takes }) : []
  const told = [...problems, ...dropped.map(({ id, why }) => ({ kind: 'unknown-flag' as const, setting: id, text: why }))]
  const usable = { ...input, request: { ...input.request, settings: kept } }
  if (!build || !runtime.launch) {
    const text = build
      ? `Roundhouse does not start ${runtime.title} itself.`
      : `${runtime.title} is not installed; this is its usual command.`
    const problem = { kind: 'not-startable' as const, setting: null, text }
    return {
      build: build?.id ?? null,
      command: [...usualCommand(usable)],
      before: [],
      environment: {},
      problems: [...told, problem],
      notOffered,
    }
  }
  try {
    const plan = runtime.launch.plan(launchInput(usable, build))
    return { build: build.id, ...commandOf(plan), problems: [...told, ...refusals(usable)], notOffered }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    const problems = [...told, { kind: 'refused' as const, setting: null, text }]
    return { build: build.id, command: [], before: [], environment: {}, problems, notOffered }
  }
}

/** The flags that settings may use with a build: what its adapter knows of it, else what it named in its help. */
export function settingFlagsOf({ launch }: Runtime, { build, knownFlags }: Pick<RenderInput, 'build' | 'knownFlags'>) {
  return build && launch?.settingFlags ? launch.settingFlags({ build, knownFlags }) : knownFlags
}

/** Settings none of whose flags this build has. */
function settingsWithout({ settings }: Runtime, { build, takes }: { build: Build; takes: ReadonlySet<string> }): Rendered['notOffered'] {
  return (settings ?? []).flatMap(({ id, flag, value }) => {
    const flags = [flag, value.kind === 'switch' ? value.off : null].filter(each => each !== null)
    if (flags.length === 0 || flags.some(each => takes.has(each))) return []
    return [{ setting: id, why: `${build.title} has no ${flags.join(' or ')}.` }]
  })
}

/** Values that could be passed; of the others, why not. */
function usableSettings(runtime: Runtime, values: SettingValues): { kept: SettingValues; problems: Rendered['problems'] } {
  const problems: Rendered['problems'] = []
  const kept: SettingValues = {}
  for (const [id, value] of Object.entries(values)) {
    try {
      checkSettings(runtime.settings ?? [], { [id]: value })
      kept[id] = value
    } catch (error) {
      const known = runtime.settings?.some(each => each.id === id) ?? false
      const text = error instanceof Failure ? error.message : String(error)
      problems.push({ kind: known ? 'out-of-range' : 'unknown-setting', setting: id, text })
    }
  }
  return { kept, problems }
}

function refusals({ runtime, request, knownFlags, build }: RenderInput): Rendered['problems'] {
  const refused = runtime.launch?.refusedFlags ?? {}
  return request.flags.flatMap((flag): Rendered['problems'] => {
    const name = flag.split('=')[0] ?? flag
    const reason = refused[name]
    if (reason !== undefined) return [{ kind: 'refused', setting: null, text: `${name} cannot be set here: ${reason}` }]
    if (!isUnknownFlag(name, knownFlags)) return []
    return [{ kind: 'unknown-flag', setting: null, text: `${build?.title ?? runtime.title} has no flag ${name}.` }]
  })
}

/** Whether a word is a flag that the build did not name in its help; never when it was not asked, or its help names no flag of one dash. */
export function isUnknownFlag(word: string, known: ReadonlySet<string> | null): boolean {
  if (known === null || !/^--?[A-Za-z]/.test(word)) return false
  const judged = word.startsWith('--') || [...known].some(each => !each.startsWith('--'))
  return judged && !known.has(word.split('=')[0] ?? word)
}

function launchInput({ request, model, machine, knownFlags }: RenderInput, build: Build): LaunchInput {
  const name = request.model
  return {
    ...{ request, build, machine, knownFlags, route: model?.id ?? name },
    model: model ? pick(model) : { id: name, title: name, path: name, sha256: null, facts: null },
    ...chosen(request),
    threads: request.threads ?? machine.cpu.physicalCores ?? 1,
    kvQuantisation: request.kvQuantisation ?? 'f16',
    ...{ port: request.port ?? anyPort, key: hidden, folder: '.' },
  }
}

const pick = ({ id, title, path, sha256, facts }: LibraryModel): LaunchInput['model'] => ({ id, title, path, sha256, facts })

const chosen = ({ contextTokens, slots, gpuLayers }: StartRequest) => ({
  contextTokens: contextTokens ?? usual.contextTokens,
  slots: slots ?? usual.slots,
  gpuLayers,
})

function commandOf({ process }: LaunchPlan): Pick<Rendered, 'command' | 'before' | 'environment'> {
  switch (process.kind) {
    case 'spawn':
      return { command: [process.file, ...process.args], before: [], environment: { ...process.env } }
    case 'engine':
      return { command: ['built-in', JSON.stringify(process.options)], before: [], environment: {} }
    case 'service': {
      const before = process.steps.map(step => [process.file, ...step.args])
      return { command: [process.file, ...process.watch], before, environment: { ...process.env } }
    }
    case 'attach':
      return { command: [], before: [], environment: {} }
  }
}

function usualCommand({ runtime, request, model }: RenderInput): readonly string[] {
  // `org/name:Q4_K_M`, as the library and the catalogue write it.
  const [, id = request.model, artifact = ''] = /^(.+):([^:/]+)$/.exec(request.model) ?? []
  return runtime.render({
    model: { id, artifact: model?.artifactId ?? artifact, path: model?.path ?? null },
    route: request.model,
    ...chosen(request),
    ...{ threads: request.threads, kvQuantisation: request.kvQuantisation },
    port: request.port ?? anyPort,
    tensorParallel: 1,
  })
}
