import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { Header } from 'tar'
import { gzipSync } from 'node:zlib'

export type Member = {
  name: string
  text?: string
  mode?: number
  type?: 'File' | 'SymbolicLink' | 'Link' | 'CharacterDevice'
  linkpath?: string
  size?: number
}

/** A tar.gz written by hand, so that it can hold what no honest program would pack. */
export function tarOf(members: readonly Member[]): Buffer {
  const blocks = members.flatMap(({ name, text = '', mode = 0o644, type = 'File', linkpath = '' }) => {
    const content = Buffer.from(text)
    const header = new Header({
      path: name,
      mode,
      type,
      linkpath,
      size: type === 'File' ? content.length : 0,
      mtime: new Date(0),
      uid: 0,
      gid: 0,
    })
    const block = Buffer.alloc(512)
    header.encode(block, 0)
    return [block, content, Buffer.alloc((512 - (content.length % 512)) % 512)]
  })
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]))
}

/** A ZIP file by hand (APPNOTE.TXT 4.3), made as on Unix. `size` lies about the size of a member. */
export function zipOf(members: readonly Member[]): Buffer {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, text = '', mode = 0o644, type, size } of members) {
    const data = deflateRawSync(text)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(0x0800, 2)
    fields.writeUInt16LE(8, 4)
    fields.writeUInt32LE(crc32(text), 10)
    fields.writeUInt32LE(data.length, 14)
    fields.writeUInt32LE(size ?? Buffer.byteLength(text), 18)
    fields.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), data])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE((((type === 'SymbolicLink' ? 0o120_000 : 0o100_000) | mode) << 16) >>> 0, 6)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03', 'latin1'), fields, tail, Buffer.from(name)]))
    locals.push(local)
    offset += local.length
  }
  const listed = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(members.length, 8)
  end.writeUInt16LE(members.length, 10)
  end.writeUInt32LE(listed.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, listed, end])
}

/** A folder that is gone after the test. */
export async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'install-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

export const put = (folder: string, name: string, content: Buffer | string) => writeFile(join(folder, name), content)
export const take = (folder: string, ...names: string[]) => readFile(join(folder, ...names), 'utf8')
