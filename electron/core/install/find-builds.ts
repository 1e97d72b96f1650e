import { access, constants, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { Machine } from '../../contract/machine'
import type { Build } from '../../contract/runtime'
import type { runTool as runToolOfLib } from '../lib/run-tool'
import type { BuildKind, Runtime } from '../runtimes/runtime'
import { pathFolders } from './find-on-path'
import type { Fetch } from './install.types'
import { createManagedBuilds } from './managed-builds'
import { distributionOf } from './python-distribution'

export type BuildFinderDeps = {
  runTool: typeof runToolOfLib
  fetch: Fetch
  homeFolder: string
  environment: Readonly<Record<string, string | undefined>>
  buildsFolder: string
}

/** Programs answer `--version` at once, but the first start from a cold disk or under a virus scanner takes seconds. */
const versionWithinMs = 10_000
/** A server that runs on this machine answers within milliseconds. */
const serverWithinMs = 300

/** Looks for what is on this machine: part of the app, installed by us, on the PATH and in usual places, and running already. */
export function createBuildFinder(deps: BuildFinderDeps) {
  const managed = createManagedBuilds(deps.buildsFolder)
  return {
    async find(runtime: Runtime, machine: Machine): Promise<Build[]> {
      const ours = (await managed.list()).filter(build => build.runtime === runtime.id)
      const kinds = await Promise.all(
        runtime.builds.map(async kind => {
          const found = await Promise.all([
            findRunning(deps, runtime, kind),
            findPrograms(deps, runtime, { kind, platform: machine.os.platform }),
          ])
          return [...found.flat(), ...ours.filter(build => build.kind === kind.kind), ...bundled(runtime, kind)]
        }),
      )
      return kinds.flat()
    },
  }
}

type Facts = Pick<Build, 'version' | 'variant' | 'origin' | 'path' | 'backends'> & { notes?: string[] }

function describe(runtime: Runtime, kind: BuildKind, facts: Facts): Build {
  return {
    id: `${runtime.id}@${facts.version ?? 'unknown'}+${facts.variant ?? kind.kind}`,
    runtime: runtime.id,
    kind: kind.kind,
    title: facts.version === null ? kind.title : `${kind.title} ${facts.version}`,
    notes: [],
    ...facts,
  }
}

function bundled(runtime: Runtime, kind: BuildKind): Build[] {
  if (!kind.find.bundled) return []
  const { version, backends } = kind.find.bundled
  return [describe(runtime, kind, { version, variant: null, origin: 'bundled', path: null, backends: [...backends] })]
}

async function findRunning({ fetch, environment }: BuildFinderDeps, runtime: Runtime, kind: BuildKind): Promise<Build[]> {
  const { server } = kind.find
  if (!server) return []
  const address = addressOf(server, environment)
  try {
    const response = await fetch(address + server.path, { signal: AbortSignal.timeout(serverWithinMs), redirect: 'manual' })
    const version = response.ok ? server.parse((await response.text()).slice(0, 10_000)) : null
    if (version === null) return []
    const build = describe(runtime, kind, { version, variant: 'running', origin: 'running', path: address, backends: [] })
    return [{ ...build, title: `${build.title}, running` }]
  } catch {
    return []
  }
}

/** Where its server is asked: the address that its variable names, else its usual one. */
export function addressOf(server: NonNullable<BuildKind['find']['server']>, environment: BuildFinderDeps['environment']): string {
  const named = server.environment === null ? undefined : environment[server.environment]
  return named === undefined || named === '' ? server.address : serverAddress(named, server.address)
}

/** `OLLAMA_HOST` is `host`, `host:port`, `:port` or an address; a server that listens on every interface is asked on loopback. */
export function serverAddress(text: string, usual: string): string {
  const fallback = new URL(usual)
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `http://${text.startsWith(':') ? `${fallback.hostname}${text}` : text}`)
  if (!url) return usual
  if (url.hostname === '0.0.0.0' || url.hostname === '[::]') url.hostname = fallback.hostname
  if (url.port === '' && !/:\d+\/?$/.test(text)) url.port = fallback.port
  return url.origin
}

type Where = { kind: BuildKind; platform: Machine['os']['platform'] }

/** Each program once, however many links lead to it; the first on the PATH comes first. */
async function findPrograms(deps: BuildFinderDeps, runtime: Runtime, { kind, platform }: Where): Promise<Build[]> {
  const seen = new Map<string, string>()
  for (const path of candidates(deps, kind, platform)) {
    const real = await executableAt(path)
    if (real !== null && !seen.has(real)) seen.set(real, path)
  }
  const builds = await Promise.all([...seen.values()].map(path => examine(deps, runtime, { kind, path })))
  const ids = new Set<string>()
  // Two programs of one version are told apart by their place.
  return builds.flatMap(build => {
    if (!build) return []
    const id = ids.has(build.id) ? `${build.id}-${ids.size + 1}` : build.id
    ids.add(id)
    return [{ ...build, id }]
  })
}

/** Every place where a program of this kind may be, the PATH first. */
export function candidates(
  { environment, homeFolder }: Pick<BuildFinderDeps, 'environment' | 'homeFolder'>,
  { find }: BuildKind,
  platform: Where['platform'],
): string[] {
  const suffix = platform === 'win32' ? '.exe' : ''
  const onPath = pathFolders(environment).flatMap(folder => find.commands.map(command => join(folder, command + suffix)))
  const usual = (find.places[platform] ?? []).map(place => (place.startsWith('~/') ? join(homeFolder, place.slice(2)) : place))
  return [...onPath, ...usual]
}

export async function executableAt(path: string): Promise<string | null> {
  try {
    await access(path, constants.X_OK)
    return await realpath(path)
  } catch {
    return null
  }
}

/** Null when it does not say that it is this program: a wrong one of the same name is not offered. */
async function examine(deps: BuildFinderDeps, runtime: Runtime, { kind, path }: { kind: BuildKind; path: string }): Promise<Build | null> {
  const described = await distributionOf(path, kind.find.distributions ?? [])
  const told = described === null ? await deps.runTool(path, kind.find.versionArguments, { timeoutMs: versionWithinMs }) : null
  const version = kind.parseVersion(described ?? `${told?.stdout ?? ''}\n${told?.stderr ?? ''}`)
  if (version === null) return null
  const { devices } = kind.find
  const listed = devices ? await deps.runTool(path, devices.arguments, { timeoutMs: versionWithinMs }) : null
  const backends = devices && listed?.outcome === 'read' ? [...devices.parse(`${listed.stdout}\n${listed.stderr}`)] : []
  return describe(runtime, kind, { version, variant: null, origin: 'adopted', path, backends })
}
