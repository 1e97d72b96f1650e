import type { ComponentType } from 'react'
import type { IconDrawing } from '../../ui/icon'

/** One place of the rail. Its URL is a hash route, so that a view can be restored, linked and reloaded. */
export interface Place {
  id: string
  title: string
  /** Second voice in the bar: what the place shows. */
  about: string
  icon: IconDrawing
  /** Where its rail entry leads: `/compare`. */
  path: string
  /** Further first segments that belong to it: `/start`. */
  also?: readonly string[]
  view: ComponentType
  /** Settings stands at the foot and has no digit. */
  foot?: boolean
  /** Reached by a link inside another place; it has no entry in the rail. */
  hidden?: boolean
}

/** The place a location belongs to. */
export function placeAt(places: readonly Place[], location: string): Place | undefined {
  const first = `/${location.split(/[/?]/)[1] ?? ''}`
  return places.find(place => place.path === first || place.also?.includes(first))
}
