package dev.berth.controller.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.rpc.RetryInfo;
import dev.berth.controller.core.RefusalCode;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class StatusMapperTest {
  @Test
  void tellsWhoeverIsRefusedForOverloadWhenToComeAgain() throws Exception {
    StatusRuntimeException refused = StatusMapper.refused(RefusalCode.OVERLOADED, "too much");
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
    assertEquals("too much", refused.getStatus().getDescription());
    com.google.rpc.Status status = Objects.requireNonNull(StatusProto.fromThrowable(refused));
    RetryInfo retry = status.getDetails(0).unpack(RetryInfo.class);
    assertTrue(retry.getRetryDelay().getSeconds() >= 1);
  }

  @Test
  void promisesNothingToWhoeverFindsNoRoom() {
    StatusRuntimeException refused = StatusMapper.refused(RefusalCode.RESOURCE_EXHAUSTED, "full");
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
    com.google.rpc.Status status = Objects.requireNonNull(StatusProto.fromThrowable(refused));
    assertEquals(0, status.getDetailsCount());
  }
}
