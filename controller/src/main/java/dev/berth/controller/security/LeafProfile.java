package dev.berth.controller.security;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/// What a leaf certificate says: who, under which names, for what, how long.
///
/// @param subject organisation (the role) and common name
/// @param names alternative names
/// @param purposes client or server authentication
/// @param lifetime from issue to end
public record LeafProfile(
    X500Name subject, List<GeneralName> names, List<KeyPurposeId> purposes, Duration lifetime) {
  private static final Pattern IP = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  /// An administrator, for a year.
  public static LeafProfile administrator(String name) {
    return new LeafProfile(
        subject(Caller.ADMINS, name),
        List.of(),
        List.of(KeyPurposeId.id_kp_clientAuth),
        Duration.ofDays(365));
  }

  /// A node, for 24 h.
  ///
  /// @param node its name
  /// @param uid identity of its registration
  public static LeafProfile node(String node, String uid) {
    return new LeafProfile(
        subject(Caller.AGENTS, node),
        List.of(new GeneralName(GeneralName.uniformResourceIdentifier, Caller.NODE_URI + uid)),
        List.of(KeyPurposeId.id_kp_clientAuth),
        Duration.ofHours(24));
  }

  /// A controller, for 7 days; it renews its own. It also dials other controllers.
  ///
  /// @param hosts names and addresses under which it is dialled
  public static LeafProfile controller(List<String> hosts) {
    return new LeafProfile(
        subject(Caller.CONTROLLERS, "controller"),
        alternatives(hosts),
        List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth),
        Duration.ofDays(7));
  }

  /// An etcd server, for 10 years: it cannot renew its own. Its gateway dials itself with it.
  public static LeafProfile etcdServer(List<String> hosts) {
    return new LeafProfile(
        subject("berth:etcd", "etcd"),
        alternatives(hosts),
        List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth),
        Duration.ofDays(3650));
  }

  /// A controller as etcd's client, for 10 years.
  public static LeafProfile etcdClient() {
    return new LeafProfile(
        subject("berth:etcd", "berth-controller"),
        List.of(),
        List.of(KeyPurposeId.id_kp_clientAuth),
        Duration.ofDays(3650));
  }

  private static X500Name subject(String organisation, String name) {
    return new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.O, organisation)
        .addRDN(BCStyle.CN, name)
        .build();
  }

  private static List<GeneralName> alternatives(List<String> hosts) {
    List<GeneralName> names = new ArrayList<>();
    for (String host : hosts) {
      boolean address = IP.matcher(host).matches();
      names.add(new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host));
    }
    return names;
  }
}
