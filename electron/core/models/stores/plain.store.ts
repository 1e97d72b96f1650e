import { basename } from 'node:path'
import { folderTexts, readModelFolder } from '../../runtimes/common-model-folder'
import { defineStore } from '../../runtimes/common-model-store'

/** Any folder that a person names, and our own: GGUF files and folders of safetensors, wherever below they lie. */
export const plainStore = defineStore({
  id: 'folder',
  title: 'Folder',
  folders: () => [],
  texts: folderTexts,
  depth: 6,
  read: listing => readModelFolder(listing, { name: path => (path === '' ? basename(listing.folder) : path) }),
})
