import { basename } from 'node:path'
import { Failure, type FailureCode } from '../../contract/failure'
import type { ToolRun } from '../lib/run-tool'
import { specifierOf, type PythonRange } from './python-version'

type Refused = { command: readonly string[]; /** What was to be installed: `vllm==0.32.0`. */ title: string; range: PythonRange }

/** `says` is given the first group of what matched. First match wins, so the surest come first. */
type Rule = { proof: RegExp; code: FailureCode; says(name: string, refused: Refused): string }

const kept = 'What was fetched so far is kept for the next try.'

/** Words of uv 0.13 and pip 25, each seen in a failed install (test/fixtures/install/uv-words.json says how). */
const rules: readonly Rule[] = [
  {
    proof: /No space left on device|not enough space|os error 28|disk quota exceeded/i,
    code: 'disk-full',
    says: (_name, { title }) => `The disk is full: ${title} was not installed. ${kept}`,
  },
  {
    proof: /Hash mismatch for `?([^`\s]+)|DO NOT MATCH THE HASHES/i,
    code: 'hash-mismatch',
    says: name =>
      `${name || 'A package'} is not the file that the index announced, so nothing of it was installed. The index, or something on the way to it, gave another.`,
  },
  {
    proof:
      /Because (\S+) has no (?:usable )?wheels|no wheels? with a matching (?:platform|Python)|doesn't have (?:a source distribution or|any) wheels? for the current platform/i,
    code: 'not-available-here',
    says: (name, { title }) => `${name || title} has no package for this system and its Python: its maker builds it for others only.`,
  },
  {
    proof: /No interpreter found for|No download found for request|python-build-standalone/i,
    code: 'not-installed',
    says: (_name, { title, range }) =>
      `${title} needs Python ${specifierOf(range)}. None is here, and uv could not fetch one. Install it, and try again.`,
  },
  {
    proof: /\((401|403|407) [A-Z]/,
    code: 'unauthorised',
    says: (name, { title }) => `The package index refused to give ${title} (${name}). Set its user and key for uv or pip, or the proxy's.`,
  },
  {
    proof: /HTTP status server error \((5\d\d)/,
    code: 'offline',
    says: (name, { title }) => `The package index is out of order (${name}), so ${title} was not installed. ${kept}`,
  },
  {
    proof: /invalid peer certificate: (\w+)|CERTIFICATE_VERIFY_FAILED/i,
    code: 'download-failed',
    says: () =>
      'The certificate of the package index is not trusted here. Where a proxy of the house opens connections, name its certificates in SSL_CERT_FILE.',
  },
  {
    proof:
      /Failed to establish a new connection|Name or service not known|dns error|Could not (?:resolve|find) host|error sending request|Network is unreachable|Connection refused|tcp connect error|operation timed out|network connectivity is disabled/i,
    code: 'offline',
    says: (_name, { title }) => `The package index cannot be reached, so ${title} was not installed. ${kept}`,
  },
  {
    proof: /Because ([\w.\-[\]]+) was not found in the package registry|No matching distribution found for (\S+)/i,
    code: 'not-found',
    says: (name, { title }) => `The package index has no ${name || title}. A mirror may lack it; the ordinary index has it.`,
  },
  {
    proof: /there is no version of ([\w.\-[\]=]+)/i,
    code: 'download-failed',
    says: (name, { title }) => `The package index has no set of packages that ${title} works with: ${name} is not there.`,
  },
  {
    proof: /No solution found when resolving/i,
    code: 'download-failed',
    says: (_name, { title }) => `The package index has no set of packages that ${title} works with.`,
  },
]

/**
 * Why uv, pip or the new Python did not do it, in a sentence of ours and its own last words.
 * @returns Failure `disk-full`, `hash-mismatch`, `not-available-here`, `not-installed`, `unauthorised`, `offline`, `not-found` or `download-failed`.
 */
export function pythonRefusal({ stdout, stderr, outcome }: Pick<ToolRun, 'stdout' | 'stderr' | 'outcome'>, refused: Refused): Failure {
  const words = `${stdout}\n${stderr}`
  const [file = '', ...rest] = refused.command
  const own = lastWords(words)
  for (const { proof, code, says } of rules) {
    const match = proof.exec(words)
    if (match) return new Failure(code, `${says(match.slice(1).find(Boolean) ?? '', refused)} ${quoted(own)}`.trim())
  }
  const how = outcome === 'timed-out' ? 'took too long' : 'failed'
  return new Failure('download-failed', `${basename(file)} ${rest.slice(0, 2).join(' ')} ${how}: ${own}`)
}

const quoted = (words: string) => (words === '' ? '' : `(${words})`)

/** The last lines of a tool are the ones that say why; the marks that draw its tree say nothing. */
export const lastWords = (text: string) =>
  text
    .split('\n')
    .map(line => line.replace(/^[\s×╰│├─▶]+/, '').trim())
    .filter(line => line !== '')
    .slice(-3)
    .join(' ')
    .slice(0, 500)
