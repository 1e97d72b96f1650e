/** Words that say nothing about the model: makers, marks, editions, and what every name has. */
const noise = new Set([
  ...['nvidia', 'amd', 'intel', 'ati', 'apple', 'corporation', 'r', 'tm', 'graphics', 'gpu', 'radeon', 'instinct', 'geforce', 'tesla'],
  ...[
    'series',
    'edition',
    'workstation',
    'oam',
    'generation',
    'with',
    'design',
    'lite',
    'hash',
    'rate',
    'refresh',
    'rev',
    'dgpu',
    'tensor',
    'core',
    ...['vf', 'ac', 'dual', 'slot', 'founders', 'gaming', 'oc'],
  ],
  // Makers of boards, who put their name before the model's.
  ...['asus', 'msi', 'gigabyte', 'zotac', 'evga', 'pny', 'sapphire', 'powercolor', 'xfx', 'asrock', 'palit', 'colorful', 'inno3d'],
  ...['gainward', 'galax', 'kfa2', 'sparkle', 'acer', 'lenovo', 'dell', 'hp', 'hpe'],
])

/** Words that only tell variants of one model apart: form factor, and kind and size of memory. */
export const isVariant = (word: string) => /^(pcie|sxm\d?|hbm\d?e?|\d+gb|server|gddr\d\w?)$/.test(word)

/** The words that name the model, without those of its variant. */
export const modelOf = (words: readonly string[]) => words.filter(word => !isVariant(word)).join(' ')

/**
 * `NVIDIA A100-SXM4-80GB` -> a100 sxm4 80gb; `RTX4090` -> rtx 4090; `7900XTX` -> 7900 xtx. Laptops' are `mobile`, as the
 * table calls them. Quadro is kept: `Quadro RTX 5000` and `RTX 5000 Ada` are two cards.
 */
export function wordsOf(name: string): string[] {
  const words = plainWords(name)
  // `RTX 2000 Ada Generation Laptop GPU` and `RTX 2000 Mobile Ada Generation` are one.
  const form = words.filter(isForm)
  return [...words.filter(word => !isForm(word)), ...form]
}

const isForm = (word: string) => word === 'mobile' || word === 'maxq'

const plainWords = (name: string) =>
  name
    .toLowerCase()
    .replace(/\(pascal\)/g, ' pascal ')
    .replace(/\(.*?\)/g, ' ')
    .replace(/laptop( gpu)?/g, 'mobile')
    .replace(/\bmax-q\b/g, 'maxq')
    .replace(/\b(\d+)\s*gb?\b/g, '$1gb')
    .replace(/\b(rtx|gtx|rx)(\d{3,4})/g, '$1 $2')
    .replace(/\b(\d{3,4})(xtx|xt|gre|ti|super|d)\b/g, '$1 $2')
    .split(/[^a-z0-9]+/)
    .filter(word => word !== '' && !noise.has(word))

/** Names in `Navi 31 [Radeon RX 7900 XT/7900 XTX]` or `GA104M [GeForce RTX 3070 Mobile / Max-Q]`: one per alternative. */
export function namesIn(name: string): string[] {
  const inner = /\[([^\]]+)\]/.exec(name)?.[1] ?? name
  const [first = '', ...others] = inner.split(/\s*\/\s*/)
  const family = first.replace(/\s+\S*\d.*$/, '')
  const model = /^.*?\d+/.exec(first)?.[0] ?? first
  return [
    first,
    ...others.map(other => {
      if (/^(Radeon|GeForce|Arc|AMD|NVIDIA|Quadro|Tesla)/i.test(other)) return other
      // Without a number of its own it is another edition of the first.
      return /\d/.test(other) ? `${family} ${other}` : `${model} ${other}`
    }),
  ]
}

/**
 * A part of a card that a virtual machine was given is called by the card's code, its GiB and its kind: `GRID T4-8Q`,
 * `NVIDIA A40-48Q`, `GRID A100D-1-20C`; D is the edition with twice the memory. Null for a whole card
 * (https://docs.nvidia.com/vgpu/latest/grid-vgpu-user-guide/, virtual GPU types).
 */
export function cardOfShare(name: string): string | null {
  const code = /^(?:NVIDIA |GRID )?([A-Z]+\d[\w-]*?)(?:-\d)?-\d+[ABCQ]\d?$/.exec(name)?.[1]
  return code === undefined ? null : code.replace(/^([AV]100)D[X]?$/, '$1').replace(/^RTXA/, 'RTX A')
}
