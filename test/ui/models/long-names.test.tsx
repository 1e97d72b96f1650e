// @vitest-environment jsdom
import { screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { mountWindow } from '../mount'
import { makeLibraryModel, makeModels } from './fixture-models'

test('a name that the library cuts off is there in full on hover', async () => {
  const title = 'A-model-with-a-name-'.repeat(6)
  mountWindow('/models', ({ state }) => state.models.set(makeModels({ library: [makeLibraryModel({ title })] })))
  expect(await screen.findByTitle(hint => hint.startsWith(title))).toBeTruthy()
})
