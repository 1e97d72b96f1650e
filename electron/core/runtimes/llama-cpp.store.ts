import { join, posix } from 'node:path'
import { readModelFolder } from './common-model-folder'
import { defineStore } from './common-model-store'

/**
 * The cache of versions before the hub's cache was taken over: flat files `ORG_NAME_FILE.gguf` beside `.json` and `.etag`
 * (https://github.com/ggml-org/llama.cpp/blob/master/common/hf-cache.cpp). Unfinished files end in `.downloadInProgress`.
 */
export const llamaCppStore = defineStore({
  id: 'llama-cpp',
  title: 'llama.cpp cache',
  folders: ({ environment, home, platform }) => {
    if (environment.LLAMA_CACHE) return [environment.LLAMA_CACHE]
    if (platform === 'darwin') return [join(home, 'Library', 'Caches', 'llama.cpp')]
    if (platform === 'win32') return [join(environment.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'llama.cpp')]
    return [join(environment.XDG_CACHE_HOME ?? join(home, '.cache'), 'llama.cpp')]
  },
  texts: /^$/,
  depth: 1,
  read: listing => readModelFolder(listing, { name: path => posix.basename(path, '.gguf') }),
})
