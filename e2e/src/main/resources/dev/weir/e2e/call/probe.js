// Runs before Element Call in each frame, and notes what only the client itself can tell: its peer connections, whether
// their media passes through an encrypting transform, and every trouble with encryption.
(() => {
  const transformed = new WeakSet();
  const probe = { connections: [], cryptoErrors: [] };
  window.weirProbe = probe;

  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(...parameters) {
      super(...parameters);
      probe.connections.push(this);
    }
  };

  const Thread = window.Worker;
  window.Worker = class extends Thread {
    constructor(...parameters) {
      super(...parameters);
      this.addEventListener("message", ({ data }) => {
        if (data?.kind === "error") probe.cryptoErrors.push(String(data.data?.error?.message ?? data.data?.error ?? "?"));
      });
    }
  };

  for (const kind of [window.RTCRtpSender, window.RTCRtpReceiver]) {
    const create = kind.prototype.createEncodedStreams;
    if (!create) continue;
    kind.prototype.createEncodedStreams = function (...parameters) {
      transformed.add(this);
      return create.apply(this, parameters);
    };
  }
  const isEncrypting = (end) => transformed.has(end) || Boolean(end.transform);

  const pick = (source, ...names) => Object.fromEntries(names.map((name) => [name, source[name] ?? 0]));

  async function connectionReport(connection) {
    const stats = [...(await connection.getStats()).values()];
    const byId = new Map(stats.map((entry) => [entry.id, entry]));
    const ofType = (type) => stats.filter((entry) => entry.type === type);
    const transports = ofType("transport");
    const remotes = transports
      .map((transport) => byId.get(byId.get(transport.selectedCandidatePairId)?.remoteCandidateId))
      .filter(Boolean)
      .map((remote) => ({ address: remote.address ?? remote.ip ?? "", port: remote.port, protocol: remote.protocol }));
    const sum = (name) => transports.reduce((total, transport) => total + (transport[name] ?? 0), 0);
    const live = connection.connectionState !== "closed";
    const senders = live ? connection.getSenders().filter((sender) => sender.track) : [];
    const receiving = new Set(ofType("inbound-rtp").map((entry) => entry.trackIdentifier));
    const receivers = live ? connection.getReceivers().filter((receiver) => receiving.has(receiver.track.id)) : [];
    return {
      state: connection.connectionState,
      remotes,
      bytesReceived: sum("bytesReceived"),
      bytesSent: sum("bytesSent"),
      media: senders.length + receivers.length,
      encryptedMedia: [...senders, ...receivers].filter(isEncrypting).length,
      inbound: ofType("inbound-rtp").map((entry) => ({
        track: entry.trackIdentifier ?? "",
        kind: entry.kind,
        ...pick(entry, "bytesReceived", "packetsReceived", "packetsLost", "framesDecoded", "frameWidth", "frameHeight",
          "freezeCount", "totalAudioEnergy", "totalSamplesReceived", "concealedSamples", "silentConcealedSamples"),
      })),
      outbound: ofType("outbound-rtp").map((entry) => ({
        kind: entry.kind,
        layer: entry.rid ?? "",
        active: entry.active ?? true,
        ...pick(entry, "bytesSent", "frameWidth", "frameHeight", "framesEncoded"),
      })),
    };
  }

  probe.report = async () => ({
    connections: await Promise.all(probe.connections.map(connectionReport)),
    cryptoErrors: probe.cryptoErrors,
  });
})();
