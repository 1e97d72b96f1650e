import type { Refusal } from './answer'

/** Types of content parts that hold a picture: OpenAI's chat and responses, and the one that some servers take besides. */
const imageTypes = new Set(['image_url', 'input_image', 'image'])

/** Whether a chat request has a picture in it. */
export function hasImages(body: Readonly<Record<string, unknown>>): boolean {
  const messages = Array.isArray(body['messages']) ? body['messages'] : []
  return messages.some((message: unknown) => {
    const content = fieldOf(message, 'content')
    return Array.isArray(content) && content.some((part: unknown) => imageTypes.has(String(fieldOf(part, 'type'))))
  })
}

/** Refusal of pictures where nothing reads them; null when there are none, or when they may be read. */
export function refusalOfImages(has: boolean, withoutImages: string | undefined): Refusal | null {
  if (!has || withoutImages === undefined) return null
  return { status: 400, code: 'images_not_read', message: withoutImages, param: 'messages' }
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
