import { create } from 'zustand'

/** What a command asked to be done with a runtime: its dialog is opened where the runtime is shown. */
export type Wish = 'install' | 'update' | 'doctor'

interface WishStore {
  wish: { runtime: string; what: Wish } | null
}

export const useWish = create<WishStore>(() => ({ wish: null }))

export const wishFor = (runtime: string, what: Wish) => useWish.setState({ wish: { runtime, what } })
export const forgetWish = () => useWish.setState({ wish: null })
