// @vitest-environment jsdom
import { screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { makeInstance } from '../fixture-run'
import { mountWindow } from '../mount'

test('names that are cut off in Running are there in full on hover', async () => {
  const buildTitle = `llama.cpp server (${'2026.10.11540.dev1+'.repeat(4)})`
  const modelTitle = 'A-model-with-a-name-'.repeat(6)
  const route = `local/${modelTitle}:Q4_1`
  mountWindow('/running', ({ state }) => state.instances.set([makeInstance({ buildTitle, modelTitle, route })]))
  expect(await screen.findByTitle(`llama-cpp-1: ${buildTitle}, ${modelTitle}`)).toBeTruthy()
  expect(screen.getByTitle(title => title.startsWith(buildTitle) && title.endsWith(route))).toBeTruthy()
})
