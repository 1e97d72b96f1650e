import type { MergedGpu } from './merge-gpus'

/** Where AMD lists the target of each model. */
export const targetsSource = 'https://rocm.docs.amd.com/en/latest/reference/gpu-arch-specs.html'

/** Targets of models by their names, of those lists that are whole: a series that has two targets is told apart or left out. */
const targets: readonly (readonly [model: RegExp, target: string])[] = [
  [/\bMI25\b|\bVega (56|64|Frontier)\b|\bWX 9100\b/, 'gfx900'],
  [/\bMI[56]0\b|\bRadeon (Pro )?VII\b/i, 'gfx906'],
  [/\bMI100\b/, 'gfx908'],
  [/\bMI2[15]0X?\b/, 'gfx90a'],
  [/\bMI3(00[AX]|08X|25X)\b/, 'gfx942'],
  [/\bMI35[05]X\b/, 'gfx950'],
  [/\bRX 6(800|900|950)\b|\bW6800\b|\bV620\b/, 'gfx1030'],
  [/\bRX 6(700|750)\b/, 'gfx1031'],
  [/\bRX 6(600|650)\b|\bW6600\b/, 'gfx1032'],
  [/\bRX 7900\b|\bW7[89]00\b/, 'gfx1100'],
  [/\bRX 7(700 XT|800 XT)\b|\bW7700\b/, 'gfx1101'],
  [/\bRX 7600\b|\bW7[56]00\b/, 'gfx1102'],
  [/\bRX 9060\b/, 'gfx1200'],
  [/\bRX 9070\b|\bR9700\b/, 'gfx1201'],
]

/** Graphics inside processors that only their target names, by the slowest that has it. */
const inside: Readonly<Record<string, string>> = { gfx1151: 'Radeon 8050S', gfx1150: 'Radeon 890M', gfx1103: 'Radeon 780M' }

/** What our table calls the GPU of a processor that tools give no name for (`AMD Radeon Graphics`); null for cards. */
export const modelOfTarget = ({ integrated, rocmTarget }: MergedGpu['seen']): string | null =>
  integrated && rocmTarget ? (inside[rocmTarget] ?? null) : null

/** Tools that come with ROCm and answer only where its driver is loaded. */
const toolsOfRocm = /^(rocm-smi|amd-smi)/

/**
 * The target of a card that ROCm's own tools saw without naming it, as older releases and the tables do; null where none of
 * them answered: then the model says what ROCm would call the card, not that ROCm is there.
 */
export function targetOfModel({ seen, from }: MergedGpu, names: readonly (string | null | undefined)[]): string | null {
  if (seen.vendor !== 'amd' || seen.integrated === true || !Object.values(from).some(tool => toolsOfRocm.test(tool))) return null
  return targets.find(([model]) => names.some(name => name && model.test(name)))?.[1] ?? null
}
