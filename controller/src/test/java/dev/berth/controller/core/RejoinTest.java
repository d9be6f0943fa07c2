package dev.berth.controller.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.v1.CreateTokenRequest;
import dev.berth.v1.Node;
import dev.berth.v1.UpdateNodeRequest;
import java.util.Objects;
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
  void isKnownByTheCertificateThatWasIssuedLast() {
    token("abcdefgh12", "n1");
    Node node = enroll("abcdefgh12", "n1");
    certified(node.getUid(), "first");
    Node after = certified(node.getUid(), "second");
    assertEquals(node, after, "nobody sees a change");
    assertEquals(ByteString.copyFromUtf8("second"), known().certificate());
    assertEquals(
        RefusalCode.NOT_FOUND,
        world
            .refuse(
                r -> new ClusterEvent.RecordCertificate(r, "n1", "another uid", ByteString.EMPTY))
            .code());
    world.succeed(
        r ->
            new ClusterEvent.UpdateNode(
                r,
                UpdateNodeRequest.newBuilder()
                    .setNode(Node.newBuilder().setName("n1").putLabels("zone", "a"))
                    .setUpdateMask(FieldMask.newBuilder().addPaths("labels"))
                    .build()));
    assertEquals(ByteString.copyFromUtf8("second"), known().certificate(), "kept by a change");
  }

  private Node certified(String uid, String digest) {
    return (Node)
        world.succeed(
            r -> new ClusterEvent.RecordCertificate(r, "n1", uid, ByteString.copyFromUtf8(digest)));
  }

  private NodeRecord known() {
    return Objects.requireNonNull(world.state().node("n1"));
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
