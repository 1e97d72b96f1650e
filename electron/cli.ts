import { Command, CommanderError } from 'commander'
import { describeCommands } from './cli/commands'
import { exitCodeOf, exitCodes, printJson, remark, reportFrom } from './cli/output'

const program = describeCommands(new Command().exitOverride())
const wantsJson = process.argv.includes('--json')

try {
  await program.parseAsync(process.argv)
  process.exit(process.exitCode ?? exitCodes.done)
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? exitCodes.done : exitCodes.usage)
  const report = reportFrom(error)
  remark(`${report.message}${report.suggestion ? `\n${report.suggestion}` : ''}`)
  if (wantsJson) printJson({ error: report })
  process.exit(exitCodeOf(report))
}
