package dev.berth.controller.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import dev.berth.v1.CreateTokenRequest;
import dev.berth.v1.Node;
import org.junit.jupiter.api.Test;

/// A host whose certificate ended while it was off comes back.
class RejoinTest {
  private static final ByteString DIGEST = ByteString.copyFrom(new byte[32]);

  private final CoreWorld world = new CoreWorld(1);

  private void token(String id, String node) {
    CreateTokenRequest request =
        CreateTokenRequest.newBuilder()
            .setNode(node)
            .setTtl(Duration.newBuilder().setSeconds(60))
            .build();
    world.succeed(r -> new ClusterEvent.CreateToken(r, id, DIGEST, request));
  }

  private Node enroll(String token, String node) {
    return (Node) world.succeed(r -> new ClusterEvent.EnrollNode(r, token, DIGEST, node));
  }

  private RefusalCode refused(String token, String node) {
    return world.refuse(r -> new ClusterEvent.EnrollNode(r, token, DIGEST, node)).code();
  }

  @Test
  void isTheSameNodeWithATokenForItsName() {
    token("abcdefgh12", "n1");
    String uid = enroll("abcdefgh12", "n1").getUid();
    token("abcdefgh13", "n1");
    assertEquals(uid, enroll("abcdefgh13", "n1").getUid());
    assertEquals(RefusalCode.UNAUTHENTICATED, refused("abcdefgh13", "n1"), "a token is spent once");
  }

  @Test
  void isRefusedWithATokenForAnyName() {
    token("abcdefgh12", "");
    enroll("abcdefgh12", "n1");
    token("abcdefgh13", "");
    assertEquals(RefusalCode.ALREADY_EXISTS, refused("abcdefgh13", "n1"));
  }

  @Test
  void isRefusedWhileTheNodeIsConnected() {
    world.node("n1", 1000, 1024);
    token("abcdefgh13", "n1");
    assertEquals(RefusalCode.ALREADY_EXISTS, refused("abcdefgh13", "n1"));
  }
}
