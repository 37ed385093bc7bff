package dev.weir.service.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** The name system, as a seam: tests give their own answers. */
public interface Dns {
  /** A target of a service record. */
  record Service(int priority, int weight, String host, int port) {}

  /** All addresses of a host. */
  List<InetAddress> addresses(String host) throws UnknownHostException;

  /** Service records in the order in which they are to be tried; empty when there are none. */
  List<Service> services(String name);
}
