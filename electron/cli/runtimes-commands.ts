import type { Command } from 'commander'
import { openHome } from '../core/lib/home'
import * as runtimes from './runtimes'

type Options<Run extends (...given: never[]) => unknown> = NonNullable<Parameters<Run>[2]>

const examples = `
Examples:
  roundhouse runtimes
  roundhouse runtimes install llama.cpp --plan
  roundhouse runtimes install OFFER@VERSION
  roundhouse runtimes update llama.cpp
  roundhouse runtimes rollback llama.cpp
  roundhouse runtimes doctor llama.cpp --record ./fixture`

/** `runtimes` with what can be done with builds; without a word it lists. */
export function describeRuntimes(program: Command) {
  const group = program.command('runtimes').description('list runtimes and their builds; install, choose, update, repair and remove builds')
  group.addHelpText('after', examples)
  group
    .command('list', { isDefault: true })
    .description('list builds that are here, what could be installed, and what cannot run here and why')
    .option('--json', 'print a JSON array')
    .action((options: { json?: boolean }) => runtimes.listRuntimes(openHome(), options))
  group
    .command('install')
    .description('install an offer beside what is here, or the best one of a runtime')
    .argument('<what>', 'a runtime, or an offer as `list` shows it; `@version` behind an offer names another version')
    .option('--plan', 'only say what would be fetched, from where, and what it takes')
    .option('--yes', 'run the commands of a package manager, as --plan shows them')
    .option('--json', 'print one JSON object')
    .action((what: string, options: Options<typeof runtimes.installBuild>) => runtimes.installBuild(openHome(), what, options))
  group
    .command('use')
    .description('make a build the one that starts take')
    .argument('<build>', 'as `list` shows it')
    .option('--json', 'print one JSON object')
    .action((build: string, options: { json?: boolean }) => runtimes.useBuild(openHome(), build, options))
  describeUpdates(group)
  group
    .command('remove')
    .description('remove a build that Roundhouse installed; models stay')
    .argument('<build>', 'as `list` shows it')
    .option('--dry-run', 'only say what it would free')
    .option('--json', 'print one JSON object')
    .action((build: string, options: Options<typeof runtimes.removeBuild>) => runtimes.removeBuild(openHome(), build, options))
  group
    .command('repair')
    .description('install a build again from the source that its manifest names')
    .argument('<build>', 'as `list` shows it')
    .option('--json', 'print one JSON object')
    .action((build: string, options: { json?: boolean }) => runtimes.repairBuild(openHome(), build, options))
  group
    .command('doctor')
    .description('say what was looked for, where, and what was found')
    .argument('<runtime>', 'e.g. llama.cpp')
    .option('--record <folder>', 'write what programs and servers answered, as a fixture')
    .option('--json', 'print one JSON object')
    .action((runtime: string, options: Options<typeof runtimes.doctorRuntime>) => runtimes.doctorRuntime(openHome(), runtime, options))
}

function describeUpdates(group: Command) {
  group
    .command('update')
    .description('install beside, try both builds on the engine test, compare, and switch if it holds (ends with 1 if it does not)')
    .argument('<runtime>', 'e.g. llama.cpp')
    .option('--to <target>', 'an offer, or a build that is here')
    .option('--insist', 'switch whatever the comparison says')
    .option('--plan', 'only say what would be done')
    .option('--json', 'print one JSON object')
    .action((runtime: string, options: Options<typeof runtimes.updateRuntime>) => runtimes.updateRuntime(openHome(), runtime, options))
  group
    .command('rollback')
    .description('go back to the build and the settings before the last switch')
    .argument('<runtime>', 'e.g. llama.cpp')
    .option('--kind <kind>', 'kind of build, where several were switched')
    .option('--json', 'print one JSON object')
    .action((runtime: string, options: Options<typeof runtimes.rollbackRuntime>) => runtimes.rollbackRuntime(openHome(), runtime, options))
}
