package dev.berth.simulation.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveResponse;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/// The model and a real etcd are asked the same and must answer the same.
class EtcdModelIT {
  private static final int REQUESTS = 100_000;
  private static final ByteString ALL = ByteString.copyFrom(new byte[1]);

  private final EtcdModel model = new EtcdModel(() -> 0);

  @Test
  void answersAHundredThousandRandomRequestsAsARealEtcdDoes() throws Exception {
    assumeTrue(RealEtcd.isInstalled(), "etcd is not installed");
    RandomRequests requests =
        new RandomRequests(RandomGeneratorFactory.of("L64X128MixRandom").create(20_250_701), model);
    try (RealEtcd etcd = RealEtcd.start()) {
      for (int i = 0; i < REQUESTS; i++) {
        Message request = requests.next();
        String expected = answerOf(etcd, request);
        String answer = answerOf(request);
        if (!expected.equals(answer)) {
          assertEquals(expected, answer, "request " + i + ": " + request);
        }
      }
      comparesTheirHistories(etcd);
    }
  }

  private void comparesTheirHistories(RealEtcd etcd) throws Exception {
    long last = model.revision();
    long from = last - 40;
    List<Event> real = new ArrayList<>();
    etcd.watch(
        WatchCreateRequest.newBuilder().setKey(ALL).setRangeEnd(ALL).setStartRevision(from).build(),
        answer -> {
          real.addAll(answer.getEventsList());
          return !real.isEmpty() && real.getLast().getKv().getModRevision() == last;
        });
    assertEquals(real, model.changes(ALL, ALL, from));
    long[] compacted = new long[1];
    etcd.watch(
        WatchCreateRequest.newBuilder().setKey(ALL).setRangeEnd(ALL).setStartRevision(1).build(),
        answer -> {
          compacted[0] = answer.getCompactRevision();
          return answer.getCanceled();
        });
    assertEquals(
        "etcdserver: mvcc: required revision has been compacted",
        assertThrows(EtcdRefusedException.class, () -> model.changes(ALL, ALL, compacted[0]))
            .getMessage());
  }

  private static String answerOf(RealEtcd etcd, Message request) throws Exception {
    try {
      return normal(
          switch (request) {
            case RangeRequest r -> etcd.keys().range(r);
            case PutRequest r -> etcd.keys().put(r);
            case DeleteRangeRequest r -> etcd.keys().deleteRange(r);
            case TxnRequest r -> etcd.keys().txn(r);
            case CompactionRequest r -> etcd.keys().compact(r);
            case LeaseGrantRequest r -> etcd.leases().leaseGrant(r);
            case LeaseRevokeRequest r -> etcd.leases().leaseRevoke(r);
            case LeaseKeepAliveRequest r -> etcd.keepAlive(r);
            case LeaseTimeToLiveRequest r -> {
              LeaseTimeToLiveResponse answer = etcd.leases().leaseTimeToLive(r);
              List<ByteString> keys = new ArrayList<>(answer.getKeysList());
              keys.sort(ByteString.unsignedLexicographicalComparator());
              // How much is left depends on how fast this test is, and etcd's order on chance.
              yield answer.toBuilder()
                  .setTTL(Math.min(answer.getTTL(), 0))
                  .clearKeys()
                  .addAllKeys(keys)
                  .build();
            }
            default -> throw new AssertionError(request);
          });
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() + ": " + e.getStatus().getDescription();
    }
  }

  private String answerOf(Message request) {
    try {
      return normal(
          switch (request) {
            case RangeRequest r -> model.range(r);
            case PutRequest r -> model.put(r);
            case DeleteRangeRequest r -> model.delete(r);
            case TxnRequest r -> model.txn(r);
            case CompactionRequest r -> model.compact(r);
            case LeaseGrantRequest r -> model.grant(r);
            case LeaseRevokeRequest r -> model.revoke(r);
            case LeaseKeepAliveRequest r -> model.keepAlive(r);
            case LeaseTimeToLiveRequest r -> model.timeToLive(r);
            default -> throw new AssertionError(request);
          });
    } catch (EtcdRefusedException e) {
      return e.code() + ": " + e.getMessage();
    }
  }

  /// An answer without what names the one etcd: who answered, and in which term.
  private static String normal(Message answer) {
    return without(answer).toByteString().size() > 10_000
        ? String.valueOf(without(answer).hashCode())
        : without(answer).toString();
  }

  private static Message without(Message message) {
    if (message instanceof ResponseHeader header) {
      return ResponseHeader.newBuilder().setRevision(header.getRevision()).build();
    }
    Message.Builder result = message.toBuilder();
    for (var field : message.getAllFields().entrySet()) {
      FieldDescriptor descriptor = field.getKey();
      if (descriptor.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
        continue;
      }
      if (descriptor.isRepeated()) {
        for (int i = 0; i < message.getRepeatedFieldCount(descriptor); i++) {
          result.setRepeatedField(
              descriptor, i, without((Message) message.getRepeatedField(descriptor, i)));
        }
      } else {
        result.setField(descriptor, without((Message) field.getValue()));
      }
    }
    return result.build();
  }
}
