import { Failure } from '../../contract/failure'
import type { Downloader } from './download.types'

/** Work that waits for one of `count` places, in the order it came; leaves the queue when its signal fires. */
export function createSlots(count: number) {
  const queue: (() => void)[] = []
  let free = count
  const release = () => {
    const next = queue.shift()
    if (next) next()
    else free++
  }
  const enter = (signal: AbortSignal): Promise<void> => {
    if (signal.aborted) return Promise.reject(new Failure('cancelled', 'It was cancelled before it began'))
    if (free > 0) {
      free--
      return Promise.resolve()
    }
    return new Promise<void>((resolve, reject) => {
      const turn = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        queue.splice(queue.indexOf(turn), 1)
        reject(new Failure('cancelled', 'It was cancelled while it waited'))
      }
      queue.push(turn)
      signal.addEventListener('abort', leave, { once: true })
    })
  }
  return {
    async run<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
      await enter(signal)
      try {
        return await work()
      } finally {
        release()
      }
    },
  }
}

/** A downloader that fetches at most `count` files at once, whoever asks. */
export function limitDownloads(downloader: Downloader, count: number): Downloader {
  const slots = createSlots(count)
  return { download: (request, options) => slots.run(options.signal, () => downloader.download(request, options)) }
}
