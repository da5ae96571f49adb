// What AsyncAPI's official parser says of each document named, as one line of JSON.
import { Parser, fromFile } from '@asyncapi/parser'

const parser = new Parser()
for (const file of process.argv.slice(2)) {
  const { document, diagnostics } = await fromFile(parser, file).parse()
  console.log(JSON.stringify({
    file,
    channels: document?.channels().all().length ?? 0,
    messages: document?.allMessages().all().length ?? 0,
    faults: diagnostics.map(({ severity, code, message, path }) => ({ severity, code, message, path: path.join('.') }))
  }))
}
