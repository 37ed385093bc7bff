// Asks matrix-js-sdk which members a slot has and which transport each of them uses.
// Usage: node converge.mjs <folder with node_modules> <cases.jsonl> <answers.jsonl>
// A case: {"now", "slot": {"application", "id"}, "joined": [user], "events": [raw event],
// "slotEvent": raw event or null}. An answer: [{"user", "device", "member", "focus"}], oldest first.
import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import path from "node:path";

const [folder, casesFile, answersFile] = process.argv.slice(2);
for (const level of ["debug", "log", "info", "warn", "error", "trace"]) {
  console[level] = () => {};
}
const module = path.join(folder, "node_modules/matrix-js-sdk/lib/matrixrtc/MatrixRTCSession.js");
const { MatrixRTCSession } = await import(pathToFileURL(module));

const event = (raw) => ({
  getId: () => raw.event_id,
  getSender: () => raw.sender,
  getTs: () => raw.origin_server_ts,
  getType: () => raw.type,
  getContent: () => raw.content,
  getStateKey: () => raw.state_key,
});

const room = (one) => {
  const state = one.events.filter((e) => e.state_key !== undefined).map(event);
  const sticky = one.events.filter((e) => e.state_key === undefined).map(event);
  return {
    roomId: "!r:x",
    hasMembershipState: (user, membership) => membership === "join" && one.joined.includes(user),
    _unstable_getStickyEvents: () => sticky,
    getLiveTimeline: () => ({
      getState: () => ({
        getStateEvents: (type, key) =>
          key === undefined
            ? state.filter((e) => e.getType() === type)
            : one.slotEvent && type === one.slotEvent.type
              ? event(one.slotEvent)
              : undefined,
      }),
    }),
  };
};

const out = createWriteStream(answersFile);
for await (const line of createInterface({ input: createReadStream(casesFile) })) {
  const one = JSON.parse(line);
  Date.now = () => one.now;
  const members = await MatrixRTCSession.sessionMembershipsForSlot(room(one), one.slot);
  const answer = members.map((member) => {
    const transport = member.getTransport(members[0]);
    return {
      user: member.userId,
      device: member.deviceId,
      member: member.memberId,
      focus: transport === undefined ? null : transport.livekit_service_url,
    };
  });
  out.write(JSON.stringify(answer) + "\n");
}
out.end();
