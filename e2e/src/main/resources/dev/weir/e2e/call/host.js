// The smallest client that shows Element Call: an iframe, the widget API, and the room's events fed into it.
import { ClientWidgetApi, Widget } from "matrix-widget-api";
import { Driver } from "./driver.js";
import { Homeserver } from "./homeserver.js";

/** What Element Call tells its client: joined, left, muted. Read by the tests. */
window.callEvents = [];

window.startCall = (account, room, callUrl, parameters, othersLaterMs) => {
  const homeserver = new Homeserver(account, othersLaterMs);
  const driver = new Driver(homeserver, room);
  const id = `weir-${crypto.randomUUID()}`;
  const query = new URLSearchParams({
    widgetId: id,
    parentUrl: location.href,
    userId: account.userId,
    deviceId: account.deviceId,
    baseUrl: account.baseUrl,
    roomId: room,
    lang: "en",
    theme: "dark",
    ...parameters,
  });
  const url = `${new URL(callUrl, location.href)}#?${query}`;
  const frame = document.createElement("iframe");
  frame.id = "call";
  frame.allow = "camera; microphone; autoplay; display-capture; fullscreen";
  document.body.replaceChildren(frame);
  // The API listens on the frame's window, so the frame must be in the page before, and loaded after.
  const widget = new Widget({ id, creatorUserId: account.userId, type: "m.call", url, waitForIframeLoad: false, data: {} });
  const api = new ClientWidgetApi(widget, frame, driver);
  for (const action of ["io.element.join", "im.vector.hangup", "io.element.close", "io.element.device_mute", "set_always_on_screen"]) {
    api.on(`action:${action}`, (event) => {
      event.preventDefault();
      window.callEvents.push({ action, data: event.detail.data, at: Date.now() });
      api.transport.reply(event.detail, action === "set_always_on_screen" ? { success: true } : {});
    });
  }
  api.setViewedRoomId(room);
  frame.src = url;
  feed(api, driver, homeserver, room);
};

/** Everything that happens in the room from now on, in order. */
async function feed(api, driver, homeserver, room) {
  let since;
  for (;;) {
    try {
      const news = await homeserver.sync(room, since);
      await feedNews(api, driver, homeserver, news, room, since === undefined);
      since = news.next_batch;
    } catch (error) {
      console.warn("sync", String(error));
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

async function feedNews(api, driver, homeserver, news, room, first) {
  const joined = news.rooms?.join?.[room];
  const inRoom = (events) => homeserver.seen((events ?? []).map((event) => ({ ...event, room_id: room })));
  for (const event of inRoom(joined?.msc4354_sticky?.events)) driver.stickyEvents.push(event);
  // What was there before, Element Call reads by itself.
  if (first) return;
  const give = (what) => what.catch((error) => console.warn("feed", String(error)));
  for (const event of inRoom(joined?.msc4354_sticky?.events)) await give(api.feedEvent(event, room));
  for (const event of inRoom(joined?.state?.events)) await give(api.feedStateUpdate(event));
  for (const event of inRoom(joined?.timeline?.events)) {
    await give(api.feedEvent(event, room));
    if (event.state_key !== undefined) await give(api.feedStateUpdate(event));
  }
  // Keys of the call. This client has no crypto of its own: what counts here is that media is encrypted with them.
  for (const event of news.to_device?.events ?? []) await give(api.feedToDevice(event, true));
}
