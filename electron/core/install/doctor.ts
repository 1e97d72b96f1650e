import { basename } from 'node:path'
import type { DoctorLook, DoctorReport } from '../../contract/install'
import type { Machine } from '../../contract/machine'
import type { ToolRun } from '../lib/run-tool'
import type { BuildKind, Runtime } from '../runtimes/runtime'
import { engineOf } from './container-engine'
import { askQuestions, shownCharacters, type Findings } from './doctor-questions'
import { addressOf, candidates, executableAt, type BuildFinderDeps } from './find-builds'
import { pathFolders } from './find-on-path'
import { createManagedBuilds } from './managed-builds'

const toolWithinMs = 60_000
const serverWithinMs = 2_000

export type Examination = Findings & Pick<DoctorReport, 'advice'>

/** Looks at every place where a build of a runtime could be, and asks what is there for version, devices, flags and what its adapter wants confirmed. Changes nothing. */
export async function examineRuntime(deps: BuildFinderDeps, runtime: Runtime, machine: Machine): Promise<Examination> {
  const findings: Findings = { looks: [], recordings: [] }
  const programs: string[] = []
  for (const kind of runtime.builds) {
    lookInApp(kind, findings)
    await lookAtManaged(deps, { runtime, kind, findings })
    programs.push(...(await lookForPrograms(deps, { kind, machine, findings })))
    await askServer(deps, { kind, findings })
  }
  await askQuestions(deps, runtime, { program: programs[0] ?? null, findings })
  if (runtime.facts.traits.includes('needs-container')) await lookForEngine(deps, findings)
  return { ...findings, advice: adviceFor(runtime, machine, findings.looks) }
}

function lookInApp({ kind, find }: BuildKind, { looks }: Findings) {
  if (find.bundled) looks.push({ kind, what: 'app', where: 'this app', outcome: 'found', detail: `version ${find.bundled.version}` })
}

type Managed = { runtime: Runtime; kind: BuildKind; findings: Findings }

async function lookAtManaged({ buildsFolder }: BuildFinderDeps, { runtime, kind: { kind }, findings }: Managed) {
  const ours = (await createManagedBuilds(buildsFolder).list()).filter(each => each.runtime === runtime.id && each.kind === kind)
  const look = { kind, what: 'managed' as const }
  for (const { id, path } of ours) findings.looks.push({ ...look, where: path ?? buildsFolder, outcome: 'found', detail: id })
  if (ours.length === 0) findings.looks.push({ ...look, where: buildsFolder, outcome: 'missing', detail: null })
}

type Programs = { kind: BuildKind; machine: Machine; findings: Findings }

/** Paths of programs that were recognised. */
async function lookForPrograms(deps: BuildFinderDeps, { kind, machine, findings }: Programs): Promise<string[]> {
  const { platform } = machine.os
  const onPath = pathFolders(deps.environment).length * kind.find.commands.length
  const seen = new Set<string>()
  const recognised: string[] = []
  let found = 0
  for (const [index, path] of candidates(deps, kind, platform).entries()) {
    const what = index < onPath ? ('command' as const) : ('place' as const)
    const real = await executableAt(path)
    if (real === null) {
      if (what === 'place') findings.looks.push({ kind: kind.kind, what, where: path, outcome: 'missing', detail: null })
      continue
    }
    found += what === 'command' ? 1 : 0
    const again = seen.has(real)
    findings.looks.push({ kind: kind.kind, what, where: path, outcome: 'found', detail: again ? `the same file as ${real}` : null })
    if (!again && (await askProgram(deps, { kind, path, findings }))) recognised.push(path)
    seen.add(real)
  }
  if (onPath > 0 && found === 0) {
    const where = `${kind.find.commands.join(', ')} in ${pathFolders(deps.environment).length} folders of the PATH`
    findings.looks.push({ kind: kind.kind, what: 'command', where, outcome: 'missing', detail: null })
  }
  return recognised
}

type Program = { kind: BuildKind; path: string; findings: Findings }

/** Whether it said a version that is known to be one. */
async function askProgram(deps: BuildFinderDeps, { kind, path, findings }: Program): Promise<boolean> {
  const { find } = kind
  const ask = async (what: 'version' | 'devices' | 'flags', args: readonly string[], read: (output: string) => string | null) => {
    const told = await deps.runTool(path, args, { timeoutMs: toolWithinMs, maxBytes: 8_000_000 })
    const output = `${told.stdout}\n${told.stderr}`.trim()
    const detail = read(output)
    findings.looks.push({
      ...{ kind: kind.kind, what, where: [basename(path), ...args].join(' ') },
      ...{ outcome: outcomeOf(told, detail), detail: detail ?? output.slice(0, shownCharacters) },
    })
    findings.recordings.push({ name: `${kind.kind}-${what}.txt`, text: `${output}\n` })
    return detail !== null
  }
  const recognised = await ask('version', find.versionArguments, kind.parseVersion)
  const { devices, flags } = find
  if (devices) await ask('devices', devices.arguments, output => devices.parse(output).join(', ') || null)
  if (flags) {
    const count = (output: string) => flags.parse(output).length
    await ask('flags', flags.arguments, output => (count(output) > 0 ? `${count(output)} flags` : null))
  }
  return recognised
}

function outcomeOf({ outcome }: ToolRun, understood: string | null): DoctorLook['outcome'] {
  if (understood !== null) return 'found'
  if (outcome === 'read') return 'not-this-program'
  return outcome
}

async function askServer(deps: BuildFinderDeps, { kind, findings }: { kind: BuildKind; findings: Findings }) {
  const { server } = kind.find
  if (!server) return
  const where = addressOf(server, deps.environment) + server.path
  const look = { kind: kind.kind, what: 'server' as const, where }
  try {
    const response = await deps.fetch(where, { signal: AbortSignal.timeout(serverWithinMs), redirect: 'manual' })
    const text = (await response.text()).slice(0, 100_000)
    const version = response.ok ? server.parse(text) : null
    const detail = version === null ? `${response.status} ${text.slice(0, shownCharacters)}` : `version ${version}`
    findings.looks.push({ ...look, outcome: version === null ? 'not-this-program' : 'found', detail })
    findings.recordings.push({
      name: `${kind.kind}-server${server.path.replaceAll(/[^A-Za-z0-9]+/g, '-')}.txt`,
      text: `${response.status}\n${text}`,
    })
  } catch (error) {
    findings.looks.push({ ...look, outcome: 'no-answer', detail: error instanceof Error ? error.message : String(error) })
  }
}

async function lookForEngine({ environment }: BuildFinderDeps, { looks }: Findings) {
  const engine = await engineOf(environment)
  looks.push({
    kind: 'container',
    what: 'container',
    where: engine ?? 'docker, podman on the PATH',
    outcome: engine ? 'found' : 'missing',
    detail: null,
  })
}

function adviceFor(runtime: Runtime, machine: Machine, looks: readonly DoctorLook[]): string[] {
  const verdict = runtime.judge(machine)
  if (!verdict.can) return [`It cannot run here: ${verdict.why}`]
  const strangers = looks.filter(each => each.outcome === 'not-this-program')
  const wrong = strangers.map(each => `${each.where} answers, but is not ${runtime.title}, or says its version in a way that is not known.`)
  if (looks.some(each => each.outcome === 'found' && !['container', 'asked'].includes(each.what))) return wrong
  return [...wrong, `Nothing of it was found. \`roundhouse runtimes install ${runtime.id}\` shows what could be installed.`]
}
