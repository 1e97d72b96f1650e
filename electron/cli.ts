import { Command, CommanderError } from 'commander'
import { describeCommands } from './cli/commands'
import { exitCodeOf, exitCodes, leave, printJson, remark, reportFrom, usageReport } from './cli/output'

const program = describeCommands(new Command().exitOverride())
const wantsJson = process.argv.includes('--json')

try {
  await program.parseAsync(process.argv)
  await leave(process.exitCode === undefined ? exitCodes.done : Number(process.exitCode))
} catch (error) {
  if (error instanceof CommanderError) {
    const isAsked = error.exitCode === 0
    if (wantsJson && !isAsked) printJson({ error: usageReport(error.message) })
    await leave(isAsked ? exitCodes.done : exitCodes.usage)
  }
  const report = reportFrom(error)
  remark(`${report.message}${report.suggestion ? `\n${report.suggestion}` : ''}`)
  if (wantsJson) printJson({ error: report })
  await leave(exitCodeOf(report))
}
