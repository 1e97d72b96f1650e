import { InvalidArgumentError, type Command } from 'commander'
import { openHome } from '../core/lib/home'
import { detectCommand, recommendCommand } from './advise'
import { exportTo, importFrom } from './exchange'
import { logs, ps, stop, up } from './instances'
import { describeModels } from './models-commands'
import { predictions } from './predictions'
import { describeRuntimes } from './runtimes-commands'
import { serve } from './serve'

function whole(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It is a whole number.')
}

/** The command line, described for people; what scripts rely on is in the docs of the commands. */
export function describeCommands(program: Command): Command {
  program
    .name('roundhouse')
    .description('Knows this workstation, recommends a local LLM runtime and says why, starts it, and serves it behind one address.')
    .showHelpAfterError('(add --help for the options)')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 usage, 3 not available on this machine, 130 cancelled.\nROUNDHOUSE_HOME names the folder that holds everything.',
    )

  program
    .command('detect')
    .description('print what this machine is: CPU, memory, GPUs, drivers, and what is unknown and why')
    .option('--record <folder>', 'write what each probe printed, one file per tool')
    .option('--from <folder>', 'read such a folder in place of this machine')
    .option('--platform <platform>', 'linux, darwin or win32, when the folder does not tell')
    .option('--json', 'print one JSON object')
    .action(detectCommand)
  program
    .command('recommend')
    .description('print which runtime and model fit this machine and need, and why')
    .option('--machine <file>', 'a machine as `detect --json` printed it (or a recorded folder), in place of this one')
    .option('--what-if <json>', 'what a change would bring, e.g. \'{"gpu":"GeForce RTX 5090","users":8}\'')
    .option('--need <json>', 'the need, e.g. \'{"users":8,"task":"rag-api"}\'')
    .option('--json', 'print one JSON object')
    .action((options: Parameters<typeof recommendCommand>[1]) => recommendCommand(openHome(), options))
  program
    .command('up')
    .description('start a model (the best that can be started now when none is named) and print its address')
    .option('--model <model>', 'org/name or org/name:artifact')
    .option('--runtime <runtime>', 'e.g. llama.cpp, or a build of it')
    .option('--context <tokens>', 'context length of each slot', whole)
    .option('--json', 'print one JSON object')
    .action((options: Parameters<typeof up>[1]) => up(openHome(), options))
  program
    .command('ps')
    .description('list what runs')
    .option('--json', 'print a JSON array')
    .action((options: Parameters<typeof ps>[1]) => ps(openHome(), options))
  program
    .command('stop')
    .description('stop one instance, or everything and the host')
    .argument('[id]', 'as `ps` shows it')
    .option('--all', 'stop every instance and the host')
    .option('--json', 'print one JSON object')
    .action((id: string | undefined, options: Parameters<typeof stop>[2]) => stop(openHome(), id, options))
  program
    .command('logs')
    .description('print the log of an instance')
    .argument('<id>', 'as `ps` shows it')
    .option('-f, --follow', 'go on as it grows')
    .option('--json', 'print lines as JSON')
    .action((id: string, options: Parameters<typeof logs>[2]) => logs(openHome(), id, options))
  program
    .command('predictions')
    .description('list what was predicted for the runs on this machine and what was measured, wrong ones first')
    .option('--json', 'print a JSON array')
    .action((options: Parameters<typeof predictions>[1]) => predictions(openHome(), options))
  describeRest(program)
  return program
}

/** What is not about one instance. */
function describeRest(program: Command) {
  describeModels(program)
  describeRuntimes(program)
  program
    .command('export')
    .description('print what runs now as a file of another program')
    .argument('<format>', 'llama-swap or litellm')
    .option('--json', 'print one JSON object')
    .action((format: string, options: Parameters<typeof exportTo>[2]) => exportTo(openHome(), format, options))
  program
    .command('import')
    .description('read the models of a llama-swap file into the library')
    .argument('<file>', 'config.yaml of llama-swap')
    .option('--start <name>', 'start one of them as well')
    .option('--dry-run', 'only print what would be taken over')
    .option('--json', 'print one JSON object')
    .action((file: string, options: Parameters<typeof importFrom>[2]) => importFrom(openHome(), file, options))
  program
    .command('serve')
    .description('serve the window to a browser on this machine, behind a one-time link')
    .option('--port <port>', 'port of the window; any free one when it is not given', whole)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--from <folder>', 'show a recorded machine, on which nothing can be started')
    .option('--no-open', 'print the link only')
    .option('--json', 'print the link as one JSON object')
    .action((options: Parameters<typeof serve>[1]) => serve(openHome(), options))
}
