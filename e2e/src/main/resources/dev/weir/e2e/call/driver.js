// What Element Call asks of the client that shows it. Everything is granted: the page is ours.
import { OpenIDRequestState, WidgetDriver } from "matrix-widget-api";

export class Driver extends WidgetDriver {
  #homeserver;
  #room;
  stickyEvents = [];

  constructor(homeserver, room) {
    super();
    this.#homeserver = homeserver;
    this.#room = room;
  }

  async validateCapabilities(requested) {
    return requested;
  }

  async sendEvent(type, content, stateKey = null, room = null) {
    const { event_id } = await this.#homeserver.send(room ?? this.#room, type, content, { stateKey });
    return { roomId: room ?? this.#room, eventId: event_id };
  }

  async sendStickyEvent(stickyMs, type, content, room = null) {
    const { event_id } = await this.#homeserver.send(room ?? this.#room, type, content, { stickyMs });
    return { roomId: room ?? this.#room, eventId: event_id };
  }

  async sendDelayedEvent(delayMs, type, content, stateKey = null, room = null) {
    const { delay_id } = await this.#homeserver.send(room ?? this.#room, type, content, { stateKey, delayMs });
    return { roomId: room ?? this.#room, delayId: delay_id };
  }

  async sendDelayedStickyEvent(delayMs, stickyMs, type, content, room = null) {
    const { delay_id } = await this.#homeserver.send(room ?? this.#room, type, content, { delayMs, stickyMs });
    return { roomId: room ?? this.#room, delayId: delay_id };
  }

  cancelScheduledDelayedEvent(delayId) {
    return this.#homeserver.updateDelayed(delayId, "cancel");
  }

  restartScheduledDelayedEvent(delayId) {
    return this.#homeserver.updateDelayed(delayId, "restart");
  }

  sendScheduledDelayedEvent(delayId) {
    return this.#homeserver.updateDelayed(delayId, "send");
  }

  async sendToDevice(type, encrypted, messages) {
    await this.#homeserver.sendToDevice(type, messages);
  }

  readRoomState(room, type, stateKey) {
    return this.#homeserver.state(room, type, stateKey);
  }

  readStateEvents(type, stateKey) {
    return this.#homeserver.state(this.#room, type, stateKey);
  }

  async readStickyEvents() {
    return this.stickyEvents;
  }

  async readRoomTimeline() {
    return [];
  }

  async readRoomEvents() {
    return [];
  }

  async readRoomAccountData() {
    return [];
  }

  async readEventRelations() {
    return { chunk: [] };
  }

  async askOpenID(observer) {
    try {
      observer.update({ state: OpenIDRequestState.Allowed, token: await this.#homeserver.openIdToken() });
    } catch {
      observer.update({ state: OpenIDRequestState.Blocked });
    }
  }

  getRtcTransports() {
    return this.#homeserver.rtcTransports();
  }

  async *getTurnServers() {}

  getKnownRooms() {
    return [this.#room];
  }

  processError(error) {
    if (!error?.status) return undefined;
    return { matrix_api_error: { http_status: error.status, http_headers: {}, url: "", response: error.body } };
  }
}
