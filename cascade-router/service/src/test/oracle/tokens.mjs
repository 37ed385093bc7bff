// Verifies LiveKit tokens with LiveKit's own SDK: lines of JSON {"id","secret","jwt"} come in, the
// claims or {"error"} go out, a line each. Run with a folder that has the SDK as its first argument.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(`${process.argv[2]}/package.json`);
const { TokenVerifier } = require('livekit-server-sdk');

for await (const line of createInterface({ input: process.stdin })) {
  const { id, secret, jwt } = JSON.parse(line);
  try {
    console.log(JSON.stringify(await new TokenVerifier(id, secret).verify(jwt)));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error.code ?? error) }));
  }
}
