package dev.berth.client;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A call with one request, made again after UNAVAILABLE while that does no harm and nothing was
/// answered yet: after pauses that grow and are jittered, for 15 s at most.
///
/// @param <Q> what is asked
/// @param <A> what is answered
final class PatientCall<Q, A> extends ClientCall<Q, A> {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration QUIET = Duration.ofSeconds(2);
  private static final long FIRST_PAUSE_MILLIS = 25;
  private static final long LONGEST_PAUSE_MILLIS = 400;

  /// A leader that hands over is followed by another one within less than this.
  private static final Duration HAND_OVER = Duration.ofMillis(1_500);

  private static final long HAND_OVER_PAUSE_MILLIS = 80;
  private static final Metadata.Key<String> STATE_AGE =
      Metadata.Key.of("berth-state-age-ms", Metadata.ASCII_STRING_MARSHALLER);

  private final FailoverChannel channel;
  private final MethodDescriptor<Q, A> method;
  private final CallOptions options;
  private @Nullable ClientCall<Q, A> attempt;
  private Metadata headers = new Metadata();
  private @Nullable Q request;
  private int requested;
  private boolean cancelled;
  private boolean halfClosed;
  private boolean answered;
  private boolean told;
  private @Nullable Status lastFailure;
  private int failures;
  private long firstFailureNanos;

  PatientCall(FailoverChannel channel, MethodDescriptor<Q, A> method, CallOptions options) {
    this.channel = channel;
    this.method = method;
    this.options = options;
  }

  @Override
  public void start(Listener<A> responseListener, Metadata requestHeaders) {
    channel.budget().earn();
    ClientCall<Q, A> first = channel.attempt(method, options);
    synchronized (this) {
      headers = requestHeaders;
      attempt = first;
    }
    first.start(new Attempt(responseListener), copy(requestHeaders));
  }

  private static Metadata copy(Metadata headers) {
    Metadata copy = new Metadata();
    copy.merge(headers);
    return copy;
  }

  private synchronized ClientCall<Q, A> present() {
    if (attempt == null) {
      throw new IllegalStateException("the call was not started");
    }
    return attempt;
  }

  @Override
  public void request(int messages) {
    ClientCall<Q, A> now;
    synchronized (this) {
      requested += messages;
      now = present();
    }
    now.request(messages);
  }

  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {
    ClientCall<Q, A> now;
    synchronized (this) {
      cancelled = true;
      now = present();
    }
    now.cancel(message, cause);
  }

  @Override
  public void halfClose() {
    ClientCall<Q, A> now;
    synchronized (this) {
      halfClosed = true;
      now = present();
    }
    now.halfClose();
  }

  @Override
  public void sendMessage(Q message) {
    ClientCall<Q, A> now;
    synchronized (this) {
      request = message;
      now = present();
    }
    now.sendMessage(message);
  }

  /// Makes the call again, unless it was cancelled meanwhile.
  private void repeat(Listener<A> receiver) {
    ClientCall<Q, A> next = channel.attempt(method, options);
    Q message;
    int messages;
    boolean whole;
    synchronized (this) {
      if (cancelled) {
        return;
      }
      attempt = next;
      message = request;
      messages = requested;
      whole = halfClosed;
    }
    next.start(new Attempt(receiver), copy(headers));
    next.request(messages);
    if (message != null) {
      next.sendMessage(message);
    }
    if (whole) {
      next.halfClose();
    }
  }

  /// One try.
  private final class Attempt extends Listener<A> {
    private final Listener<A> receiver;

    Attempt(Listener<A> receiver) {
      this.receiver = receiver;
    }

    @Override
    public void onHeaders(Metadata responseHeaders) {
      synchronized (PatientCall.this) {
        answered = true;
      }
      String age = responseHeaders.get(STATE_AGE);
      if (age != null && age.matches("[0-9]{1,15}")) {
        channel.notices().stale(Duration.ofMillis(Long.parseLong(age)));
      }
      receiver.onHeaders(responseHeaders);
    }

    @Override
    public void onMessage(A message) {
      synchronized (PatientCall.this) {
        answered = true;
      }
      receiver.onMessage(message);
    }

    @Override
    public void onReady() {
      receiver.onReady();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      long pause = status.isOk() ? -1 : pauseMillis(status, trailers);
      if (pause < 0) {
        receiver.onClose(telling(status), trailers);
        return;
      }
      synchronized (PatientCall.this) {
        lastFailure = status;
      }
      channel.turn(trailers);
      CompletableFuture.delayedExecutor(pause, TimeUnit.MILLISECONDS, Runnable::run)
          .execute(() -> repeat(receiver, status, trailers));
    }

    /// When the time is over in the middle of another try, what was answered before says more.
    private Status telling(Status status) {
      synchronized (PatientCall.this) {
        Status before = lastFailure;
        return before != null && status.getCode() == Status.Code.DEADLINE_EXCEEDED
            ? before
            : status;
      }
    }

    private void repeat(Listener<A> to, Status last, Metadata trailers) {
      boolean stop;
      synchronized (PatientCall.this) {
        stop = cancelled;
      }
      if (stop) {
        to.onClose(Status.CANCELLED.withCause(last.asRuntimeException(trailers)), trailers);
      } else {
        PatientCall.this.repeat(to);
      }
    }
  }

  /// How long to wait before the next try; below 0: there is none.
  private long pauseMillis(Status status, Metadata trailers) {
    Q message;
    synchronized (this) {
      message = request;
      if (answered || cancelled || message == null) {
        return -1;
      }
    }
    if (!Repeatable.mayRepeat(method, message, status, trailers, channel.several())) {
      return -1;
    }
    long now = System.nanoTime();
    long pause;
    long waited;
    synchronized (this) {
      if (failures == 0) {
        firstFailureNanos = now;
      }
      waited = now - firstFailureNanos;
      long longest = waited < HAND_OVER.toNanos() ? HAND_OVER_PAUSE_MILLIS : LONGEST_PAUSE_MILLIS;
      long most = Math.min(longest, FIRST_PAUSE_MILLIS << Math.min(failures, 10));
      failures++;
      pause = most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1);
    }
    Deadline deadline = options.getDeadline();
    boolean late =
        waited + TimeUnit.MILLISECONDS.toNanos(pause) > PATIENCE.toNanos()
            || (deadline != null && deadline.timeRemaining(TimeUnit.MILLISECONDS) <= pause);
    if (late || !channel.budget().spend()) {
      return -1;
    }
    tell(waited, status);
    return pause;
  }

  private void tell(long waited, Status status) {
    synchronized (this) {
      if (told || waited < QUIET.toNanos()) {
        return;
      }
      told = true;
    }
    String reason = status.getDescription();
    channel.notices().waiting(reason == null ? "nobody answers" : reason);
  }
}
