package dev.weir.session.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A generated session: the sites, the clients and what happens. */
record Scenario(List<Integer> nodes, List<ClientSpec> clients, List<Op> ops) {
  record ClientSpec(
      int user, int device, int site, boolean legacy, boolean publishes, int eventOrder) {}

  /** What kind of calls to generate. */
  enum Flavour {
    MIXED,
    MULTI_SFU_ONLY
  }

  static Scenario random(long seed, Flavour flavour) {
    Random random = new Random(seed);
    List<Integer> nodes = new ArrayList<>();
    int sites = 1 + random.nextInt(6);
    for (int i = 0; i < sites; i++) {
      nodes.add(1 + random.nextInt(3));
    }
    List<ClientSpec> clients = new ArrayList<>();
    int count = 1 + random.nextInt(6);
    int legacyShare = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      boolean second = i > 0 && random.nextInt(5) == 0;
      int user = second ? clients.get(i - 1).user() : i;
      int site = second ? clients.get(i - 1).site() : random.nextInt(sites);
      boolean legacy = flavour == Flavour.MIXED && random.nextInt(3) < legacyShare;
      clients.add(new ClientSpec(user, i, site, legacy, random.nextInt(5) > 0, random.nextInt()));
    }
    List<Op> ops = new ArrayList<>();
    int steps = random.nextInt(45);
    for (int i = 0; i < steps; i++) {
      ops.add(new Op(kind(random), random.nextInt(1 << 20), random.nextInt(1 << 20)));
    }
    return new Scenario(List.copyOf(nodes), List.copyOf(clients), List.copyOf(ops));
  }

  private static Op.Kind kind(Random random) {
    Op.Kind[] kinds = Op.Kind.values();
    // Half of all steps join, look or let things happen; the rest is trouble.
    return switch (random.nextInt(8)) {
      case 0, 1 -> Op.Kind.JOIN;
      case 2 -> Op.Kind.DELIVER;
      case 3 -> Op.Kind.RELAY;
      case 4 -> Op.Kind.WEBHOOKS;
      default -> kinds[random.nextInt(kinds.length)];
    };
  }

  Scenario with(List<Op> fewer) {
    return new Scenario(nodes, clients, List.copyOf(fewer));
  }

  Scenario without(int client) {
    List<ClientSpec> fewer = new ArrayList<>(clients);
    fewer.remove(client);
    return new Scenario(nodes, fewer, ops);
  }
}
