import { hubFormats } from '../../contract/hub'
import type { Runtime } from '../runtimes/runtime'
import type { Option } from './options'

const folders: readonly string[] = hubFormats.filter(each => each !== 'gguf')
const unquantised = /^(bf16|f16|fp16|f32)$/i

/** Whether an engine loads the format of an option. Engines of folders load one that is here and not quantised as it is, whoever made it. */
export function takesFormat({ facts }: Runtime, { format, library, quantisation }: Option): boolean {
  if (facts.formats.includes(format)) return true
  return (
    library !== null && folders.includes(format) && unquantised.test(quantisation) && facts.formats.some(each => folders.includes(each))
  )
}
