/**
 * What clients, homeservers and nodes can rely on, asked of the packaged router as a process. Its
 * homeserver (TLS) and its SFU are fakes that remember what they were asked; one file per
 * behaviour, and one process for most of them.
 */
package dev.weir.service.contract;
