package dev.berth.controller.core;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.berth.controller.core.ClusterEvent.CreateToken;
import dev.berth.controller.core.ClusterEvent.EnrollNode;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.TokenRecord;
import dev.berth.spec.Names;
import dev.berth.v1.RevokeTokenRequest;
import dev.berth.v1.Token;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Makes, revokes and spends join tokens.
final class TokenRequests {
  private static final Pattern ID = Pattern.compile("[a-z0-9]{10}");
  private static final int DIGEST_BYTES = 32;
  private static final long TTL_SECONDS_MIN = 10;
  private static final long TTL_SECONDS_MAX = 86_400;
  private static final long TTL_SECONDS = 900;
  private static final int TOKENS_MAX = 10_000;

  private TokenRequests() {}

  static Reply create(Draft draft, CreateToken event) {
    List<FieldViolation> violations = new ArrayList<>();
    String node = event.request().getNode();
    String problem = node.isEmpty() ? null : Names.nodeProblem(node);
    if (problem != null) {
      violations.add(new FieldViolation("node", problem));
    }
    Duration ttl = event.request().getTtl();
    long seconds = event.request().hasTtl() ? ttl.getSeconds() : TTL_SECONDS;
    boolean nanosGood = ttl.getNanos() >= 0 && ttl.getNanos() < 1_000_000_000;
    if (seconds < TTL_SECONDS_MIN
        || !nanosGood
        || seconds + (ttl.getNanos() > 0 ? 1 : 0) > TTL_SECONDS_MAX) {
      violations.add(
          new FieldViolation("ttl", "value: " + seconds + " s (expected: 10 s to 24 h)"));
    }
    if (!violations.isEmpty()) {
      return Reply.invalid(violations);
    }
    if (!ID.matcher(event.tokenId()).matches()
        || event.secretDigest().size() != DIGEST_BYTES
        || draft.state().token(event.tokenId()) != null) {
      return Reply.refused(RefusalCode.ABORTED, "the token could not be made; repeat");
    }
    if (draft.state().tokens().size() >= TOKENS_MAX) {
      return Reply.refused(
          RefusalCode.RESOURCE_EXHAUSTED,
          "there are " + TOKENS_MAX + " tokens; revoke some with \"berth token revoke\"");
    }
    long millis = seconds * 1000 + ttl.getNanos() / 1_000_000;
    Timestamp now = draft.now().timestamp();
    Token token =
        Token.newBuilder()
            .setId(event.tokenId())
            .setNode(node)
            .setCreateTime(now)
            .setExpireTime(now.toBuilder().setSeconds(now.getSeconds() + seconds))
            .build();
    draft.apply(
        new Mutation.PutToken(
            new TokenRecord(token, event.secretDigest(), draft.now().monotonicMillis() + millis)));
    return new Reply.Plain(token);
  }

  static Reply revoke(Draft draft, RevokeTokenRequest request) {
    TokenRecord token = draft.state().token(request.getId());
    if (token == null) {
      return Reply.refused(
          RefusalCode.NOT_FOUND,
          "there is no such token; \"berth token ls\" shows the ids of those that are left");
    }
    draft.apply(new Mutation.RemoveToken(token.id()));
    return new Reply.Plain(token.message());
  }

  static Reply enroll(Draft draft, EnrollNode event) {
    String problem = Names.nodeProblem(event.node());
    if (problem != null) {
      return Reply.invalid("node", problem);
    }
    TokenRecord token = draft.state().token(event.tokenId());
    boolean right =
        token != null
            && MessageDigest.isEqual(
                token.secretDigest().toByteArray(), event.secretDigest().toByteArray());
    // One answer for all, so that nothing can be learnt about tokens.
    if (token == null
        || !right
        || token.isUsed()
        || draft.now().monotonicMillis() >= token.expiresAtMillis()
        || !(token.message().getNode().isEmpty()
            || token.message().getNode().equals(event.node()))) {
      return Reply.refused(
          RefusalCode.UNAUTHENTICATED,
          "the token is unknown, used, expired or for another name;"
              + " make a new one with \"berth token create\"");
    }
    NodeRecord known = draft.state().node(event.node());
    // A host that was off for longer than its certificate lives comes back as the node it was, when
    // an administrator made a token for that very name and nobody else speaks for it.
    boolean returns = known != null && token.message().getNode().equals(event.node());
    if (known != null && (!returns || known.liveness().session().id() != 0)) {
      return Reply.refused(
          RefusalCode.ALREADY_EXISTS,
          "a node of the name %s has joined; choose another name, or remove that node first"
              .formatted(event.node()));
    }
    Token used =
        token.message().toBuilder()
            .setUseTime(draft.now().timestamp())
            .setUsedBy(event.node())
            .build();
    draft.apply(
        new Mutation.PutToken(
            new TokenRecord(used, token.secretDigest(), token.expiresAtMillis())));
    if (known != null) {
      draft.info(
          "NodeRejoined",
          "Node " + event.node() + " has a new certificate.",
          Draft.aboutNode(event.node()));
      return new Reply.OfNode(known.message());
    }
    NodeRecord node = NodeRequests.joined(event.node(), draft.newUuid(), draft.now());
    draft.apply(new Mutation.PutNode(node));
    draft.info(
        "NodeJoined", "Node " + event.node() + " has joined.", Draft.aboutNode(event.node()));
    return new Reply.OfNode(node.message());
  }

  /// Drops tokens that ended.
  static void expire(Draft draft) {
    for (TokenRecord token : List.copyOf(draft.state().tokens().values())) {
      if (draft.now().monotonicMillis() >= token.expiresAtMillis()) {
        draft.apply(new Mutation.RemoveToken(token.id()));
      }
    }
  }
}
