import { join } from 'node:path'
import * as z from 'zod'
import { defineStore, type FoundModel, type StoreListing } from './common-model-store'

const manifest = /^manifests\/([^/]+)\/(.+)\/([^/]+)$/
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)
const manifestSchema = z.object({ layers: z.array(z.object({ mediaType: z.string(), digest, size: z.number() })) })

/**
 * manifests/HOST/NAMESPACE/MODEL/TAG lists layers; the one of type `…image.model` is a plain GGUF in blobs/sha256-HEX, which
 * other engines open in place (https://docs.ollama.com/faq, and its own store as it was seen on a disk).
 */
export const ollamaStore = defineStore({
  id: 'ollama',
  title: 'Ollama',
  folders: ({ environment, home, platform }) => [
    environment.OLLAMA_MODELS ?? join(home, '.ollama', 'models'),
    // The service of the Linux installer runs as a user of its own.
    ...(platform === 'linux' && environment.OLLAMA_MODELS === undefined ? ['/usr/share/ollama/.ollama/models'] : []),
  ],
  texts: /^manifests\//,
  depth: 6,
  read: listing => listing.files.flatMap(({ path, text }) => (text === null ? [] : modelsOf(path, text, listing))),
})

function modelsOf(path: string, text: string, listing: StoreListing): FoundModel[] {
  const place = manifest.exec(path)
  const parsed = parse(text)
  if (!place || !parsed) return []
  const [, host, model = '', tag = ''] = place
  const weights = parsed.layers.filter(({ mediaType }) => mediaType === 'application/vnd.ollama.image.model')
  // A model of its own new engine is kept as one layer a tensor, which nothing else opens.
  if (weights.length === 0) return []
  const name = `${host === 'registry.ollama.ai' ? '' : `${host}/`}${model.replace(/^library\//, '')}:${tag}`
  const blobs = weights.map(layer => listing.files.find(file => file.path === `blobs/${layer.digest.replace(':', '-')}`))
  const present = blobs.filter(blob => blob !== undefined)
  const sight = parsed.layers.find(({ mediaType }) => mediaType === 'application/vnd.ollama.image.projector')
  const sightBlob = listing.files.find(file => file.path === `blobs/${sight?.digest.replace(':', '-')}`)
  const short = weights.some((layer, index) => blobs[index] !== undefined && blobs[index].bytes !== layer.size)
  const [first] = weights
  return [
    {
      ...{ name, format: 'gguf', path: join(listing.folder, 'blobs', (first?.digest ?? '').replace(':', '-')), commit: null },
      bytes: present.reduce((sum, file) => sum + file.bytes, 0),
      files: present.map(file => ({
        path: file.real,
        bytes: file.bytes,
        inode: file.inode,
        sha256: file.path.slice('blobs/sha256-'.length),
      })),
      ...(sightBlob && {
        projector: { path: sightBlob.real, bytes: sightBlob.bytes, sha256: sight?.digest.slice('sha256:'.length) ?? null },
      }),
      why: present.length < weights.length || short ? 'Its weights were not pulled whole' : null,
    },
  ]
}

function parse(text: string): z.infer<typeof manifestSchema> | null {
  try {
    return manifestSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}
