import type { IncomingMessage } from 'node:http'

/** The whole body; `too-large` as soon as that is known, `left` when the client goes before it is complete. */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer | 'too-large' | 'left'> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return Promise.resolve('too-large')
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    let size = 0
    const end = (result: Buffer | 'too-large' | 'left') => {
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose)
      resolve(result)
    }
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size > limitBytes) end('too-large')
      else chunks.push(chunk)
    }
    const onEnd = () => end(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks))
    const onClose = () => end('left')
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose)
  })
}
