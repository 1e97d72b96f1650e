import { argumentsOf, readFlags, type CommandGrammar } from './common-command'
import type { ReadCommand } from './runtime'

/** Flags: https://github.com/LostRuins/koboldcpp/wiki */
const grammar: CommandGrammar = {
  fields: {
    ...{ '--model': 'model', '-m': 'model', '--contextsize': 'context', '-c': 'context', '--threads': 'threads', '-t': 'threads' },
    ...{ '--gpulayers': 'gpuLayers', '--gpu-layers': 'gpuLayers', '--n-gpu-layers': 'gpuLayers', '-ngl': 'gpuLayers' },
    ...{ '--multiuser': 'slots', '--quantkv': 'kvType' },
  },
  oursWithValue: ['--host', '--port'],
  oursAlone: ['--skiplauncher', '--quiet'],
  positionalModel: true,
  kvTypes: { '0': 'f16', '1': 'q8_0', '2': 'q4_0' },
}

/** The one file under its names per system (`koboldcpp-linux-x64-nocuda`), or its script; null when it is another program. */
export function readKoboldcppCommand(argv: readonly string[]): ReadCommand | null {
  const [file = '', script = '', ...rest] = argv
  const program = /(?:^|[\\/])koboldcpp(?:[-_]\w+)*(?:\.exe|\.py)?$/i
  if (program.test(file)) return readFlags(argv.slice(1), grammar)
  if (/(?:^|[\\/])python[\d.]*$/.test(file) && program.test(script)) return readFlags(rest, grammar)
  const words = argumentsOf(argv, { images: /(?:^|\/)koboldcpp(?:[:@]|$)/ })
  return words === null ? null : readFlags(words, grammar)
}
