import * as z from 'zod'
import { Failure } from '../../../contract/failure'
import type { hubFormats } from '../../../contract/hub'

/** What we read of the hub's answers (https://huggingface.co/docs/hub/api); everything else may come and go. */
const gated = z.union([z.boolean(), z.enum(['auto', 'manual'])]).nullish()
const listedSchema = z.object({
  id: z.string(),
  downloads: z.number().nullish(),
  likes: z.number().nullish(),
  lastModified: z.string().nullish(),
  gated,
  tags: z.array(z.string()).default([]),
  safetensors: z.object({ total: z.number().nullish() }).nullish(),
  gguf: z.object({ total: z.number().nullish(), context_length: z.number().nullish() }).nullish(),
})
export type ListedModel = z.infer<typeof listedSchema>

const siblingSchema = z.object({
  rfilename: z.string(),
  size: z.number().nullish(),
  lfs: z.object({ sha256: z.string().nullish(), oid: z.string().nullish(), size: z.number().nullish() }).nullish(),
})
const repositorySchema = listedSchema.extend({
  sha: z.string().regex(/^[0-9a-f]{40}$/, 'no commit'),
  siblings: z.array(siblingSchema).default([]),
  cardData: z.looseObject({ license_link: z.unknown().optional() }).nullish(),
})
export type RepositoryReply = z.infer<typeof repositorySchema>

export const parseList = (text: string) => parse(z.array(listedSchema), text)
export const parseRepository = (text: string) => parse(repositorySchema, text)
export const parseAccount = (text: string) => parse(z.object({ name: z.string() }), text).name

function parse<Value>(schema: z.ZodType<Value>, text: string): Value {
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    throw new Failure('download-failed', 'The hub gave an answer that cannot be read', { cause: error })
  }
}

/** `Link: <https://…>; rel="next"` (RFC 8288); only its query is taken, so that no answer can lead elsewhere. */
export function nextCursor(link: string | null): string | null {
  const address = /<([^>]+)>\s*;\s*rel="next"/.exec(link ?? '')?.[1]
  return address === undefined ? null : (URL.parse(address, 'http://hub')?.searchParams.get('cursor') ?? null)
}

export function licenceOf(tags: readonly string[]): string | null {
  return tags.find(tag => tag.startsWith('license:'))?.slice('license:'.length) ?? null
}

/** `safetensors` of a repository that says it is for MLX is that format. */
export function formatsOf({ tags, gguf, safetensors }: Pick<ListedModel, 'tags' | 'gguf' | 'safetensors'>): (typeof hubFormats)[number][] {
  const isMlx = tags.includes('mlx')
  const isGguf = tags.includes('gguf') || (gguf ?? null) !== null
  const isSafetensors = tags.includes('safetensors') || (safetensors ?? null) !== null
  return [
    ...(isGguf ? (['gguf'] as const) : []),
    ...(isSafetensors && !isMlx ? (['safetensors'] as const) : []),
    ...(isMlx ? (['mlx'] as const) : []),
  ]
}

/** Parameters as the hub counted them; else what the name says (`8B`, `135M`, `8x7B`). */
export function parametersOf(model: ListedModel): number | null {
  const counted = model.gguf?.total ?? model.safetensors?.total ?? null
  if (counted !== null && counted > 0) return counted
  const match = /(?:^|[-_.])(?:(\d+)x)?(\d+(?:\.\d+)?)([bm])(?:$|[-_.])/i.exec(model.id.split('/')[1] ?? '')
  if (!match) return null
  return Number(match[1] ?? 1) * Number(match[2]) * (match[3]?.toLowerCase() === 'b' ? 1e9 : 1e6)
}
