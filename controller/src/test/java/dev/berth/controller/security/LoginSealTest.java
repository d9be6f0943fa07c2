package dev.berth.controller.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.google.protobuf.ByteString;
import dev.berth.v1.RegistryLogin;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoginSealTest {
  private static final RegistryLogin LOGIN =
      RegistryLogin.newBuilder().setServer("h:5").setUsername("ann").setPassword("s3cret").build();

  @TempDir Path directory;

  private static LoginSeal seal() throws SecurityFailure {
    return new LoginSeal(CertificateAuthority.create("berth", Instant.now()));
  }

  @Test
  void opensWhatItSealedAndShowsNothingOfIt() throws Exception {
    LoginSeal seal = seal();
    ByteString sealed = seal.seal("shop", LOGIN);
    assertEquals(Optional.of(LOGIN), seal.open("shop", "h:5", sealed));
    String shown = sealed.toString(StandardCharsets.ISO_8859_1);
    assertFalse(shown.contains("s3cret") || shown.contains("ann"), shown);
    assertNotEquals(sealed, seal.seal("shop", LOGIN));
  }

  @Test
  void isBoundToItsNamespaceItsRegistryAndItsAuthority() throws Exception {
    LoginSeal seal = seal();
    ByteString sealed = seal.seal("shop", LOGIN);
    assertEquals(Optional.empty(), seal.open("other", "h:5", sealed));
    assertEquals(Optional.empty(), seal.open("shop", "evil:5", sealed));
    assertEquals(Optional.empty(), seal().open("shop", "h:5", sealed));
    byte[] changed = sealed.toByteArray();
    changed[changed.length - 1] ^= 1;
    assertEquals(Optional.empty(), seal.open("shop", "h:5", ByteString.copyFrom(changed)));
    assertEquals(Optional.empty(), seal.open("shop", "h:5", ByteString.EMPTY));
    assertEquals(Optional.empty(), seal.open("shop", "h:5", sealed.substring(0, 14)));
  }

  @Test
  void controllersThatShareTheAuthoritysFilesShareTheKey() throws Exception {
    PkiDirectory pki = new PkiDirectory(directory, List.of("localhost"));
    ByteString sealed = new LoginSeal(pki.prepare(Instant.now())).seal("shop", LOGIN);
    CertificateAuthority again =
        CertificateAuthority.load(directory.resolve("pki/ca.crt"), directory.resolve("pki/ca.key"));
    assertEquals(Optional.of(LOGIN), new LoginSeal(again).open("shop", "h:5", sealed));
  }
}
