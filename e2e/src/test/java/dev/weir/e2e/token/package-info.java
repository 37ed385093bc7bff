/** Tokens of packaged routers, asked of real homeservers and SFUs. */
package dev.weir.e2e.token;
