import { basename, join } from 'node:path'
import { folderTexts, readModelFolder } from '../../runtimes/common-model-folder'
import { defineStore, type ListedFile, type StoreWorld } from '../../runtimes/common-model-store'

const snapshot = /^models--(.+?)\/snapshots\/([^/]+)(?:\/(.*))?$/

/**
 * The cache of the hub's own tools, which several runtimes read: models--ORG--NAME/{refs,blobs,snapshots/COMMIT}. A file of a
 * snapshot is a link to a blob; the blob of a large file is named by its SHA-256
 * (https://huggingface.co/docs/huggingface_hub/guides/manage-cache).
 */
export const hubCacheStore = defineStore({
  id: 'hub-cache',
  title: 'Hugging Face cache',
  folders: ({ environment, home }: StoreWorld) => {
    const base = environment.XDG_CACHE_HOME ?? join(home, '.cache')
    const named = environment.HF_HUB_CACHE ?? environment.HUGGINGFACE_HUB_CACHE
    return [named ?? join(environment.HF_HOME ?? join(base, 'huggingface'), 'hub')]
  },
  texts: folderTexts,
  depth: 6,
  read: listing =>
    readModelFolder(
      // Blobs are seen through the snapshots that link to them.
      { ...listing, files: listing.files.filter(({ path }) => snapshot.test(path)) },
      {
        name: path => {
          const [, repository = '', , file = ''] = snapshot.exec(path) ?? []
          const name = repository.replace('--', '/')
          return file.endsWith('.gguf') ? `${name}/${file}` : name
        },
        commit: path => {
          const commit = snapshot.exec(path)?.[2] ?? ''
          return /^[0-9a-f]{40}$/.test(commit) ? commit : null
        },
        sha256: blobHash,
      },
    ),
})

/** Small files are named by a Git hash of 40 digits, which says nothing that we could compare. */
function blobHash({ real }: ListedFile): string | null {
  const name = basename(real)
  return /^[0-9a-f]{64}$/.test(name) ? name : null
}
