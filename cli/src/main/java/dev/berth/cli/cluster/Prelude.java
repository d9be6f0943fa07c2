package dev.berth.cli.cluster;

import dev.berth.client.ControllerAddress;
import dev.berth.client.ControllerChannel;
import dev.berth.v1.InstanceServiceGrpc;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/// Does once, while the command line is still being read, what makes the first call of a process
/// slow: computes the tables of the curve P-256, loads TLS, and initialises gRPC and the messages.
/// Its results are thrown away; without it all works the same, only later.
final class Prelude {
  private static final AtomicBoolean BEGUN = new AtomicBoolean();

  private Prelude() {}

  /// Begins in the background; the second call and all later ones do nothing.
  static void begin() {
    if (!BEGUN.getAndSet(true)) {
      Thread.ofPlatform().daemon().name("prelude-handshake").start(Prelude::handshake);
      Thread.ofPlatform().daemon().name("prelude-call").start(Prelude::call);
    }
  }

  private static void handshake() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair keys = generator.generateKeyPair();
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(keys.getPrivate());
      byte[] signed = signature.sign();
      signature.initVerify(keys.getPublic());
      boolean _ = signature.verify(signed);
    } catch (GeneralSecurityException _) {
      // The handshake meets the same problem, and says so.
    }
  }

  /// A channel dials on its first call only, and this one gets none.
  private static void call() {
    List<ControllerAddress> nowhere = List.of(new ControllerAddress("127.0.0.1", 1));
    ControllerChannel.open(
            nowhere,
            () -> {
              throw new IllegalStateException("never dialled");
            })
        .close();
    Objects.requireNonNull(InstanceServiceGrpc.getListInstancesMethod());
  }
}
