import type { Command } from 'commander'
import { openHome } from '../core/lib/home'
import { models as listModels } from './instances'
import * as actions from './models'
import * as more from './models-more'

/** `models` lists as before; its subcommands search, fetch, link, move and convert. */
export function describeModels(program: Command): void {
  const group = program
    .command('models')
    .description('list the models that are here and those that can be downloaded; search, download, link, move, convert')
    .option('--json', 'print one JSON object')
    .action((options: Parameters<typeof listModels>[1]) => listModels(openHome(), options))
  const add = (name: string, about: string) => group.command(name).description(about).option('--json', 'print one JSON object')
  /** `--json` may stand before or behind the subcommand: the group takes the first. */
  const json = <Options extends object>(options: Options): Options & { json?: boolean } => ({
    ...options,
    ...(group.opts().json ? { json: true } : {}),
  })

  add('list', 'the same as without a word').action((options: { json?: boolean }) => listModels(openHome(), json(options)))
  add('search', 'search the hub')
    .argument('[text]', 'words of the name', '')
    .option('--format <format>', 'gguf, safetensors, mlx or any')
    .option('--sort <order>', 'downloads, likes, updated or trending')
    .option('--most <billions>', 'parameters at most, in billions', Number)
    .option('--fits', 'only what fits this machine')
    .action((text: string, options: actions.SearchOptions) => actions.searchModels(openHome(), text, json(options)))
  add('show', 'what a repository of the hub offers, with sizes and a verdict for this machine')
    .argument('<repository>', 'org/name')
    .option('--revision <revision>', 'branch, tag or commit')
    .action((id: string, options: { revision?: string }) => actions.showRepository(openHome(), id, json(options)))
  add('download', 'fetch a model; one that was stopped goes on where it was')
    .argument('<model>', 'org/name:artifact')
    .option('--revision <revision>', 'branch, tag or commit of the hub')
    .action((id: string, options: { revision?: string }) => actions.downloadModel(openHome(), id, json(options)))
  add('import', 'use a GGUF file or a folder of safetensors where it lies')
    .argument('<path>')
    .action((path: string, options: { json?: boolean }) => actions.importModels(openHome(), path, json(options)))
  add('remove', 'take a model off the list')
    .argument('<model>')
    .option('--delete', 'delete its files, when they are ours')
    .action((id: string, options: { delete?: boolean }) => actions.removeModel(openHome(), id, json(options)))
  add('duplicates', 'find the same weights in the stores of all programs').action((options: { json?: boolean }) =>
    actions.listDuplicates(openHome(), json(options)),
  )
  add('link', 'make copies hard links to one file; without --yes it shows what would be done')
    .argument('<keep>', 'the copy that stays, as `duplicates` names it')
    .argument('<copies...>', 'the others')
    .option('--yes', 'do it')
    .action((keep: string, copies: string[], options: { yes?: boolean }) =>
      actions.linkCopies(openHome(), { keep, replace: copies }, json(options)),
    )
  add('share', 'let another program find a model of the library, without a copy')
    .argument('<model>')
    .argument('<store>', 'as `duplicates --json` names it')
    .action((model: string, store: string, options: { json?: boolean }) => actions.shareModel(openHome(), { model, store }, json(options)))
  add('unlink', 'undo a link')
    .argument('<link>', 'as `duplicates` names it')
    .action((id: string, options: { json?: boolean }) => actions.undoLink(openHome(), id, json(options)))
  add('move', 'move the models folder; a move that was stopped goes on')
    .argument('<folder>')
    .action((folder: string, options: { json?: boolean }) => actions.moveModels(openHome(), folder, json(options)))
  add('convert', 'turn a model into another artifact; without --to it lists what can be done')
    .argument('<model>')
    .option('--to <conversion>', 'as the list names it')
    .option('--choice <choice>', 'e.g. Q4_K_M')
    .option('--install', 'fetch the tools that it lacks first')
    .action((model: string, options: { to?: string; choice?: string; install?: boolean }) =>
      actions.convertModel(openHome(), model, json(options)),
    )
  describeMore(add, json)
}

type Add = (name: string, about: string) => Command
type Json = <Options extends object>(options: Options) => Options & { json?: boolean }

function describeMore(add: Add, json: Json): void {
  add('where', 'where a model lies, and which runtimes load it as it is')
    .argument('<model>')
    .action((id: string, options: object) => more.whereIs(openHome(), id, json(options)))
  add('found', 'tell where a missing model lies now')
    .argument('<model>')
    .argument('<path>')
    .action((id: string, path: string, options: object) => more.foundModel(openHome(), { id, path }, json(options)))
  add('projector', 'fetch the file that reads images for a model which lacks it')
    .argument('<model>')
    .action((id: string, options: object) => more.fetchProjector(openHome(), id, json(options)))
  add('pause', 'stop a download and keep what came')
    .argument('<model>')
    .action((id: string, options: object) => more.pauseDownload(openHome(), id, json(options)))
  add('discard', 'give a paused or failed download up and delete what came')
    .argument('<model>')
    .action((id: string, options: object) => more.discardDownload(openHome(), id, json(options)))
  add('use', 'take a model of another program into the library, where it lies')
    .argument('<stored>', 'as `duplicates --json` names it')
    .action((id: string, options: object) => more.useStored(openHome(), id, json(options)))
  add('folders', 'list the stores and folders that are looked through, add one or take one off')
    .option('--add <folder>')
    .option('--remove <folder>')
    .action((options: { add?: string; remove?: string }) => more.changeFolders(openHome(), json(options)))
  add('tools', 'list the tools that were fetched for conversions')
    .option('--remove <tools>', 'delete them')
    .action((options: { remove?: string }) => more.listTools(openHome(), json(options)))
  add('token', 'tell whose token of the hub is kept')
    .option('--set', 'keep the one that comes on standard input')
    .option('--forget', 'forget it')
    .action((options: { set?: boolean; forget?: boolean }) => more.hubToken(openHome(), json(options)))
}
