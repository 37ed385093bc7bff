package dev.weir.crds;

/** The grammar of Matrix server names, as the schema states it. */
final class ServerNames {
  static final String PATTERN =
      "^([A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]{2,45}\\])(:[0-9]{1,5})?$";

  private ServerNames() {}
}
