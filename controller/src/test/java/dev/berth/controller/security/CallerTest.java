package dev.berth.controller.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;

final class CallerTest {
  private final CertificateAuthority authority;

  CallerTest() throws Exception {
    authority = CertificateAuthority.create("test", Instant.now());
  }

  private Caller caller(LeafProfile profile) throws Exception {
    return Caller.of(authority.issue(profile, Instant.now()).leaf());
  }

  @Test
  void readsRolesFromCertificates() throws Exception {
    assertEquals(new Caller.Administrator("admin"), caller(LeafProfile.administrator("admin")));
    assertEquals(new Caller.Agent("n1", "u-1"), caller(LeafProfile.node("n1", "u-1")));
    assertInstanceOf(Caller.Controller.class, caller(LeafProfile.controller(List.of("localhost"))));
  }

  @Test
  void givesNoRoleToAmbiguousSubjects() throws Exception {
    for (String subject :
        List.of(
            "CN=admin",
            "O=berth:admins",
            "O=berth:agents,CN=n1",
            "O=berth:agents,O=berth:admins,CN=n1",
            "O=berth:admins,CN=a,CN=b",
            "O=berth:admins+CN=a",
            "OU=berth:admins,CN=a")) {
      LeafProfile profile =
          new LeafProfile(
              new X500Name(subject),
              List.of(),
              List.of(KeyPurposeId.id_kp_clientAuth),
              Duration.ofHours(1));
      assertInstanceOf(Caller.Stranger.class, caller(profile), subject);
    }
  }
}
