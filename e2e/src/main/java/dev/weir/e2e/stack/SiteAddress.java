package dev.weir.e2e.stack;

/** Where the parts of one site listen. All of it is on loopback. */
public record SiteAddress(
    String name,
    String ip,
    int clientApiPort,
    int federationPort,
    int livekitPort,
    int mediaUdpPort,
    int mediaTcpPort,
    int routerPort,
    int managementPort,
    int peeringPort,
    int adminPort) {

  static SiteAddress choose(Loopback loopback, int number) {
    String ip = loopback.address(number);
    return new SiteAddress(
        String.valueOf((char) ('a' + number - 1)),
        ip,
        loopback.freeTcpPort(ip),
        loopback.freeTcpPort(ip),
        loopback.freeTcpPort(ip),
        loopback.freeMediaPort(),
        loopback.freeMediaPort(),
        loopback.freeTcpPort(ip),
        loopback.freeTcpPort(ip),
        loopback.freeTcpPort(ip),
        loopback.freeTcpPort(ip));
  }

  /** A literal with a port needs neither DNS nor a well-known document. */
  public String serverName() {
    return ip + ":" + federationPort;
  }

  public String homeserverUrl() {
    return "http://" + ip + ":" + clientApiPort;
  }

  public String livekitUrl() {
    return "ws://" + ip + ":" + livekitPort;
  }

  /** The focus of this site: what members of a call name as their livekit_service_url. */
  public String routerUrl() {
    return "http://" + ip + ":" + routerPort;
  }

  /** Status page and metrics of the router. */
  public String managementUrl() {
    return "http://" + ip + ":" + managementPort;
  }

  /** True for the ports on which this site's SFU sends and receives media. */
  public boolean isMediaPort(int port) {
    return port == mediaUdpPort || port == mediaTcpPort;
  }
}
