import { quickDownloader } from './models-bench'

/** A process that downloads and is killed in the middle: ADDRESS TARGET SHA256. Says `more` whenever bytes are on the disk. */
const [address = '', target = '', sha256 = ''] = process.argv.slice(2)
const options = { signal: new AbortController().signal, onProgress: () => void process.stdout.write('more\n') }
await quickDownloader().download({ sources: [{ address, headers: {} }], target, sha256 }, options)
process.stdout.write('whole\n')
