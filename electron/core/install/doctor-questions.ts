import { basename } from 'node:path'
import type { DoctorLook, DoctorReport } from '../../contract/install'
import type { Runtime } from '../runtimes/runtime'
import type { BuildFinderDeps } from './find-builds'

export type Findings = { looks: DoctorLook[]; recordings: DoctorReport['recordings'] }

const allWithinMs = 60_000
const commandWithinMs = 15_000
const requestWithinMs = 2_000
const answerCharactersMost = 1_000_000
export const shownCharacters = 300

type Questions = NonNullable<Runtime['doctor']>
type Asking = { kind: string; findings: Findings }

/**
 * Asks the real thing what an adapter wants confirmed: commands of `program`, which was recognised (null asks none), and GET of
 * paths at its address, on loopback only. Each answer is a look and a recording; none takes long, all together a minute at most.
 */
export async function askQuestions(deps: BuildFinderDeps, runtime: Runtime, about: { program: string | null; findings: Findings }) {
  const { doctor } = runtime
  if (!doctor) return
  const asking = { kind: runtime.builds[0]?.kind ?? runtime.id, findings: about.findings }
  if (about.program !== null) await askCommands(deps, { program: about.program, commands: doctor.commands }, asking)
  await askPaths(deps, doctor, asking)
}

type Commands = { program: string; commands: Questions['commands'] }

async function askCommands({ runTool, environment }: BuildFinderDeps, { program, commands }: Commands, { kind, findings }: Asking) {
  const until = performance.now() + allWithinMs
  const env = { ...environment, LC_ALL: 'C' }
  for (const command of commands) {
    const where = [basename(program), ...command].join(' ')
    const timeoutMs = Math.round(Math.min(commandWithinMs, until - performance.now()))
    if (timeoutMs <= 0) {
      findings.looks.push({ kind, what: 'asked', where, outcome: 'timed-out', detail: 'not asked: those before took too long' })
      continue
    }
    const { outcome, stdout, stderr, exitCode } = await runTool(program, command, { timeoutMs, env, maxBytes: answerCharactersMost })
    const text = `${stdout}\n${stderr}`.trim()
    findings.looks.push({ kind, what: 'asked', where, outcome: outcome === 'read' ? 'found' : outcome, detail: shown(text) })
    findings.recordings.push({ name: nameOf(kind, command.join('-')), text: `${where}\n${exitCode ?? outcome}\n${text}\n` })
  }
}

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost'])

async function askPaths({ fetch }: BuildFinderDeps, { address, requests }: Questions, { kind, findings }: Asking) {
  const mayAsk = loopback.has(new URL(address).hostname)
  for (const path of requests) {
    const look = { kind, what: 'asked' as const, where: address + path }
    if (!mayAsk) {
      findings.looks.push({ ...look, outcome: 'failed', detail: 'not asked: only this machine is' })
      continue
    }
    try {
      const response = await fetch(look.where, { signal: AbortSignal.timeout(requestWithinMs), redirect: 'manual' })
      const text = await beginningOf(response)
      findings.looks.push({ ...look, outcome: response.ok ? 'found' : 'failed', detail: shown(`${response.status} ${text}`) })
      findings.recordings.push({ name: nameOf(kind, path), text: `GET ${path}\n${response.status}\n${text}\n` })
    } catch (error) {
      findings.looks.push({ ...look, outcome: 'no-answer', detail: error instanceof Error ? error.message : String(error) })
    }
  }
}

/** An answer without an end is left where it is long enough. */
async function beginningOf({ body }: Response): Promise<string> {
  if (!body) return ''
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length >= answerCharactersMost) break
  }
  return text.slice(0, answerCharactersMost)
}

const shown = (text: string) => text.slice(0, shownCharacters)
const nameOf = (kind: string, what: string) => `${kind}-asked-${what.replaceAll(/[^A-Za-z0-9]+/g, '-').replaceAll(/^-|-$/g, '')}.txt`
