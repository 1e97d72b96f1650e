import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt } from './ensure-built.ts'
import { provideTools } from './test-tools.ts'

/**
 * The one test command: types, lint, format, import rules, dead code, then every test. Ends with `N passed, N failed`
 * alone on a line. Static checks run beside each other, since the machines have two cores.
 */
const root = join(import.meta.dirname, '..', '..')
const only = process.argv.includes('--check-only')

const checks: readonly (readonly [name: string, ...command: string[]])[] = [
  ['types', 'tsc', '-p', '.'],
  ['lint', 'eslint', '--max-warnings=0', 'electron', 'renderer', 'test', 'eslint.config.ts', 'vite.config.ts'],
  ['format', 'prettier', '--check', '--log-level', 'warn', '{electron,renderer,test}/**/*.{ts,tsx}', '*.ts'],
  ['import rules', 'depcruise', '--output-type', 'err', 'electron', 'renderer'],
  ['dead code', 'knip'],
]

type Outcome = { name: string; passed: boolean; output: string; seconds: number }

function runCommand(name: string, [file = '', ...args]: readonly string[], inherit = false): Promise<Outcome> {
  const began = performance.now()
  return new Promise(resolve => {
    const child = spawn(join(root, 'node_modules', '.bin', file), args, {
      cwd: root,
      // Building the page has set it to production in this process.
      env: { ...process.env, NODE_ENV: 'test' },
      stdio: ['ignore', inherit ? 'inherit' : 'pipe', inherit ? 'inherit' : 'pipe'],
    })
    let output = ''
    child.stdout?.on('data', (data: Buffer) => (output += data.toString()))
    child.stderr?.on('data', (data: Buffer) => (output += data.toString()))
    const end = (passed: boolean) => resolve({ name, passed, output, seconds: (performance.now() - began) / 1000 })
    child.on('error', error => {
      output += error.message
      end(false)
    })
    child.on('exit', code => end(code === 0))
  })
}

function tell({ name, passed, output, seconds }: Outcome) {
  process.stdout.write(`${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)\n`)
  if (!passed) process.stdout.write(`${output.trimEnd()}\n`)
}

async function runChecks(): Promise<Outcome[]> {
  const waiting = [...checks]
  const outcomes: Outcome[] = []
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [name, ...command] = next
      const outcome = await runCommand(name, command)
      tell(outcome)
      outcomes.push(outcome)
    }
  }
  await Promise.all([lane(), lane()])
  return outcomes
}

type VitestReport = { numPassedTests: number; numFailedTests: number; numFailedTestSuites: number; numPendingTests: number }

async function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'roundhouse-test-'))
  const report = join(folder, 'report.json')
  const outcome = await runCommand('tests', ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`], true)
  try {
    const counts = JSON.parse(readFileSync(report, 'utf8')) as VitestReport
    // A suite that could not be loaded has no failed test of its own, but it has failed.
    const failed = counts.numFailedTests || (outcome.passed ? 0 : Math.max(1, counts.numFailedTestSuites))
    return { passed: counts.numPassedTests, failed, skipped: counts.numPendingTests }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const outcomes = await runChecks()
let { passed, failed, skipped } = {
  passed: outcomes.filter(each => each.passed).length,
  failed: outcomes.filter(each => !each.passed).length,
  skipped: 0,
}
if (!only) {
  provideTools()
  await ensureBuilt()
  const tests = await runTests()
  passed += tests.passed
  failed += tests.failed
  skipped += tests.skipped
}
process.stdout.write(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`)
process.exit(failed === 0 ? 0 : 1)
