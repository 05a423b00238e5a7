// How the scripts of the Node.js clients are driven: one JSON request on stdin, one JSON answer on stdout.
import { readFileSync, writeSync } from 'node:fs'

export async function serve (verbs) {
  const request = JSON.parse(readFileSync(0, 'utf8'))
  let answer
  try {
    answer = (await verbs[request.verb](request)) ?? {}
  } catch (error) {
    console.error(error)
    answer = { error: `${error.name}: ${error.message}` }
  }
  writeSync(1, JSON.stringify(answer))
  process.exit(0)
}

// One line, at once: for verbs that go on until they are killed.
export const tell = event => writeSync(1, JSON.stringify(event) + '\n')

export const text = value => (value === null || value === undefined ? null : value.toString())
