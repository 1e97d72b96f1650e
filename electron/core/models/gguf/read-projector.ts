import { Failure } from '../../../contract/failure'
import type { VisionEncoder } from '../../../contract/model'
import { withFile } from './byte-source'
import { readGgufHeader } from './header'
import { headerValues } from './header-values'
import { readVisionEncoder } from './read-vision-encoder'

/** `width`: numbers in each vector that it hands to the model; null where its header does not say. */
export type ProjectorFacts = { bytes: number; width: number | null; images: boolean; encoder: VisionEncoder | null }

/**
 * The header of a projector (clip.* keys of ggml-org/llama.cpp, tools/mtmd/clip-impl.h); null for files that are none, or that
 * cannot be read. Runs in a worker.
 */
export function readProjector({ path }: { path: string }): ProjectorFacts | null {
  try {
    const header = withFile(path, readGgufHeader)
    const { metadata, fileBytes } = header
    const values = headerValues(metadata)
    if (values.text('general.type') !== 'mmproj' && values.text('general.architecture') !== 'clip') return null
    const sees = metadata.get('clip.has_vision_encoder')
    const width = values.count('clip.vision.projection_dim') ?? values.count('clip.projection_dim')
    return { bytes: fileBytes, width, images: sees !== false, encoder: sees === false ? null : readVisionEncoder(header) }
  } catch (error) {
    if (error instanceof Failure || (error instanceof Error && 'code' in error)) return null
    throw error
  }
}
