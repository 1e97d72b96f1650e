import { join } from 'node:path'
import { folderTexts, readModelFolder } from './common-model-folder'
import { defineStore } from './common-model-store'

/**
 * models/PUBLISHER/REPOSITORY/FILE, as on the hub, in the home that ~/.lmstudio-home-pointer names
 * (https://lmstudio.ai/docs/app/advanced/import-model). A file that is put there is found without an import.
 */
export const lmstudioStore = defineStore({
  id: 'lmstudio',
  title: 'LM Studio',
  folders: ({ home, readLine }) => {
    const pointed = readLine(join(home, '.lmstudio-home-pointer'))
    const homes = [pointed, join(home, '.lmstudio'), join(home, '.cache', 'lm-studio')].filter(each => each !== null && each !== '')
    return [...new Set(homes.map(each => join(each ?? '', 'models')))]
  },
  texts: folderTexts,
  depth: 4,
  read: listing => readModelFolder(listing, { name: path => path }),
  place: ({ publisher, name, fileName }) => `${publisher}/${name}/${fileName}`,
})
