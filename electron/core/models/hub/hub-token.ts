import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import type { HubToken } from '../../../contract/hub'
import type { Environment } from '../network'

const storedSchema = z.object({ token: z.string(), origin: z.string(), account: z.string().nullable() })
type Stored = z.infer<typeof storedSchema>

export type HubTokens = {
  /** The key for this hub; null when there is none that may be sent to it. */
  tokenFor(address: string): string | null
  state(address: string): Omit<HubToken, 'host'>
  keep(stored: Stored): void
  forget(): void
}

export type HubTokenDependencies = { file: string; environment: Environment; publicHub: string }

/**
 * The person's key for gated repositories: one given to us (a file only its owner may read, bound to the hub it was given
 * for), else HF_TOKEN, else what the hub's own tools left (https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables).
 * The last is sent to the public hub alone, and none of them over a connection without encryption except on this machine.
 */
export function createHubTokens({ file, environment, publicHub }: HubTokenDependencies): HubTokens {
  const find = (address: string): { token: string; from: 'stored' | 'environment' | 'file'; account: string | null } | null => {
    if (!isSafe(address)) return null
    const stored = readStored(file)
    if (stored?.origin === originOf(address)) return { token: stored.token, from: 'stored', account: stored.account }
    const named = environment.HF_TOKEN ?? environment.HUGGING_FACE_HUB_TOKEN
    if (named) return { token: named.trim(), from: 'environment', account: null }
    if (originOf(address) !== originOf(publicHub)) return null
    const left = readText(tokenPath(environment))
    return left ? { token: left, from: 'file', account: null } : null
  }
  return {
    tokenFor: address => find(address)?.token ?? null,
    state(address) {
      const found = find(address)
      return { from: found?.from ?? null, account: found?.account ?? null }
    },
    keep(stored) {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
      const fresh = `${file}.new`
      writeFileSync(fresh, JSON.stringify(stored), { mode: 0o600 })
      chmodSync(fresh, 0o600)
      renameSync(fresh, file)
    },
    forget: () => rmSync(file, { force: true }),
  }
}

export const originOf = (address: string) => URL.parse(address)?.origin ?? ''

function isSafe(address: string): boolean {
  const url = URL.parse(address)
  return url?.protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(url?.hostname ?? '')
}

function tokenPath(environment: Environment): string {
  if (environment.HF_TOKEN_PATH) return environment.HF_TOKEN_PATH
  const home = environment.HF_HOME ?? join(environment.XDG_CACHE_HOME ?? join(environment.HOME ?? homedir(), '.cache'), 'huggingface')
  return join(home, 'token')
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim() || null
  } catch {
    return null
  }
}

function readStored(path: string): Stored | null {
  if (!existsSync(path)) return null
  try {
    return storedSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return null
  }
}
