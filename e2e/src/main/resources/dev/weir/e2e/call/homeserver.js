// The client-server API of one logged-in user, as far as a call needs it.
const DELAY = "org.matrix.msc4140.delay";
const MEMBER = "org.matrix.msc3401.call.member";
const STICKY = "org.matrix.msc4354.sticky_duration_ms";

export class Homeserver {
  #account;
  #othersLaterMs;
  #joined = false;
  #heldBack = [];
  #transaction = 0;

  /**
   * othersLaterMs: this client hears of the others in the call only once it is in it itself, and then believes that they
   * joined that much later than they did.
   */
  constructor(account, othersLaterMs = 0) {
    this.#account = account;
    this.#othersLaterMs = othersLaterMs;
  }

  /** What this client sees of these events, in order. */
  seen(events) {
    return events.flatMap((event) => {
      if (!this.#othersLaterMs || event.type !== MEMBER) return [event];
      if (event.sender !== this.#account.userId) return this.#fromOther(event);
      this.#joined ||= Object.keys(event.content ?? {}).length > 0;
      return this.#joined ? [event, ...this.#heldBack.splice(0)] : [event];
    });
  }

  #fromOther(event) {
    const later = { ...event, origin_server_ts: event.origin_server_ts + this.#othersLaterMs };
    if (this.#joined) return [later];
    this.#heldBack.push(later);
    return [];
  }

  async request(method, path, body) {
    const answer = await fetch(this.#account.baseUrl + path, {
      method,
      headers: { Authorization: `Bearer ${this.#account.accessToken}`, "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const json = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(json.error ?? answer.statusText), { status: answer.status, body: json });
    return json;
  }

  /** One event, as state when there is a state key; later and sticky if asked for. */
  send(room, type, content, { stateKey, delayMs, stickyMs } = {}) {
    const query = new URLSearchParams();
    if (delayMs !== undefined) query.set(DELAY, delayMs);
    if (stickyMs !== undefined) query.set(STICKY, stickyMs);
    const where =
      stateKey === undefined || stateKey === null
        ? `send/${encodeURIComponent(type)}/${this.#newTransaction()}`
        : `state/${encodeURIComponent(type)}/${encodeURIComponent(stateKey)}`;
    return this.request("PUT", `${roomPath(room)}/${where}?${query}`, content);
  }

  updateDelayed(delayId, action) {
    const path = `/_matrix/client/unstable/org.matrix.msc4140/delayed_events/${encodeURIComponent(delayId)}/${action}`;
    return this.request("POST", path, {});
  }

  sendToDevice(type, messages) {
    return this.request(
      "PUT",
      `/_matrix/client/v3/sendToDevice/${encodeURIComponent(type)}/${this.#newTransaction()}`,
      { messages },
    );
  }

  async state(room, type, stateKey) {
    const events = await this.request("GET", `${roomPath(room)}/state`);
    const wanted = events.filter((event) => event.type === type && (stateKey === undefined || event.state_key === stateKey));
    return this.seen(wanted.map((event) => ({ ...event, room_id: room })));
  }

  openIdToken() {
    return this.request("POST", `/_matrix/client/v3/user/${encodeURIComponent(this.#account.userId)}/openid/request_token`, {});
  }

  rtcTransports() {
    return this.request("GET", "/_matrix/client/unstable/org.matrix.msc4143/rtc/transports");
  }

  sync(room, since) {
    const filter = JSON.stringify({ room: { rooms: [room], timeline: { limit: 100 } }, presence: { not_types: ["*"] } });
    const query = new URLSearchParams({ filter, timeout: since ? 25000 : 0, ...(since ? { since } : {}) });
    return this.request("GET", `/_matrix/client/v3/sync?${query}`);
  }

  #newTransaction() {
    return `weir${Date.now()}-${this.#transaction++}`;
  }
}

const roomPath = (room) => `/_matrix/client/v3/rooms/${encodeURIComponent(room)}`;
