import { join, posix } from 'node:path'
import { readModelFolder } from '../../runtimes/common-model-folder'
import { defineStore } from '../../runtimes/common-model-store'

/**
 * Jan keeps each model in a folder of its own with model.yml beside model.gguf, in its data folder; older versions in ~/jan
 * (https://jan.ai/docs/data-folder). The file tells the name; the weights may lie elsewhere, where a person imported them.
 */
export const janStore = defineStore({
  id: 'jan',
  title: 'Jan',
  folders: ({ environment, home, platform }) => {
    const older = join(home, 'jan', 'models')
    if (platform === 'darwin') return [join(home, 'Library', 'Application Support', 'Jan', 'data', 'llamacpp', 'models'), older]
    if (platform === 'win32')
      return [join(environment.APPDATA ?? join(home, 'AppData', 'Roaming'), 'Jan', 'data', 'llamacpp', 'models'), older]
    const shares = [environment.XDG_DATA_HOME ?? join(home, '.local', 'share'), environment.XDG_CONFIG_HOME ?? join(home, '.config')]
    return [...shares.map(share => join(share, 'Jan', 'data', 'llamacpp', 'models')), older]
  },
  texts: /(^|\/)model\.yml$/,
  depth: 4,
  read: listing => {
    const names = new Map(listing.files.flatMap(({ path, text }) => namesIn(path, text)))
    const name = (path: string) => names.get(posix.dirname(path)) ?? posix.dirname(path)
    return readModelFolder(listing, { name }).filter(({ format }) => format === 'gguf')
  },
})

/** The `name` of a model.yml: the one line of it that is read. */
function namesIn(path: string, text: string | null): (readonly [string, string])[] {
  const name = /^name:\s*["']?(.+?)["']?\s*$/m.exec(text ?? '')?.[1]
  return name === undefined ? [] : [[posix.dirname(path), name]]
}
